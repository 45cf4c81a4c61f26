/// What has become of an alert, as the log has it.
public struct TrackedAlert: Hashable, Sendable {
    /// A moment in the log.
    public struct Event: Hashable, Sendable {
        /// When the log had it, RFC 3339.
        public let time: String
        /// The entry that says so.
        public let index: UInt64
        /// The station that took the alert, or the statement that was made, as a URN; nil for a
        /// statement on an erasure.
        public let by: String?
    }

    /// Whether an answer or acknowledgement is due; new values may be added.
    public struct Answering: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name, as `--json` output carries it.
        public let rawValue: String

        /// Makes a value of its name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The name.
        public var description: String { rawValue }

        /// The recipient was not asked, or the question was withdrawn.
        public static let none = Answering(rawValue: "none")
        /// It was asked, and has time.
        public static let awaited = Answering(rawValue: "awaited")
        /// It has answered.
        public static let answered = Answering(rawValue: "answered")
        /// It has answered after the time for it.
        public static let late = Answering(rawValue: "late")
        /// The time has passed, and it has not answered.
        public static let overdue = Answering(rawValue: "overdue")
    }

    /// One of those who can open the alert.
    public struct Recipient: Hashable, Sendable {
        /// The agency.
        public let agency: String
        /// The stations that took it, each once: the broker's word, which auditors verify.
        public let deliveries: [Event]
        /// The stations for which it was too large.
        public let skips: [Event]
        /// The acknowledgement that the agency has signed.
        public let acknowledgement: Event?
        /// The answers that it has signed.
        public let answers: [Event]
        /// Whether an answer is due; an interim one is none.
        public let answering: Answering
        /// Whether an acknowledgement is due: by `acknowledge-by`; who answers has taken note.
        public let acknowledging: Answering
        /// Its signed word that it has erased its copy.
        public let purge: Event?
    }

    /// Its identifier, `urn:uuid:…`.
    public let alert: String
    /// Its place in the log.
    public let index: UInt64
    /// Its author.
    public let author: String
    /// The channel.
    public let channel: String
    /// The kind.
    public let kind: String
    /// `actual`, `exercise` or `test`.
    public let status: String
    /// `current`, `replaced`, `cancelled`, `retracted` or `expired`.
    public let state: String
    /// Whether nobody should act on it any longer.
    public let isStale: Bool
    /// When an answer is due, RFC 3339.
    public let replyBy: String?
    /// When an acknowledgement is due, RFC 3339.
    public let acknowledgeBy: String?
    /// Its recipients, in the order in which it names them.
    public let recipients: [Recipient]
    /// Its author's updates of it.
    public let updates: [Event]
    /// Its author's cancel of it.
    public let cancel: Event?
    /// The operator's order to erase its content.
    public let erasure: Event?
    /// The entries of statements that count for nothing, since their signatures do not hold: they
    /// are forged, or of keys that the directory has no longer.
    public let unverified: [UInt64]
}
