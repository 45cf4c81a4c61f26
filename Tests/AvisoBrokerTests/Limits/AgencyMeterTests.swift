import Alerts
import Base
import BrokerCore
import Dispatch
import MQTTCodec
import Synchronization
import Testing

@testable import AvisoBroker

@Suite struct AgencyMeterTests {
    private let now = MonotonicTime(nanoseconds: 7_000_000_000)

    private func limits() -> BrokerLimits {
        var limits = BrokerLimits()
        limits.connectsPerSecond = 2
        limits.publishesPerSecond = 1000
        limits.publishedBytesPerSecond = 1_000_000
        limits.burstSeconds = 3
        return limits
    }

    @Test func allLoopsTogetherGetWhatTheAgencyMayHaveAndNotOneMore() throws {
        let agency = try #require(AgencyID("MX:FGR"))
        let meters = AgencyMeters(limits: limits())
        let acceptedCount = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            let meter = meters.meter(of: agency)
            for _ in 0..<2000 where meter.publish(byteCount: 1, now: now) == nil {
                acceptedCount.add(1, ordering: .relaxed)
            }
        }
        #expect(acceptedCount.load(ordering: .relaxed) == 3000)
        let refused = meters.all.map { $0.limitedCount.load(ordering: .relaxed) }
        #expect(refused == [5000])
    }

    @Test func agenciesShareNothing() throws {
        let meters = AgencyMeters(limits: limits())
        let one = meters.meter(of: try #require(AgencyID("MX:FGR")))
        let other = meters.meter(of: try #require(AgencyID("CO:PONAL")))
        for _ in 0..<6 { #expect(one.beginConnection(now: now) == nil) }
        #expect(one.beginConnection(now: now)?.retryMilliseconds == 500)
        #expect(other.beginConnection(now: now) == nil)
        #expect(meters.all.map(\.agency.description) == ["CO:PONAL", "MX:FGR"])
    }

    @Test func whatTheBytesRefuseIsNotCountedAsAMessage() throws {
        let meters = AgencyMeters(limits: limits())
        let meter = meters.meter(of: try #require(AgencyID("MX:FGR")))
        #expect(meter.publish(byteCount: 3_000_000, now: now) == nil)
        for _ in 0..<5000 {
            #expect(meter.publish(byteCount: 1, now: now)?.limit == .publishedBytesPerSecond)
        }
        // Empty ones need no bytes; one of the 3000 is gone.
        let emptyCount = (0..<4000).count { _ in meter.publish(byteCount: 0, now: now) == nil }
        #expect(emptyCount == 2999)
        #expect(meter.publish(byteCount: 0, now: now)?.limit == .publishesPerSecond)
    }

    @Test func filtersAndQuestionsComeOutOfTheSameBucket() throws {
        let meters = AgencyMeters(limits: limits())
        let meter = meters.meter(of: try #require(AgencyID("MX:FGR")))
        #expect(meter.subscribe(count: 2000, now: now) == nil)
        #expect(meter.ask(cost: 999, now: now) == nil)
        #expect(meter.publish(byteCount: 0, now: now) == nil)
        for refusal in [meter.subscribe(count: 1, now: now), meter.ask(cost: 1, now: now)] {
            #expect(refusal?.limit == .publishesPerSecond)
            #expect(refusal?.reasonCode == .quotaExceeded)
            #expect(refusal?.retryMilliseconds == 1)
        }
        #expect(meter.limitedCount.load(ordering: .relaxed) == 2)
    }

    @Test func fewWaitToBeTold() throws {
        let meter = AgencyMeter(agency: try #require(AgencyID("MX:FGR")), limits: limits())
        let told = (0..<20).map { _ in meter.beginTelling() }
        #expect(told.count { $0 } == 16)
        meter.endTelling()
        #expect(meter.beginTelling())
        #expect(!meter.beginTelling())
    }
}
