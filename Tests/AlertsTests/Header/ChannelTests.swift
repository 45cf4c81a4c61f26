import Alerts
import Testing

@Suite struct ChannelTests {
    @Test func numbersNeverChange() {
        #expect(Channel.allCases.map(\.number) == [1, 2, 3])
        #expect(
            Channel.allCases.map(\.rawValue) == [
                "chemical-diversion", "trafficking-trends", "intelligence",
            ]
        )
        for channel in Channel.allCases {
            #expect(Channel(number: channel.number) == channel)
        }
        #expect(Channel(number: 0) == nil)
    }
}
