import Alerts
import BrokerCore
import MQTTCodec
import Testing

@Suite struct PeerLimitTests {
    @Test func everyLimitIsNamedAsItsKey() {
        let keys = Set(Mirror(reflecting: BrokerLimits()).children.compactMap(\.label))
        for limit in PeerLimit.allCases {
            #expect(keys.contains(limit.rawValue), "\(limit)")
        }
    }

    @Test func refusalsSayWhatToMendAndWhen() throws {
        let agency = try #require(AgencyID("MX:FGR"))
        var limits = BrokerLimits()
        limits.connectsPerSecond = 3
        limits.connectionsPerAgencyMax = 2
        limits.publishesPerSecond = 5
        limits.publishedBytesPerSecond = 4096
        let rate = Refusal.connectRate(agency, limits, retryMilliseconds: 250)
        #expect(rate.reasonCode == .connectionRateExceeded)
        #expect(
            rate.text == "MX:FGR begins more than 3 connections a second: keep connections open, "
                + "and try again in 250 ms"
        )
        #expect(rate.connAck.properties.userProperty("aviso-retry-ms") == "250")
        let count = Refusal.connections(agency, limits)
        #expect(count.reasonCode == .quotaExceeded)
        #expect(count.text.hasPrefix("MX:FGR has 2 connections, which is as many as it may have"))
        #expect(count.connAck.properties.userProperty("aviso-retry-ms") == "1000")
        for (limit, words) in [
            (PeerLimit.publishesPerSecond, "5 messages"),
            (.publishedBytesPerSecond, "4096 bytes"),
        ] {
            let refusal = Refusal.publishRate(agency, limit, limits, retryMilliseconds: 7)
            #expect(refusal.reasonCode == .quotaExceeded)
            #expect(refusal.limit == limit)
            #expect(refusal.text.contains("more than \(words) a second"))
            #expect(refusal.text.contains("again in 7 ms"))
        }
        let other = Refusal(.connect, .notAuthorized, "no")
        #expect(other.connAck.properties.userProperties.isEmpty)
    }
}
