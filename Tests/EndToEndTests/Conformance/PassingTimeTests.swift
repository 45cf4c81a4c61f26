import Testing

/// What the passing of time does to wills, sessions and connections (MQTT 5.0 3.1.2.5 to 3.1.2.11).
@Suite struct PassingTimeTests {
    private let network: ConformanceNetwork

    init() throws { network = try ConformanceNetwork() }

    private func reader(_ topic: String) throws -> WireClient {
        let reader = try network.connect("reader-\(topic)")
        try reader.run(.send(0x82, "0001 00 _'\(topic)' 00"), topic)
        try reader.run(.expect("90 .. 0001 00 00"), topic)
        return reader
    }

    /// A session expiry interval, or none.
    private static func expiry(_ seconds: UInt8?) -> String {
        seconds.map { "05 11 000000" + ($0 < 16 ? "0" : "") + String($0, radix: 16) } ?? "00"
    }

    /// A will with a delay, as the payload of CONNECT.
    private static func will(_ topic: String, delay: UInt8) -> String {
        "05 18 000000" + (delay < 16 ? "0" : "") + String(delay, radix: 16) + " _'\(topic)' _'gone'"
    }

    @Test(
        "3.1.3.2.2: a will waits for its delay, or for the end of the session",
        arguments: [
            (UInt8?(30), UInt8(1), 1), (1, 30, 1), (0, 30, 0), (nil, 1, 1),
        ]
    )
    func willsWait(expiry: UInt8?, delay: UInt8, seconds: Int) throws {
        let topic = "w/\(expiry ?? 99)/\(delay)"
        let reader = try reader(topic)
        var dying: WireClient? = try network.connect(
            "dying-\(topic)",
            flags: "06",
            properties: Self.expiry(expiry),
            payload: Self.will(topic, delay: delay)
        )
        withExtendedLifetime(dying) {}
        let start = ContinuousClock.now
        dying = nil
        let packet = try #require(try reader.packet())
        #expect(packet.starts(with: [0x30]) && packet.suffix(4).elementsEqual("gone".utf8))
        let waited = ContinuousClock.now - start
        #expect(waited >= .milliseconds(seconds * 1000 - 50), "\(waited)")
        #expect(waited < .seconds(15), "\(waited): not before the other of the two has passed")
    }

    @Test(
        "MQTT-3.1.2-8, MQTT-3.1.3-9: who is back before the delay is over takes the will back",
        arguments: [(UInt8?(30), "00", "01"), (30, "02", "00"), (nil, "02", "00")]
    )
    func whoIsBackTakesTheWillBack(expiry: UInt8?, flags: String, present: String) throws {
        let topic = "b/\(expiry ?? 99)/\(flags)"
        let reader = try reader(topic)
        var dying: WireClient? = try network.connect(
            "back-\(topic)",
            flags: "06",
            properties: Self.expiry(expiry),
            payload: Self.will(topic, delay: 1)
        )
        withExtendedLifetime(dying) {}
        dying = nil
        // The connection has ended once its session waits for another one, without a take-over.
        try waitForParked()
        let back = try network.connect(
            "back-\(topic)",
            flags: flags,
            properties: Self.expiry(expiry),
            sessionPresent: present
        )
        // A will of another client that is due later.
        var other: WireClient? = try network.connect(
            "other-\(topic)",
            flags: "06",
            payload: Self.will(topic, delay: 2)
        )
        withExtendedLifetime(other) {}
        other = nil
        _ = try reader.packet()
        try reader.run(.send(0xC0), "reader")
        try reader.run(.expect("D0"), "one will, and it is not that of who is back")
        try back.run(.send(0xC0), "back")
        try back.run(.expect("D0"), "back")
    }

    // The broker hears of the end of a connection in the order of the ends.
    private func waitForParked() throws {
        let probe = try reader("probe")
        var dying: WireClient? = try network.connect(
            "probe-dying",
            flags: "06",
            payload: "00 _'probe' _'x'"
        )
        withExtendedLifetime(dying) {}
        dying = nil
        _ = try probe.packet()
    }

    @Test(
        "MQTT-4.1.0-2: a session is there until its time has passed, and DISCONNECT may change that"
    )
    func sessionsExpire() throws {
        var client: WireClient? = try network.connect("kept", properties: Self.expiry(1))
        try client?.run(.send(0xE0, "00 05 11 0000001E"), "good-bye with more time")
        try client?.run(.closed, "good-bye")
        try wait(seconds: 2)
        client = try network.connect(
            "kept",
            flags: "00",
            properties: Self.expiry(1),
            sessionPresent: "01"
        )
        try client?.run(.send(0xE0), "good-bye")
        try client?.run(.closed, "good-bye")
        // Looking ends it too, so that there is one look.
        try wait(seconds: 3)
        client = try network.connect("kept", flags: "00", properties: Self.expiry(30))
        try client?.run(.send(0xE0, "00 05 11 00000000"), "good-bye for ever")
        try client?.run(.closed, "good-bye")
        client = try network.connect("kept", flags: "00")
    }

    // As long as a keep alive of so many seconds lasts, and half of that.
    private func wait(seconds: UInt8) throws {
        let clock = try network.connect("clock", keepAlive: "000\(seconds)")
        try clock.run(.expect("E0 .. 8D"), "keep alive")
        try clock.run(.closed, "keep alive")
    }
}
