package import MQTTCodec

/// The QoS 1 and 2 deliveries whose exchange is not complete (MQTT 5.0 4.3, 4.4, 4.9).
package struct DeliveryWindow: Sendable {
    /// One delivery under way.
    package struct InFlight: Sendable {
        /// The packet identifier that it was sent with.
        package let packetIdentifier: UInt16
        /// The index of its entry.
        package let index: UInt64
        /// Its quality of service.
        package let qos: QoS
        /// Whether its acknowledgement is to be reported in the log.
        package let isReported: Bool
        /// What is sent again where the log is not read for it.
        package let held: HeldDelivery?
        /// Whether the client has taken it over with PUBREC: PUBREL is under way, not PUBLISH.
        package var isReleased = false

        init(
            packetIdentifier: UInt16,
            index: UInt64,
            qos: QoS,
            isReported: Bool,
            held: HeldDelivery?
        ) {
            self.packetIdentifier = packetIdentifier
            self.index = index
            self.qos = qos
            self.isReported = isReported
            self.held = held
        }

        /// Makes one of which nothing but its PUBREL is left.
        init(released packetIdentifier: UInt16) {
            self.init(
                packetIdentifier: packetIdentifier,
                index: 0,
                qos: .exactlyOnce,
                isReported: false,
                held: nil
            )
            isReleased = true
        }
    }

    // In the order of sending, so that the first is the likeliest to be acknowledged next.
    private(set) var entries: [InFlight] = []
    private(set) var nextIdentifier: UInt16

    /// Makes an empty window.
    package init(nextIdentifier: UInt16 = 1) {
        self.nextIdentifier = max(1, nextIdentifier)
    }

    /// The number of deliveries under way.
    package var count: Int { entries.count }

    /// The lowest index that the client has not taken over, or nil.
    package var lowestIndex: UInt64? {
        entries.lazy.filter { !$0.isReleased && $0.held == nil }.map(\.index).min()
    }

    /// Takes a packet identifier for a new delivery.
    ///
    /// - Parameters:
    ///   - index: the index of the entry.
    ///   - qos: its quality of service, 1 or 2.
    ///   - isReported: whether its acknowledgement is to be reported in the log.
    ///   - held: what is to be sent again where the log is not read for it.
    ///   - reserved: deliveries to be sent again, whose identifiers are taken.
    /// - Returns: the packet identifier of the delivery.
    package mutating func open(
        index: UInt64,
        qos: QoS,
        isReported: Bool,
        held: HeldDelivery? = nil,
        reserved: [UInt64: InFlight]
    ) -> UInt16 {
        let identifier = takeIdentifier(reserved: reserved)
        entries.append(
            InFlight(
                packetIdentifier: identifier,
                index: index,
                qos: qos,
                isReported: isReported,
                held: held
            )
        )
        return identifier
    }

    /// Puts a delivery back under its original identifier, to be sent again (MQTT-4.4.0-1).
    package mutating func reopen(_ delivery: InFlight) {
        entries.append(delivery)
    }

    /// The delivery with an identifier, or nil.
    package subscript(packetIdentifier: UInt16) -> InFlight? {
        entries.first { $0.packetIdentifier == packetIdentifier }
    }

    /// Marks a QoS 2 delivery as taken over by the client (4.3.3).
    package mutating func release(packetIdentifier: UInt16) {
        guard let place = place(of: packetIdentifier) else { return }
        entries[place].isReleased = true
    }

    /// Removes a delivery whose exchange is complete.
    ///
    /// - Returns: the delivery, or nil if nothing was under way with that identifier.
    @discardableResult
    package mutating func close(packetIdentifier: UInt16) -> InFlight? {
        place(of: packetIdentifier).map { entries.remove(at: $0) }
    }

    /// Empties the window, for a session that has lost its connection.
    package mutating func takeAll() -> [InFlight] {
        defer { entries = [] }
        return entries
    }

    private func place(of identifier: UInt16) -> Int? {
        entries.firstIndex { $0.packetIdentifier == identifier }
    }

    private func isInUse(_ identifier: UInt16) -> Bool { place(of: identifier) != nil }

    /// Uses up the identifier of a delivery that is left out.
    package mutating func passIdentifier(reserved: [UInt64: InFlight]) {
        _ = takeIdentifier(reserved: reserved)
    }

    private mutating func takeIdentifier(reserved: [UInt64: InFlight]) -> UInt16 {
        precondition(entries.count < 0x7FFF, "the window is bounded by the receive maximum")
        while isInUse(nextIdentifier)
            || reserved.values.contains(where: { $0.packetIdentifier == nextIdentifier })
        {
            advance()
        }
        defer { advance() }
        return nextIdentifier
    }

    private mutating func advance() {
        nextIdentifier = nextIdentifier == .max ? 1 : nextIdentifier + 1
    }
}
