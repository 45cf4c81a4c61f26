import MQTTCodec
import Testing

@Suite struct TopicFilterTests {
    @Test(arguments: [
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
        ("sport/#", "sport", true), ("#", "sport/tennis", true),
        ("sport/tennis/+", "sport/tennis/player1", true),
        ("sport/tennis/+", "sport/tennis/player1/ranking", false),
        ("sport/+", "sport", false), ("sport/+", "sport/", true), ("+/+", "/finance", true),
        ("/+", "/finance", true), ("+", "/finance", false),
        ("#", "$SYS/monitor", false), ("+/monitor", "$SYS/monitor", false),
        ("$SYS/#", "$SYS/monitor", true), ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
        ("$share/group/alerts/#", "alerts/a", true), ("a/b", "a/b", true), ("a/b", "a/B", false),
    ])
    func matchesAsTheStandardSays(filter: String, topic: String, expected: Bool) throws {
        #expect(try TopicFilter(filter).matches(topic) == expected)
    }

    @Test(arguments: [
        "", "sport/tennis#", "sport/tennis/#/ranking", "sport+", "$share/", "$share/group",
        "$share/group/", "$share//a", "$share/gr+up/a",
    ])
    func refusesFiltersThatBreakARule(filter: String) {
        #expect(throws: MQTTDecodingError.self) { try TopicFilter(filter) }
    }

    @Test("MQTT-4.7.3-4: nothing is normalised, and a combining mark hides no separator")
    func nothingIsNormalised() throws {
        #expect(try !TopicFilter("\u{E9}").matches("e\u{301}"))
        #expect(try TopicFilter("\u{E9}") != TopicFilter("e\u{301}"))
        #expect(try TopicFilter("+/\u{301}b").matches("a/\u{301}b"))
        #expect(try TopicFilter("a/#").matches("a/\u{301}b"))
        #expect(throws: MQTTDecodingError.self) { try TopicFilter("a/#\u{301}") }
        #expect(throws: MQTTDecodingError.self) { try TopicFilter("+\u{301}") }
        #expect(throws: MQTTDecodingError.self) { try TopicFilter("$share/g") }
        #expect(throws: MQTTDecodingError.self) { try TopicFilter("$share") }
    }

    @Test func namesTheGroupOfASharedSubscription() throws {
        #expect(try TopicFilter("$share/group/a/+").shareName == "group")
        #expect(try TopicFilter("a/+").shareName == nil)
    }
}
