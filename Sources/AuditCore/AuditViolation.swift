/// Something in a log that breaks a rule, with what was due and what was found.
package struct AuditViolation: Error, Hashable, Sendable {
    /// Which rule is broken.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The bytes are no entry.
        case encoding
        /// An entry that the signed size promises is not there.
        case missing
        /// The record or file cannot be read as it was written.
        case damaged
        /// Entry 0 is not the beginning of the trusted log.
        case genesis
        /// Time goes back, or a statement was logged before it was accepted, accepted out of its
        /// time, or asks for what was due before.
        case time
        /// A change of the directory names no member or no key.
        case directory
        /// A change of the log's key that does not continue the key in force.
        case logKey = "log-key"
        /// A snapshot of entries that are not there yet.
        case snapshot
        /// The statement of an alert is none, or not in the form that the log keeps.
        case statement
        /// The author is no member, or signed with another key than the one in force.
        case author
        /// The author's signature does not cover the statement.
        case signature
        /// The author may not publish on the channel.
        case permission
        /// The labels of an alert do not go together.
        case labels
        /// A recipient is named twice, or is no member that can receive.
        case recipients
        /// A running count is not the one before plus one.
        case count
        /// An erasure that nobody may order or confirm, or of an alert that is not there.
        case redaction
        /// A notice of a deadline says what the entries do not, or one that passed has none.
        case deadline
        /// A statement on a group that does not follow the one before it, or an alert that does not
        /// go to the members of the groups that it names.
        case group
        /// The same alert stands twice.
        case duplicate
        /// The entry does not give the hash that the tree has at its place.
        case leaf
        /// The entries do not give the signed root.
        case root
        /// The counts do not give the signed tally.
        case tally
        /// A checkpoint is not signed by the key in force, or is for another size.
        case checkpoint
        /// The witnesses that the auditor trusts have not cosigned the log, or another one.
        case cosignature
        /// The log does not continue the one that this auditor has verified before.
        case consistency
    }

    /// Which rule is broken.
    package let kind: Kind
    /// The entry; for checkpoints, the size of the tree that they are for.
    package let index: UInt64
    /// What is wrong, in words.
    package let text: String
    /// What was due.
    package let expected: String
    /// What stands there.
    package let found: String

    /// Makes a violation.
    package init(
        _ kind: Kind,
        at index: UInt64,
        _ text: String,
        expected: String,
        found: String
    ) {
        self.kind = kind
        self.index = index
        self.text = text
        self.expected = expected
        self.found = found
    }

    /// A sentence for people, with both values.
    package var message: String {
        "index \(index): \(kind.rawValue): \(text); expected \(expected), found \(found)"
    }
}
