import BrokerCore
import Testing

@Suite struct LimitsTests {
    @Test func theDefaultsKeepTheRules() {
        #expect(BrokerLimits().violations.isEmpty)
    }

    @Test func aPacketHoldsTheLargestAlert() {
        var limits = BrokerLimits()
        limits.contentByteCountMax = 2 << 20
        #expect(limits.violations.map(\.key) == ["packetByteCountMax"])
        #expect(
            limits.violations.first?.rule
                == "must be at least statementByteCountMax + contentByteCountMax + 1024 (2114560)"
        )
        limits.packetByteCountMax = 4 << 20
        #expect(limits.violations.isEmpty)
    }

    @Test func everyValueOutOfRangeIsNamed() {
        var limits = BrokerLimits()
        limits.statementByteCountMax = .max
        limits.contentByteCountMax = .min
        limits.receiveMaximum = 0
        limits.refusalsPerSecond = 0
        #expect(
            limits.violations.map(\.key) == [
                "statementByteCountMax", "contentByteCountMax", "receiveMaximum",
                "refusalsPerSecond",
            ]
        )
    }
}
