import Alerts
import Base
import Testing

@testable import BrokerCore

@Suite struct RefusalMeterTests {
    @Test func recordsABurstThenOnlyAsManyAsTheRateAllows() {
        var meter = RefusalMeter(perSecond: 10)
        let start = WallTime(milliseconds: 5_000)
        let recorded = (0..<100).filter { _ in meter.take(now: start) != nil }
        #expect(recorded.count == 10)
        let result7 = meter.take(now: start.adding(milliseconds: 99))
        #expect(result7 == nil)
        // One tenth of a second is one refusal, which reports the 91 that were suppressed.
        let result8 = meter.take(now: start.adding(milliseconds: 100))
        #expect(result8 == 91)
        let result9 = meter.take(now: start.adding(milliseconds: 100))
        #expect(result9 == nil)
    }

    @Test func doesNotFailWhenTheClockGoesBack() {
        var meter = RefusalMeter(perSecond: 1)
        let result10 = meter.take(now: WallTime(milliseconds: 5_000))
        #expect(result10 == 0)
        let result11 = meter.take(now: WallTime(milliseconds: 1_000))
        #expect(result11 == nil)
        let result12 = meter.take(now: WallTime(milliseconds: 2_000))
        #expect(result12 == 1)
    }
}

@Suite struct RefusalMetersTests {
    @Test func whatOneIsRefusedKeepsNobodyElseOutOfTheLog() throws {
        let noisy = try #require(AgencyID("CO:PONAL"))
        let quiet = try #require(AgencyID("MX:FGR"))
        let now = WallTime(milliseconds: 5_000)
        var meters = RefusalMeters(perSecond: 2)
        for expected: UInt64? in [0, 0, nil, nil] {
            let noisyTake = meters.take(for: noisy, now: now)
            #expect(noisyTake == expected)
            let strangerTake = meters.take(for: nil, now: now)
            #expect(strangerTake == expected, "strangers share one meter")
        }
        let quietTake = meters.take(for: quiet, now: now)
        #expect(quietTake == 0)
        let later = meters.take(for: noisy, now: now.adding(milliseconds: 500))
        #expect(later == 2, "it is told how many of its own were suppressed")
    }
}
