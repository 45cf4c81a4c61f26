/// The statements that belong together by what they cite, as one agency sees them.
public struct AgencyCase: Sendable {
    /// A statement of the case.
    public struct Statement: Sendable {
        /// Its place in the log.
        public let index: UInt64
        /// When the log had it, RFC 3339.
        public let time: String
        /// Its identifier, `urn:uuid:…`.
        public let alert: String
        /// The agency that signed it.
        public let author: String
        /// The agencies that can read it.
        public let recipients: [String]
        /// `alert`, `update`, `answer` and so on.
        public let message: String
        /// `actual`, `exercise` or `test`.
        public let status: String
        /// The signed labels as name and text, for showing.
        public let labels: [ReceivedAlert.Label]
        /// How far down it stands in the tree; 0 for what cites nothing that is known.
        public let depth: Int
        /// What it cites that is not known to the agency, `urn:uuid:…`.
        public let unknown: [String]
        /// `current`, `replaced`, `cancelled`, `retracted` or `expired`.
        public let state: String
        /// Whether nobody should act on it any longer.
        public let isStale: Bool
        /// What replaced or withdrew it, `urn:uuid:…`.
        public let endedBy: String?
        /// Whether its author's signature was verified; what is not changes no state.
        public let isVerified: Bool
        /// Whether its content was erased by order of the operator.
        public let isErased: Bool
        /// Those who were asked by it and have not answered.
        public let silent: [String]
        /// The form, where it was asked for and can be opened.
        public internal(set) var form: [UInt8]?
        /// Why there is no form, where it was asked for.
        public internal(set) var formProblem: String?
    }

    /// The statements, each behind and below what it cites first.
    public internal(set) var statements: [Statement]
    /// What began it, `urn:uuid:…`.
    public let opening: String
    /// The kind of what began it.
    public let kind: String
    /// The channel of what began it.
    public let channel: String
    /// `actual`, `exercise` or `test`.
    public let status: String
    /// `open`, `answered`, `overdue`, `cancelled`, `retracted` or `expired`.
    public let state: String
    /// When the log had the last statement, RFC 3339.
    public let latest: String
    /// By when this agency is to answer, RFC 3339, if it was asked and has not.
    public let due: String?
    /// Whether this agency was asked and has not answered.
    public let isAsked: Bool
    /// What is cited and not known to the agency, `urn:uuid:…`.
    public let unknown: [String]
}
