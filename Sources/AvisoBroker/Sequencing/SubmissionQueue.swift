import BrokerCore
import EventLoop
import Synchronization

/// The way from the loops to the sequencer: many put, one takes.
///
/// The sequencer is woken for the first submission only; what arrives while it commits a batch is
/// the next batch.
package final class SubmissionQueue: Sendable {
    /// Loops stop reading from a publisher while more than this waits.
    static let byteCountMax = 256 << 20
    // What one batch takes at most, so that a commit stays short.
    private static let batchCountMax = 2048

    private struct State {
        var waiting: [Submission] = []
        var byteCount = 0
        var isAwake = false
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether so much waits that publishers should pause.
    var isFull: Bool { state.withLock { $0.byteCount > Self.byteCountMax } }

    /// Sets what wakes the sequencer.
    func setWake(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
    }

    func put(_ submissions: [Submission]) {
        guard !submissions.isEmpty else { return }
        let wake: (@Sendable () -> Void)? = state.withLock { state in
            state.waiting.append(contentsOf: submissions)
            for submission in submissions { state.byteCount += submission.byteCount }
            guard !state.isAwake else { return nil }
            state.isAwake = true
            return state.wake
        }
        wake?()
    }

    /// Takes the next batch; an empty one puts the sequencer to sleep.
    func take() -> [Submission] {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isAwake = false
                return []
            }
            guard state.waiting.count > Self.batchCountMax else {
                defer {
                    state.waiting = []
                    state.byteCount = 0
                }
                return state.waiting
            }
            let batch = Array(state.waiting.prefix(Self.batchCountMax))
            state.waiting.removeFirst(Self.batchCountMax)
            for submission in batch { state.byteCount -= submission.byteCount }
            return batch
        }
    }
}
