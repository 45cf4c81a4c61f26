/// What an operator is told of a witness, once when it begins.
package enum CosigningEvent: Hashable, Sendable {
    /// It cosigns, for the first time or again.
    case cosigns
    /// There was no answer.
    case unreachable(reason: String)
    /// It answered with a refusal.
    case refused(status: Int, reason: String)
    /// What it answered is no cosignature by its key over this checkpoint.
    case invalidCosignature
    /// It has cosigned another tree of the same size.
    case splitView(size: UInt64)
    /// It has cosigned a larger tree than this log ever had.
    case ahead(size: UInt64)

    /// A sentence for the operator.
    package var message: String {
        switch self {
        case .cosigns: "The witness cosigns."
        case .unreachable(let reason): "The witness gives no answer: \(reason)"
        case .refused(let status, let reason):
            "The witness refuses the checkpoint with status \(status): \(reason)"
        case .invalidCosignature:
            "The witness answered with no cosignature of its key, of now, over this checkpoint."
        case .splitView(let size):
            "The witness has cosigned another tree of \(size) entries under this log's key: "
                + "history was rewritten, or two brokers sign with one key."
        case .ahead(let size):
            "The witness has cosigned a tree of \(size) entries, more than this log has: it was "
                + "rolled back, or two brokers sign with one key."
        }
    }

    /// A short name, the same for the same kind of trouble.
    package var kind: String {
        switch self {
        case .cosigns: "cosigns"
        case .unreachable: "unreachable"
        case .refused: "refused"
        case .invalidCosignature: "invalid-cosignature"
        case .splitView: "split-view"
        case .ahead: "ahead"
        }
    }

    /// Whether it says that the log has two histories.
    package var isConflict: Bool {
        switch self {
        case .splitView, .ahead: true
        default: false
        }
    }
}

/// What came back of a submission.
package enum WitnessAnswer: Hashable, Sendable {
    /// An answer over HTTP.
    case answer(status: Int, type: String, body: [UInt8])
    /// None, with the reason.
    case none(reason: String)
}
