/// What figures are to be made of a log.
public struct StatisticsOptions: Sendable {
    /// A copied folder of the log; nil to read it over HTTPS.
    public var folder: String?
    /// By what the figures are told apart: `channel`, `kind`, `agency`, `month`.
    public var dimensions: [String] = []
    /// What was logged before this moment is not counted, RFC 3339.
    public var start: String?
    /// Nor what was logged from this moment on, RFC 3339.
    public var end: String?

    /// All of the log, over HTTPS, in one row for each status.
    public init() {}
}

/// Figures of a log, made without opening anything.
public struct LogStatistics: Sendable {
    /// One row.
    public struct Row: Hashable, Sendable {
        /// `actual`, `exercise` or `test`, which are never added up.
        public let status: String
        /// The channel; nil if the rows are not told apart by it.
        public let channel: String?
        /// The kind.
        public let kind: String?
        /// The agency.
        public let agency: String?
        /// The month, such as `2026-11`.
        public let month: String?
        /// The statements that were written.
        public let written: UInt64
        /// Those, by what they do: `alert`, `answer` and so on.
        public let messages: [String: UInt64]
        /// How many times a statement was addressed to an agency.
        public let received: UInt64
        /// How many answers were asked for, each of one agency.
        public let asked: UInt64
        /// How many came in time.
        public let answered: UInt64
        /// How many came late.
        public let late: UInt64
        /// How many did not come, and the time for them is over.
        public let silent: UInt64
        /// How many are awaited.
        public let pending: UInt64
        /// How many were asked for by a question that was withdrawn or replaced.
        public let withdrawn: UInt64
        /// The median lateness of the late answers in seconds, to within a sixteenth.
        public let medianSeconds: UInt64?
        /// The worst lateness of an answer that came, in seconds.
        public let worstSeconds: UInt64?
    }

    /// The rows, in order.
    public let rows: [Row]
    /// The log's name.
    public let origin: String
    /// The number of entries that were read: their hashes give the signed root.
    public let size: UInt64
}
