/// The chain of custody of an item, checked link by link.
public struct CustodyReport: Sendable {
    /// A rule that a link breaks.
    public struct Finding: Hashable, Sendable {
        /// The stable name of the rule, such as `hand-over`.
        public let kind: String
        /// What was due.
        public let expected: String
        /// What the link says.
        public let found: String
    }

    /// One hand-over.
    public struct Link: Sendable {
        /// Its place in the log.
        public let index: UInt64
        /// Its identifier, `urn:uuid:…`.
        public let alert: String
        /// The agency that signed it.
        public let author: String
        /// When the log had it, RFC 3339.
        public let logged: String
        /// SHA-256 of its statement, hexadecimal, which the next link cites.
        public let digest: String
        /// The item; nil where the content could not be read.
        public let item: String?
        /// Who gave it, agency and person.
        public let giver: String?
        /// Who took it.
        public let taker: String?
        /// When, RFC 3339.
        public let time: String?
        /// The seals, as number and state.
        public let seals: [ReceivedAlert.Label]
        /// `unchanged`, `changed` or `damaged`.
        public let condition: String?
        /// Whether its author has withdrawn it, or put a correction in its place.
        public let isWithdrawn: Bool
        /// The rules that it breaks, the gravest first.
        public let breaks: [Finding]
    }

    /// The links of one item and status.
    public struct Chain: Sendable {
        /// The item; nil if no link could be read.
        public let item: String?
        /// `actual`, `exercise` or `test`.
        public let status: String
        /// The links, in the order of the log.
        public let links: [Link]
        /// Who holds the item by the last link that holds.
        public let holder: String?

        /// The first link that breaks a rule.
        public var firstBreak: Link? { links.first { !$0.breaks.isEmpty } }
    }

    /// The item, as it was asked for.
    public let item: String
    /// One chain for what is meant, one each for exercises and tests; of a seal, such of each item
    /// that it was put on.
    public let chains: [Chain]

    /// Whether no link breaks a rule.
    public var holds: Bool { chains.allSatisfy { $0.firstBreak == nil } }
}
