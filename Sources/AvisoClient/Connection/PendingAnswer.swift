import Synchronization

/// The answer to one request, which the first who has it gives: the broker, the clock or the task
/// that is cancelled.
final class PendingAnswer<Value: Sendable>: Sendable {
    typealias Answer = Result<Value, AvisoError>

    private enum State {
        // Can transition to `waiting` or `resolved`.
        case new
        // Can transition to `resolved`.
        case waiting(CheckedContinuation<Answer, Never>)
        case resolved(Answer)
    }

    private let state = Mutex(State.new)

    /// Resumes the continuation with the answer, now or when it comes; to be called once.
    func wait(_ continuation: CheckedContinuation<Answer, Never>) {
        let answer: Answer? = state.withLock { state in
            if case .resolved(let answer) = state { return answer }
            state = .waiting(continuation)
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    /// Gives the answer, unless there is one already.
    func resolve(_ answer: Answer) {
        let continuation: CheckedContinuation<Answer, Never>? = state.withLock { state in
            defer { if case .resolved = state {} else { state = .resolved(answer) } }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        continuation?.resume(returning: answer)
    }
}
