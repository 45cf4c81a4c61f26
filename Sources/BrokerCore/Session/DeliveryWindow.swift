import Base

/// The QoS 1 deliveries that a client has not acknowledged (MQTT 5.0 4.4, 4.9).
package struct DeliveryWindow: Sendable {
    /// One delivery under way.
    package struct InFlight: Hashable, Sendable {
        /// The packet identifier that it was sent with.
        package let packetIdentifier: UInt16
        /// The index of its entry.
        package let index: UInt64
        /// Whether its acknowledgement is to be reported in the log.
        package let isReported: Bool
    }

    // In the order of sending, so that the first is the likeliest to be acknowledged next.
    private(set) var entries: [InFlight] = []
    private var nextIdentifier: UInt16 = 1

    /// Makes an empty window.
    package init() {}

    /// The number of deliveries under way.
    package var count: Int { entries.count }

    /// The lowest index under way, or nil.
    package var lowestIndex: UInt64? { entries.lazy.map(\.index).min() }

    /// Takes a packet identifier for a new delivery.
    ///
    /// - Parameters:
    ///   - index: the index of the entry.
    ///   - isReported: whether its acknowledgement is to be reported in the log.
    ///   - reserved: deliveries to be sent again, whose identifiers are taken.
    /// - Returns: the packet identifier of the delivery.
    package mutating func open(
        index: UInt64,
        isReported: Bool,
        reserved: [UInt64: InFlight]
    ) -> UInt16 {
        precondition(entries.count < 0x7FFF, "the window is bounded by the receive maximum")
        while isInUse(nextIdentifier)
            || reserved.values.contains(where: { $0.packetIdentifier == nextIdentifier })
        {
            advance()
        }
        let identifier = nextIdentifier
        advance()
        entries.append(
            InFlight(packetIdentifier: identifier, index: index, isReported: isReported)
        )
        return identifier
    }

    /// Puts a delivery back under its original identifier, to be sent again (MQTT-4.4.0-1).
    package mutating func reopen(_ delivery: InFlight) {
        entries.append(delivery)
    }

    /// Removes an acknowledged delivery.
    ///
    /// - Returns: the delivery, or nil if nothing was under way with that identifier.
    package mutating func close(packetIdentifier: UInt16) -> InFlight? {
        guard let position = entries.firstIndex(where: { $0.packetIdentifier == packetIdentifier })
        else { return nil }
        return entries.remove(at: position)
    }

    /// Empties the window, for a session that has lost its connection.
    package mutating func takeAll() -> [InFlight] {
        defer { entries = [] }
        return entries
    }

    private func isInUse(_ identifier: UInt16) -> Bool {
        entries.contains { $0.packetIdentifier == identifier }
    }

    private mutating func advance() {
        nextIdentifier = nextIdentifier == .max ? 1 : nextIdentifier + 1
    }
}
