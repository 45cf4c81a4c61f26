import BrokerCore
import Synchronization

/// What was published over HTTPS and waits for the sequencer, which answers it like one more loop.
final class WaitingSubmissions: Sendable {
    /// Takes what became of a submission; called on the sequencer's thread.
    typealias Completion = @Sendable (PublishResult) -> Void

    private struct State {
        var completions: [UInt64: Completion] = [:]
        var lastToken: UInt64 = 0
        var isClosed = false
    }

    private let countMax: Int
    private let state = Mutex(State())

    /// - Parameter countMax: how many may wait.
    init(countMax: Int) {
        self.countMax = countMax
    }

    /// How many wait.
    var count: Int { state.withLock { $0.completions.count } }

    /// Takes a place.
    ///
    /// - Parameter completion: called once with what became of the submission.
    /// - Returns: the token of the submission's source; nil if as many wait as may.
    func begin(_ completion: @escaping Completion) -> UInt64? {
        state.withLock { state in
            guard !state.isClosed, state.completions.count < countMax else { return nil }
            state.lastToken += 1
            state.completions[state.lastToken] = completion
            return state.lastToken
        }
    }

    /// A submission has been decided.
    func complete(token: UInt64, _ result: PublishResult) {
        state.withLock { $0.completions.removeValue(forKey: token) }?(result)
    }

    /// Takes no more.
    func close() {
        state.withLock { $0.isClosed = true }
    }
}
