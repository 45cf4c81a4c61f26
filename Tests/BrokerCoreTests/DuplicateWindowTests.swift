import Base
import Testing

@testable import BrokerCore

@Suite struct DuplicateWindowTests {
    @Test func remembersUntilAnAlertIsTooOldToBeReplayed() {
        var window = DuplicateWindow(ageMaxMilliseconds: 3_600_000)
        let issued = WallTime(milliseconds: 1_000_000_000)
        let alert = UUID(high: 1, low: 2)
        window.insert(alert, issuedAt: issued, index: 7, statementDigest: .zero)
        #expect(window.sighting(of: alert)?.index == 7)
        window.prune(now: issued.adding(milliseconds: 3_600_000))
        #expect(window.sighting(of: alert) != nil)
        window.prune(now: issued.adding(milliseconds: 3_720_000))
        #expect(window.sighting(of: alert) == nil)
        #expect(window.count == 0)
    }

    @Test func isBoundedByTimeWhateverTheNumber() {
        var window = DuplicateWindow(ageMaxMilliseconds: 600_000)
        for index in UInt64(0)..<10_000 {
            let time = WallTime(milliseconds: 1_000_000_000 + index * 1000)
            let alert = UUID(high: index, low: 0)
            window.insert(alert, issuedAt: time, index: index, statementDigest: .zero)
            window.prune(now: time)
            #expect(window.count <= 660)
        }
    }
}

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
