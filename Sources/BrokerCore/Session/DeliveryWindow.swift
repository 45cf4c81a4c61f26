package import MQTTCodec

/// The QoS 1 and 2 deliveries whose exchange is not complete (MQTT 5.0 4.3, 4.4, 4.9).
package struct DeliveryWindow: Sendable {
    /// What a delivery is of: one entry can go out both as what it is and as an entry of the log.
    package struct Subject: Hashable, Sendable {
        /// The index of the entry.
        package let index: UInt64
        /// As what it goes out.
        package let scope: Subscription.Scopes

        /// Names a subject.
        package init(index: UInt64, scope: Subscription.Scopes) {
            self.index = index
            self.scope = scope
        }

        /// Whether its acknowledgement is reported in the log.
        ///
        /// That an order of erasure or a notice has arrived matters as much as that its alert had.
        package var isReported: Bool {
            scope == .alerts || Subscription.Scopes.notices.contains(scope)
        }
    }

    /// One delivery under way.
    package struct InFlight: Sendable {
        /// The packet identifier that it was sent with.
        package let packetIdentifier: UInt16
        /// What it is of.
        package let subject: Subject
        /// Its quality of service.
        package let qos: QoS
        /// What is sent again where the log is not read for it.
        package let held: HeldDelivery?
        /// Whether the client has taken it over with PUBREC: PUBREL is under way, not PUBLISH.
        package var isReleased = false

        init(
            packetIdentifier: UInt16,
            subject: Subject,
            qos: QoS,
            held: HeldDelivery?
        ) {
            self.packetIdentifier = packetIdentifier
            self.subject = subject
            self.qos = qos
            self.held = held
        }

        /// Makes one of which nothing but its PUBREL is left.
        init(released packetIdentifier: UInt16) {
            self.init(
                packetIdentifier: packetIdentifier,
                subject: Subject(index: 0, scope: .opaque),
                qos: .exactlyOnce,
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
        entries.lazy.filter { !$0.isReleased && $0.held == nil }.map(\.subject.index).min()
    }

    /// Takes a packet identifier for a new delivery.
    ///
    /// - Parameters:
    ///   - subject: what it is of.
    ///   - qos: its quality of service, 1 or 2.
    ///   - held: what is to be sent again where the log is not read for it.
    ///   - reserved: deliveries to be sent again, whose identifiers are taken.
    /// - Returns: the packet identifier of the delivery.
    package mutating func open(
        _ subject: Subject,
        qos: QoS,
        held: HeldDelivery? = nil,
        reserved: [Subject: InFlight]
    ) -> UInt16 {
        let identifier = takeIdentifier(reserved: reserved)
        entries.append(
            InFlight(
                packetIdentifier: identifier,
                subject: subject,
                qos: qos,
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
    package mutating func passIdentifier(reserved: [Subject: InFlight]) {
        _ = takeIdentifier(reserved: reserved)
    }

    private mutating func takeIdentifier(reserved: [Subject: InFlight]) -> UInt16 {
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
