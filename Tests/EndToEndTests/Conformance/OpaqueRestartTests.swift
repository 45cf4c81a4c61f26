import Glibc
import Testing

/// What a durable session of an opaque channel finds when its broker was killed.
@Suite struct OpaqueRestartTests {
    private static let expiry = "05 11 00000063"

    @Test("MQTT-4.1.0-1, MQTT-4.4.0-1: the cursor, PUBREL and the identifiers survive kill -9")
    func cursorsAndIdentifiersSurvive() throws {
        let broker = try ConformanceNetwork()
        let first = try broker.connect("kept", properties: Self.expiry)
        try first.run(.send(0x82, "0001 00 _'kept/a' 02"), "SUBSCRIBE")
        try first.run(.expect("90 .. 0001 00 02"), "SUBACK")
        try first.run(.send(0x32, "_'kept/a' 0009 00 '1'"), "QoS 1")
        try first.run(.expect("40 .. 0009"), "QoS 1")
        try first.run(.expect("32 0C _'kept/a' 0001 00 '1'"), "QoS 1")
        try first.run(.send(0x40, "0001"), "acknowledged")
        try first.run(.send(0x34, "_'kept/a' 000A 00 '2'"), "QoS 2")
        try first.run(.expect("50 .. 000A"), "QoS 2")
        try first.run(.expect("34 0C _'kept/a' 0002 00 '2'"), "QoS 2")
        try first.run(.send(0x50, "0002"), "taken over")
        try first.run(.expect("62 02 0002"), "PUBREL without PUBCOMP")
        try first.run(.send(0x32, "_'kept/a' 000B 00 '3'"), "QoS 1")
        try first.run(.expect("40 .. 000B"), "QoS 1")
        try first.run(.expect("32 0C _'kept/a' 0003 00 '3'"), "QoS 1")
        try first.run(.send(0x40, "0003"), "acknowledged")
        try waitForReport(broker, behind: 3)
        try first.run(.send(0x32, "_'kept/a' 000C 00 '4'"), "unacknowledged")
        try first.run(.expect("40 .. 000C"), "unacknowledged")
        try first.run(.expect("32 0C _'kept/a' 0004 00 '4'"), "unacknowledged")
        #expect(broker.network.stop(SIGKILL) == SIGKILL)
        try broker.network.start()
        let second = try broker.connect(
            "kept",
            flags: "00",
            properties: Self.expiry,
            sessionPresent: "01"
        )
        try second.run(.expect("62 02 0002"), "PUBREL again")
        let again = try second.packet() ?? []
        #expect(again.first == 0x32 && again.last == UInt8(ascii: "4"), "nothing else comes again")
        let identifier = again.dropFirst(11).first ?? 0
        #expect(identifier > 3, "under an identifier that means nothing else to the client")
    }

    // The log is told once a second of what was acknowledged.
    private func waitForReport(_ broker: ConformanceNetwork, behind messageCount: Int) throws {
        for _ in 0..<200 {
            let types = try broker.network.replay().map { $0["type"] as? String }
            let messages = types.indices.filter { types[$0] == "opaque" }
            try #require(messages.count == messageCount)
            if let last = messages.last, types[last...].contains("delivery") { return }
        }
        Issue.record("the log was never told of the acknowledgements")
    }
}
