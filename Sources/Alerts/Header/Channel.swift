/// One of the three streams in which alerts are exchanged.
package enum Channel: String, CaseIterable, Hashable, Sendable {
    /// Chemicals and medicines on their way out of licit trade.
    case chemicalDiversion = "chemical-diversion"
    /// How trafficking changes.
    case traffickingTrends = "trafficking-trends"
    /// Intelligence, requests and operations.
    case intelligence = "intelligence"

    /// The number of the channel in the log's record headers; never reused.
    package var number: UInt16 {
        switch self {
        case .chemicalDiversion: 1
        case .traffickingTrends: 2
        case .intelligence: 3
        }
    }

    /// Finds a channel by its number in a record header.
    ///
    /// - Returns: nil for a number that no channel has.
    package init?(number: UInt16) {
        guard let channel = Channel.allCases.first(where: { $0.number == number }) else {
            return nil
        }
        self = channel
    }
}

extension Channel: CustomStringConvertible {
    /// The name on the wire.
    package var description: String { rawValue }
}
