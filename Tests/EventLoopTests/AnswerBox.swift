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

    func take() -> Value? {
        isThere.wait()
        return value.withLock { $0 }
    }
}
