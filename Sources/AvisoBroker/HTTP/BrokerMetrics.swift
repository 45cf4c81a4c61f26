import BrokerCore
import Synchronization

/// What the broker has done since its start, counted.
final class BrokerMetrics: Sendable {
    /// Alerts and opaque messages that became entries.
    let accepted = Atomic<UInt64>(0)
    /// Requests of any kind that were refused.
    let refused = Atomic<UInt64>(0)
    /// Messages written to subscribers; loops add to it once a second.
    let delivered = Atomic<UInt64>(0)

    /// Requests over HTTPS.
    let httpsRequests = Atomic<UInt64>(0)
    /// Those of them that the client's certificate or role did not permit.
    let httpsRefused = Atomic<UInt64>(0)

    // Off the hot path: only who has reached a limit comes here.
    private let limits = Mutex<[PeerLimit: UInt64]>([:])

    /// How often each limit was reached, in the order of their declaration.
    var limitCounts: [(limit: PeerLimit, count: UInt64)] {
        let counts = limits.withLock { $0 }
        return PeerLimit.allCases.map { ($0, counts[$0, default: 0]) }
    }

    /// Counts that a peer has reached a limit where no refusal goes through the sequencer.
    func reached(_ limit: PeerLimit) {
        limits.withLock { $0[limit, default: 0] += 1 }
    }

    /// Counts what became of a batch.
    func count(_ outcomes: [SequencingOutcome]) {
        var acceptedCount: UInt64 = 0
        var refusedCount: UInt64 = 0
        for outcome in outcomes {
            switch outcome {
            case .sequenced(let entry):
                switch entry.subject {
                case .alert, .opaque: acceptedCount += 1
                case .redaction, .deadline, .group, .record: break
                }
            case .refused(let refusal, _), .refusedUnrecorded(let refusal):
                refusedCount += 1
                if let limit = refusal.limit { reached(limit) }
            case .repeated: break
            }
        }
        if acceptedCount > 0 { accepted.add(acceptedCount, ordering: .relaxed) }
        if refusedCount > 0 { refused.add(refusedCount, ordering: .relaxed) }
    }
}
