import Foundation
import Synchronization

/// Hands the outcome of a benchmark from its loop to the program.
final class Completion: Sendable {
    private let condition = NSCondition()
    private let outcome = Mutex<Result<Double, BenchNetwork.Failure>?>(nil)

    func succeed(_ value: Double) { finish(.success(value)) }

    func fail(_ reason: String) { finish(.failure(.init(description: reason))) }

    func wait() throws -> Double {
        try condition.withLock {
            while true {
                if let outcome = outcome.withLock({ $0 }) { return outcome }
                condition.wait()
            }
        }.get()
    }

    private func finish(_ result: Result<Double, BenchNetwork.Failure>) {
        condition.withLock {
            outcome.withLock { outcome in
                if outcome == nil { outcome = result }
            }
            condition.signal()
        }
    }
}
