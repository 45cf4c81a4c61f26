package import Alerts
package import Base
package import COSE
package import MerkleLog

/// What an auditor knows of a log after its first entries: enough to go on without them.
package struct AuditState: Equatable, Sendable {
    /// A member under the directory entries so far.
    package struct Member: Hashable, Sendable {
        let role: String
        let signingKey: Ed25519PublicKey?
        let isRecipient: Bool
        let publish: Set<String>
    }

    /// An alert whose content was erased by order.
    package struct Erasure: Hashable, Sendable {
        let index: UInt64
        let counts: [AlertEntryBody.Count]
        // The digests of the orders.
        var orders: [Digest] = []
    }

    /// The most checkpoints that are kept; the oldest go first.
    package static let keptCountMax = 4096

    /// The tree of the entries.
    package internal(set) var frontier = MerkleFrontier()
    /// The time of the last entry.
    package internal(set) var lastTime = WallTime(milliseconds: 0)
    /// The key that signs the log from the last change on.
    package internal(set) var logKey: Ed25519PublicKey?
    /// The members, by identifier.
    package internal(set) var members: [String: Member] = [:]
    /// The groups so far.
    package internal(set) var groups = GroupDirectory()
    /// How many alerts have been addressed to each agency.
    package internal(set) var counts: [String: UInt64] = [:]
    /// Every alert so far, with the mark of its entry.
    package internal(set) var alerts: [Base.UUID: UInt64] = [:]
    /// The alerts whose contents were erased by order.
    package internal(set) var erasures: [Base.UUID: Erasure] = [:]
    /// The alerts that no station of an agency has acknowledged yet, by index.
    package internal(set) var unacknowledged: [String: Set<UInt64>] = [:]
    /// By when answers and acknowledgements are due, and who has given them.
    package internal(set) var deadlines = DeadlineBook(reminders: .none)
    /// How many entries of each type there are.
    package internal(set) var entryCounts: [String: UInt64] = [:]
    /// The signed checkpoints that this auditor has verified, oldest first.
    package internal(set) var kept: [[UInt8]] = []

    /// The state before the first entry.
    package init() {}

    /// The number of entries.
    package var treeSize: UInt64 { frontier.treeSize }

    /// Only what was signed: for an audit from the first entry on that holds the log to it.
    package var onlyKept: AuditState {
        var state = AuditState()
        state.kept = kept
        return state
    }

    mutating func keep(_ note: [UInt8]) {
        guard kept.last != note else { return }
        kept.append(note)
        if kept.count > Self.keptCountMax { kept.removeFirst(kept.count - Self.keptCountMax) }
    }
}
