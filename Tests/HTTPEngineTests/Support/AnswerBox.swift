import Dispatch
import Synchronization

/// A place for one value that another thread will give.
final class AnswerBox<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func put(_ value: Value) {
        self.value.withLock { $0 = value }
        isThere.signal()
    }

    /// The value; nil if it does not come within 30 s.
    func take() -> Value? {
        guard isThere.wait(timeout: .now() + 30) == .success else { return nil }
        return value.withLock { $0 }
    }
}
