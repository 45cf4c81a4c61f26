import Base
import EventLoop
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoopTests {
    @Test func workOfOneThreadRunsInOrderAndAllOfIt() throws {
        let count = 20_000
        let thread = try LoopThread.start(name: "order") { _ in Recorder() }
        for number in 0..<count { #expect(thread.execute { $0.append(number) }) }
        #expect(thread.waitForState { $0.numbers } == Array(0..<count))
        thread.stop()
        thread.join()
        #expect(!thread.execute { _ in Issue.record("work ran after the end") })
    }

    @Test func workOfManyThreadsArrives() throws {
        let thread = try LoopThread.start(name: "many") { _ in Recorder() }
        let senders = try (0..<4).map { sender in
            try LoopThread.start(name: "sender") { _ in
                for number in 0..<5000 { thread.execute { $0.append(sender * 5000 + number) } }
                return sender
            }
        }
        for sender in senders {
            sender.stop()
            sender.join()
        }
        #expect(thread.waitForState { $0.numbers.sorted() } == Array(0..<20_000))
        thread.stop()
        thread.join()
    }

    @Test func timersRunInOrderAndNotTooEarly() throws {
        let thread = try LoopThread.start(name: "timers") { loop in
            let recorder = Recorder()
            let start = SystemClock.monotonic()
            for milliseconds in [30, 10, 20] {
                let deadline = start.adding(milliseconds: UInt64(milliseconds))
                _ = loop.schedule(at: deadline) {
                    recorder.append(milliseconds)
                    recorder.wasEarly = recorder.wasEarly || SystemClock.monotonic() < deadline
                    guard milliseconds == 30 else { return }
                    seen.withLock { $0 = recorder.numbers + [recorder.wasEarly ? 1 : 0] }
                    loop.stop()
                }
            }
            let cancelled = loop.schedule(at: start) { recorder.append(0) }
            loop.cancel(cancelled)
            return recorder
        }
        thread.join()
        #expect(seen.withLock { $0 } == [10, 20, 30, 0], "in order, and none too early")
    }

    @Test func failureToMakeTheStateIsThrown() {
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            _ = try LoopThread<Int>.start(name: "failing") { _ in throw Refusal() }
        }
    }

    @Test func roundsNeitherStarveNorWait() throws {
        let thread = try LoopThread.start(name: "rounds") { loop in
            let recorder = Recorder()
            recorder.loop = loop
            return recorder
        }
        thread.execute { recorder in
            guard let loop = recorder.loop else { return }
            recorder.append(1)
            loop.performAtEndOfRound {
                recorder.append(2)
                loop.performAtEndOfRound { recorder.append(4) }
            }
            loop.performNextRound { recorder.append(3) }
        }
        while thread.waitForState({ $0.numbers.count }) != 4 {}
        #expect(thread.waitForState { $0.numbers } == [1, 2, 3, 4])
        thread.stop()
        thread.join()
    }

    @Test func useFromAnotherThreadStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let thread = try LoopThread.start(name: "wrong") { loop in
                leaked.withLock { $0 = LoopBound(loop, on: loop) }
                return 0
            }
            let other = try Loop()
            let bound = leaked.withLock { $0 }
            _ = bound?.value(on: other)
            _ = thread
        }
    }
}

private let leaked = Mutex<LoopBound<Loop>?>(nil)
private let seen = Mutex<[Int]>([])

/// State of a loop that keeps what happened.
private final class Recorder {
    var numbers: [Int] = []
    var wasEarly = false
    var loop: Loop?

    func append(_ number: Int) { numbers.append(number) }
}

extension LoopThread {
    /// Asks the state on its thread and waits for the answer.
    func waitForState<Answer: Sendable>(_ ask: @escaping @Sendable (State) -> Answer) -> Answer? {
        let answer = AnswerBox<Answer>()
        guard execute({ answer.put(ask($0)) }) else { return nil }
        return answer.take()
    }
}
