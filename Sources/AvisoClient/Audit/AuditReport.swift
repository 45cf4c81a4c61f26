import Alerts
import AuditCore
import Base
import COSE

/// What an audit is to do.
public struct AuditOptions: Sendable {
    /// A copied folder of the log; nil to read it over HTTPS.
    public var folder: String?
    /// Whether to begin at the genesis, although an earlier audit got further.
    public var isFromStart = false
    /// Whether to check leaves, roots and checkpoints alone.
    public var isTreeOnly = false
    /// The file of what was verified; nil for `audit.state` in the profile's folder.
    public var stateFile: String?

    /// All of the log, over HTTPS, from where the last audit stopped.
    public init() {}
}

/// How far an audit is.
public struct AuditProgress: Sendable {
    /// The entries that this audit began behind.
    public let start: UInt64
    /// The entries that are done.
    public let done: UInt64
    /// The entries of the log.
    public let size: UInt64
}

/// The first rule that a log breaks.
public struct AuditFinding: Hashable, Sendable {
    /// The entry; for a checkpoint, the size that it is for.
    public let index: UInt64
    /// The stable name of the rule, such as `count`.
    public let kind: String
    /// What is wrong.
    public let text: String
    /// What was due.
    public let expected: String
    /// What was found.
    public let found: String
    /// A sentence for people, with both values.
    public let message: String

    init(_ violation: AuditViolation) {
        index = violation.index
        kind = violation.kind.rawValue
        text = violation.text
        expected = violation.expected
        found = violation.found
        message = violation.message
    }
}

/// What an audit has found.
public struct AuditReport: Sendable {
    /// An agency's alerts, as the log has them.
    public struct Agency: Hashable, Sendable {
        /// The agency.
        public let name: String
        /// How many alerts were addressed to it.
        public let addressed: UInt64
        /// How many of them none of its stations has acknowledged.
        public let unacknowledged: UInt64
        /// The index of the oldest of those.
        public let oldest: UInt64?
    }

    /// The checkpoint that witnesses have cosigned last.
    public struct Cosigned: Hashable, Sendable {
        /// The entries that it is of: nothing in front of it can be rewritten for this auditor.
        public let size: UInt64
        /// Who has cosigned it, of the witnesses that the profile trusts.
        public let cosigners: [LogCosigner]
    }

    /// That the log gives a member another signing key than before.
    public struct KeyChange: Hashable, Sendable {
        /// The entry.
        public let index: UInt64
        /// The member.
        public let member: String
        /// The key from there on, in base64url as a directory has it.
        public let key: String

        init(_ change: AuditMachine.KeyChange) {
            index = change.index
            member = change.member.description
            key = Base64.encodeURL(change.key.bytes)
        }
    }

    /// The log's name.
    public let origin: String
    /// The size that the latest checkpoint signs.
    public let size: UInt64
    /// The root that it signs, base64.
    public let root: String
    /// The entries that an earlier audit had verified.
    public let start: UInt64
    /// The entries that are verified now, those of earlier audits included.
    public let verified: UInt64
    /// The bytes of the entries that this audit read.
    public let byteCount: UInt64
    /// The authors' signatures that this audit verified.
    public let signatureCount: UInt64
    /// The signed checkpoints that this audit compared with the entries.
    public let checkpointCount: UInt64
    /// The checkpoints that later audits hold the log to.
    public let keptCount: Int
    /// What was cosigned; nil if the profile trusts no witnesses, or too few have.
    public let cosigned: Cosigned?
    /// All entries, by type.
    public let entryCounts: [String: UInt64]
    /// All agencies that were ever addressed, in order.
    public let agencies: [Agency]
    /// The first 1000 changes of members' signing keys that this audit read.
    public let keyChanges: [KeyChange]
    /// The members of the log that the profile's directory does not have, so that nobody but the
    /// operator says whose their keys are.
    public let unknownMembers: [String]
    /// The first broken rule, or nil.
    public let violation: AuditFinding?
}
