import Base
import BrokerCore
import Testing

@Suite struct RateLimitTests {
    private let start = MonotonicTime(nanoseconds: 5_000_000_000)

    /// A bucket as a driver keeps it.
    private struct Bucket {
        let limit: RateLimit
        var fullAt = MonotonicTime(nanoseconds: 0)

        mutating func take(_ amount: UInt64, at now: MonotonicTime) -> UInt64? {
            switch limit.take(amount, fullAt: fullAt, now: now) {
            case .taken(let next):
                fullAt = next
                return nil
            case .wait(let milliseconds): return milliseconds
            }
        }
    }

    @Test func aFullBucketHoldsItsBurstAndNoMore() {
        var bucket = Bucket(limit: RateLimit(perSecond: 10, burstSeconds: 2))
        let taken = (0..<20).map { _ in bucket.take(1, at: start) }
        #expect(taken.allSatisfy { $0 == nil })
        let wait = bucket.take(1, at: start)
        #expect(wait == 100)
    }

    @Test func whatIsRefusedCostsNothingAndPassesAfterTheTimeThatWasTold() throws {
        var bucket = Bucket(limit: RateLimit(perSecond: 3, burstSeconds: 1))
        for _ in 0..<3 { _ = bucket.take(1, at: start) }
        let refused = bucket.take(1, at: start)
        let wait = try #require(refused)
        for _ in 0..<100 { _ = bucket.take(1, at: start) }
        let early = bucket.take(1, at: start.adding(milliseconds: wait - 1))
        #expect(early != nil)
        let due = bucket.take(1, at: start.adding(milliseconds: wait))
        #expect(due == nil)
    }

    @Test func overTimeTheRateIsKeptExactly() {
        var bucket = Bucket(limit: RateLimit(perSecond: 7, burstSeconds: 1))
        var count = 0
        for millisecond in UInt64(0)..<10_000 {
            let refused = bucket.take(1, at: start.adding(milliseconds: millisecond))
            if refused == nil { count += 1 }
        }
        // The burst, and seven in each of the ten seconds.
        #expect((76...77).contains(count))
    }

    @Test func anAmountLargerThanTheBucketPassesWhenItIsFullAndLeavesADebt() {
        var bucket = Bucket(limit: RateLimit(perSecond: 1000, burstSeconds: 1))
        let first = bucket.take(5000, at: start)
        #expect(first == nil)
        let second = bucket.take(1, at: start.adding(seconds: 4))
        #expect(second == 1)
        let third = bucket.take(1, at: start.adding(seconds: 5))
        #expect(third == nil)
        let again = bucket.take(5000, at: start.adding(seconds: 5))
        #expect(again == 1)
    }

    @Test func whatIsGivenBackCanBeTakenAgain() {
        let limit = RateLimit(perSecond: 1, burstSeconds: 1)
        var bucket = Bucket(limit: limit)
        _ = bucket.take(1, at: start)
        bucket.fullAt = limit.giveBack(1, fullAt: bucket.fullAt)
        let again = bucket.take(1, at: start)
        #expect(again == nil)
        #expect(
            limit.giveBack(9, fullAt: MonotonicTime(nanoseconds: 3)).nanoseconds == 0
        )
    }

    @Test func aClockThatLagsGivesNothingAway() {
        var bucket = Bucket(limit: RateLimit(perSecond: 1, burstSeconds: 1))
        _ = bucket.take(1, at: start)
        let early = bucket.take(1, at: MonotonicTime(nanoseconds: 1_000_000_000))
        #expect(early == 5000)
    }

    @Test func theEndsOfTheNumbersAreNoTrap() {
        let end = MonotonicTime(nanoseconds: .max)
        let slow = RateLimit(perSecond: 1, burstSeconds: 1)
        #expect(slow.take(.max, fullAt: start, now: start) != .taken(fullAt: start))
        _ = slow.take(.max, fullAt: end, now: end)
        _ = slow.take(1, fullAt: end, now: MonotonicTime(nanoseconds: 0))
        let fast = RateLimit(perSecond: .max, burstSeconds: 3600)
        #expect(
            fast.take(1, fullAt: start, now: start)
                == .taken(fullAt: MonotonicTime(nanoseconds: start.nanoseconds + 1))
        )
        #expect(fast.take(0, fullAt: start, now: start) == .taken(fullAt: start))
    }
}
