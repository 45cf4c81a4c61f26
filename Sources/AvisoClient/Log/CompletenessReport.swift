import MerkleLog

/// Whether an agency holds every alert that was addressed to it, up to a signed checkpoint.
public struct CompletenessReport: Hashable, Sendable {
    /// The agency.
    public let agency: String
    /// The checkpoint, verified with the log's key.
    public let checkpoint: LogCheckpoint
    /// Who has cosigned it, of the witnesses that the profile trusts.
    public let cosigners: [LogCosigner]
    /// How many alerts were addressed to the agency: proved under the checkpoint's tally.
    public let count: UInt64
    /// How many of them it holds.
    public let heldCount: UInt64
    /// The numbers of the others.
    public let missing: [ClosedRange<UInt64>]
    /// What contradicts the signed count, a sentence each.
    public let problems: [String]

    /// Whether it holds them all, and nothing contradicts.
    public var isComplete: Bool { missing.isEmpty && problems.isEmpty }

    init(agency: String, tally: ProvedTally, _ outcome: AlertNumbers.Outcome) {
        self.agency = agency
        checkpoint = tally.checkpoint
        cosigners = tally.cosigners
        count = tally.count
        heldCount = outcome.heldCount
        missing = outcome.missing
        problems = outcome.problems
    }
}

/// A count with the checkpoint that it was proved under.
struct ProvedTally: Hashable, Sendable {
    let checkpoint: LogCheckpoint
    let count: UInt64
    let cosigners: [LogCosigner]
}
