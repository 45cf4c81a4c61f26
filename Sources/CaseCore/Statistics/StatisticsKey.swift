/// By what the figures are told apart.
package enum StatisticsDimension: String, CaseIterable, Hashable, Sendable {
    /// The channel.
    case channel
    /// The kind.
    case kind
    /// The agency: as author, and as recipient.
    case agency
    /// The month in which it was logged.
    case month
}

/// What a row of figures is about; nil where the rows are not told apart by that.
///
/// Exercises and tests always have rows of their own.
package struct StatisticsKey: Hashable, Sendable {
    /// `actual`, `exercise` or `test`.
    package var status: String
    /// The channel.
    package var channel: String?
    /// The kind.
    package var kind: String?
    /// The agency.
    package var agency: String?
    /// The month, such as `2026-11`.
    package var month: String?

    /// Makes the key of a row.
    package init(
        status: String,
        channel: String? = nil,
        kind: String? = nil,
        agency: String? = nil,
        month: String? = nil
    ) {
        self.status = status
        self.channel = channel
        self.kind = kind
        self.agency = agency
        self.month = month
    }

    /// The value of a dimension.
    package subscript(dimension: StatisticsDimension) -> String? {
        switch dimension {
        case .channel: channel
        case .kind: kind
        case .agency: agency
        case .month: month
        }
    }
}

extension StatisticsKey: Comparable {
    /// Orders by status, what is meant first, then by the dimensions in their order.
    package static func < (left: StatisticsKey, right: StatisticsKey) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }

    // `actual` comes first by the alphabet too.
    private var parts: [String] {
        [status] + StatisticsDimension.allCases.map { self[$0] ?? "" }
    }
}
