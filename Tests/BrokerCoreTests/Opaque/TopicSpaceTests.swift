import MQTTCodec
import Testing

@testable import BrokerCore

@Suite struct TopicSpaceTests {
    private let none = TopicSpace()
    private let test = TopicSpace(opaqueChannels: [.init(prefix: "test/")])
    private let all = TopicSpace(opaqueChannels: [.init(prefix: "", refusedFilters: ["no/way"])])

    @Test(arguments: ["alerts", "alerts/", "alerts/intelligence/interdiction"])
    func alertTopicsAreNeverOpaque(topic: String) {
        for space in [none, test, all] { #expect(space.place(of: topic) == .alerts) }
    }

    @Test(arguments: ["$aviso/checkpoint", "$SYS/broker/uptime", "$SYS"])
    func theBrokersOwnTopicsAreReserved(topic: String) {
        for space in [none, test, all] { #expect(space.place(of: topic) == .reserved) }
    }

    @Test func prefixesDecide() {
        #expect(none.place(of: "test/a") == .nowhere)
        #expect(test.place(of: "test/a") == .opaque)
        #expect(test.place(of: "testing/a") == .nowhere)
        #expect(all.place(of: "anything") == .opaque)
        #expect(all.place(of: "alertsX/a") == .opaque)
    }

    @Test(arguments: [
        ("test/#", true), ("test/+/b", true), ("#", true), ("+/a", true), ("te/#", false),
        ("alerts/#", false), ("$aviso/#", false), ("other", false), ("$share/g/test/a", true),
    ])
    func aFilterReachesWhatItCouldMatch(filter: String, reaches: Bool) throws {
        #expect(test.reachesOpaque(try TopicFilter(filter)) == reaches)
        #expect(!none.reachesOpaque(try TopicFilter(filter)))
    }

    @Test func theConfigurationRefusesFiltersByTheirText() throws {
        #expect(all.refuses(try TopicFilter("no/way")))
        #expect(!all.refuses(try TopicFilter("no/#")))
    }
}
