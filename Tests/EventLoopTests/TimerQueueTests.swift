import Base
import Testing

@testable import EventLoop

@Suite struct TimerQueueTests {
    private func time(_ nanoseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds)
    }

    @Test func equalDeadlinesRunInTheOrderOfScheduling() {
        var queue = TimerQueue()
        var ran: [Int] = []
        for number in 0..<5 { _ = queue.schedule(at: time(10)) { ran.append(number) } }
        while let action = queue.popDue(at: time(10)) { action() }
        #expect(ran == [0, 1, 2, 3, 4])
    }

    @Test func cancelledAndUsedTokensDoNothing() {
        var queue = TimerQueue()
        let first = queue.schedule(at: time(1)) { Issue.record("a cancelled timer ran") }
        queue.cancel(first)
        queue.cancel(first)
        var hasRun = false
        _ = queue.schedule(at: time(1)) { hasRun = true }
        queue.cancel(first)
        queue.popDue(at: time(1))?()
        #expect(hasRun)
        #expect(queue.count == 0 && queue.nextDeadline == nil)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func agreesWithASortedList(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = TimerQueue()
        var model: [(deadline: UInt64, number: Int, token: TimerToken)] = []
        var ran: [Int] = []
        var expected: [Int] = []
        for number in 0..<2000 {
            switch random.next() % 4 {
            case 0 where !model.isEmpty:
                let index = Int(random.next() % UInt64(model.count))
                queue.cancel(model.remove(at: index).token)
            case 1:
                let now = random.next() % 1000
                while let action = queue.popDue(at: time(now)) { action() }
                let due = model.filter { $0.deadline <= now }
                    .sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
                expected += due.map(\.number)
                model.removeAll { $0.deadline <= now }
            default:
                let deadline = random.next() % 1000
                let token = queue.schedule(at: time(deadline)) { ran.append(number) }
                model.append((deadline, number, token))
            }
            #expect(queue.nextDeadline?.nanoseconds == model.map(\.deadline).min())
        }
        #expect(ran == expected)
        #expect(queue.count == model.count)
    }
}
