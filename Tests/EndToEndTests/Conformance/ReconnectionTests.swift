import Testing

/// What the standard says of several connections, byte by byte.
@Suite struct ReconnectionTests {
    private let network: ConformanceNetwork

    init() throws { network = try ConformanceNetwork() }

    private func connect(
        _ identifier: String,
        flags: String = "02",
        expirySeconds: UInt8 = 0,
        sessionPresent: String = "00",
        payload: String = ""
    ) throws -> WireClient {
        let expiry = "05 11 000000" + (expirySeconds < 10 ? "0" : "") + "\(expirySeconds)"
        return try network.connect(
            identifier,
            flags: flags,
            properties: expirySeconds == 0 ? "00" : expiry,
            sessionPresent: sessionPresent,
            payload: payload
        )
    }

    private func subscribe(_ client: WireClient, _ filter: String, _ options: String) throws {
        try client.run(.send(0x82, "0001 00 _'\(filter)' \(options)"), filter)
        try client.run(.expect("90 .. 0001 00"), filter)
    }

    @Test("MQTT-3.1.2-7, -8, -15, MQTT-3.1.3-10: a will, its properties in their order")
    func aWillIsPublishedAsItWasLeft() throws {
        let reader = try connect("will-reader")
        try subscribe(reader, "will/a", "00")
        var dying: WireClient? = try connect(
            "will-dying",
            flags: "26",
            payload: "0E 26 _'b' _'2' 26 _'a' _'1' _'will/a' _'gone'"
        )
        withExtendedLifetime(dying) {}
        dying = nil
        let will = "_'will/a' 0E 26 _'b' _'2' 26 _'a' _'1' 'gone'"
        try reader.run(.expect("30 1B \(will)"), "will")
        let late = try connect("will-late")
        try subscribe(late, "will/a", "00")
        try late.run(.expect("31 1B \(will)"), "retained will")
    }

    @Test("MQTT-3.1.2-14: a will without Will Retain is not retained")
    func aWillIsNotRetainedUnasked() throws {
        let reader = try connect("plain-reader")
        try subscribe(reader, "plain/a", "00")
        var dying: WireClient? = try connect(
            "plain-dying",
            flags: "06",
            payload: "00 _'plain/a' _'gone'"
        )
        withExtendedLifetime(dying) {}
        dying = nil
        try reader.run(.expect("30 0E _'plain/a' 00 'gone'"), "will")
        let late = try connect("plain-late")
        try subscribe(late, "plain/a", "00")
        try late.run(.send(0xC0), "late")
        try late.run(.expect("D0"), "nothing was retained")
    }

    @Test("MQTT-3.1.4-3, MQTT-4.1.0-2: a session without expiry ends when it is taken over")
    func takingOver() throws {
        let first = try connect("taken", flags: "00")
        let second = try connect("taken", flags: "00", expirySeconds: 30)
        try first.run(.expect("E0 .. 8E"), "taken over")
        try first.run(.closed, "taken over")
        let third = try connect("taken", flags: "00", expirySeconds: 30, sessionPresent: "01")
        try second.run(.expect("E0 .. 8E"), "taken over again")
        try third.run(.send(0xE0), "good-bye")
        try third.run(.closed, "good-bye")
        let fourth = try connect("taken", flags: "02", expirySeconds: 30)
        try fourth.run(.send(0xC0), "clean start")
        try fourth.run(.expect("D0"), "clean start")
    }

    @Test("MQTT-3.3.2-7: a topic alias ends with its connection")
    func aliasesEndWithTheirConnection() throws {
        let first = try connect("alias", expirySeconds: 30)
        try first.run(.send(0x32, "_'al/a' 0001 03 23 0001 'x'"), "set")
        try first.run(.expect("40 .. 0001"), "set")
        let second = try connect("alias", flags: "00", expirySeconds: 30, sessionPresent: "01")
        try second.run(.send(0x30, "0000 03 23 0001 'x'"), "used")
        try second.run(.expect("E0 .. 82"), "used")
    }

    @Test("MQTT-4.4.0-1: PUBLISH with DUP, then PUBREL, under their first identifiers")
    func whatWasNotAcknowledgedIsSentAgain() throws {
        let first = try connect("again", expirySeconds: 30)
        try subscribe(first, "again/a", "02")
        try first.run(.send(0x34, "_'again/a' 0009 00 'x'"), "first")
        try first.run(.expect("50 02 0009"), "first")
        try first.run(.expect("34 0D _'again/a' 0001 00 'x'"), "first")
        let second = try connect("again", flags: "00", expirySeconds: 30, sessionPresent: "01")
        try second.run(.expect("3C 0D _'again/a' 0001 00 'x'"), "second")
        try second.run(.send(0x50, "0001"), "second")
        try second.run(.expect("62 02 0001"), "second")
        let third = try connect("again", flags: "00", expirySeconds: 30, sessionPresent: "01")
        try third.run(.expect("62 02 0001"), "third")
        try third.run(.send(0x70, "0001"), "third")
        // What this client has not released is still known [MQTT-4.3.3-10].
        try third.run(.send(0x3C, "_'again/a' 0009 00 'x'"), "third")
        try third.run(.expect("50 02 0009"), "third")
        try third.run(.send(0x62, "0009"), "third")
        try third.run(.expect("70 02 0009"), "third")
    }

    @Test("MQTT-3.10.4-3: a delivery that was begun outlives its subscription")
    func aDeliveryOutlivesItsSubscription() throws {
        let first = try connect("outlive", expirySeconds: 30)
        try subscribe(first, "outlive/a", "01")
        try first.run(.send(0x32, "_'outlive/a' 0009 00 'x'"), "first")
        try first.run(.expect("40 .. 0009"), "first")
        try first.run(.expect("32 0F _'outlive/a' 0001 00 'x'"), "first")
        try first.run(.send(0xA2, "0002 00 _'outlive/a'"), "first")
        try first.run(.expect("B0 04 0002 00 00"), "first")
        let second = try connect("outlive", flags: "00", expirySeconds: 30, sessionPresent: "01")
        try second.run(.expect("3A 0F _'outlive/a' 0001 00 'x'"), "second")
        try second.run(.send(0x40, "0001"), "second")
        try second.run(.send(0x32, "_'outlive/a' 0009 00 'y'"), "second")
        try second.run(.expect("40 .. 0009"), "nothing new is delivered")
        try second.run(.send(0xC0), "second")
        try second.run(.expect("D0"), "second")
    }

    @Test("MQTT-4.3.3-7, MQTT-3.3.2-5: expiry takes what was not begun, and only that")
    func expiryDoesNotTakeWhatWasBegun() throws {
        let first = try connect("expiry", expirySeconds: 30)
        try subscribe(first, "expiry/a", "02")
        let watcher = try connect("expiry-watcher")
        try watcher.run(.send(0x35, "_'expiry/a' 0009 05 02 00000002 'x'"), "published")
        try watcher.run(.expect("50 02 0009"), "published")
        try first.run(.expect("34 13 _'expiry/a' 0001 05 02 000000 .. 'x'"), "first")
        // As long as the message is retained, a new subscription gets it.
        var isRetained = true
        for _ in 0..<100_000 where isRetained {
            try subscribe(watcher, "expiry/a", "00")
            try watcher.run(.send(0xC0), "watcher")
            isRetained = try watcher.packet()?.first != 0xD0
            if isRetained { try watcher.run(.expect("D0"), "watcher") }
        }
        #expect(!isRetained, "a message of two seconds is still there")
        let second = try connect("expiry", flags: "00", expirySeconds: 30, sessionPresent: "01")
        try second.run(.expect("3C 13 _'expiry/a' 0001 05 02 00000000 'x'"), "second")
    }

    @Test("MQTT-4.8.2-3, -4, -6: a QoS 2 turn waits for its client; a refused one goes to nobody")
    func turnsOfSharedSubscriptions() throws {
        let one = try connect("turn-1", expirySeconds: 30)
        try subscribe(one, "$share/g/turn/a", "02")
        let writer = try connect("turn-writer")
        try writer.run(.send(0x34, "_'turn/a' 0001 00 '1'"), "published")
        try writer.run(.expect("50 02 0001"), "published")
        try one.run(.expect("34 0C _'turn/a' 0001 00 '1'"), "one")
        let two = try connect("turn-2")
        try subscribe(two, "$share/g/turn/a", "01")
        let again = try connect("turn-1", flags: "00", expirySeconds: 30, sessionPresent: "01")
        try again.run(.expect("3C 0C _'turn/a' 0001 00 '1'"), "again")
        try again.run(.send(0x50, "0001 80"), "refused")
        // Two more messages: one for each member, and the refused one for neither.
        for (identifier, text) in [("0002", "2"), ("0003", "3")] {
            try writer.run(.send(0x34, "_'turn/a' \(identifier) 00 '\(text)'"), "published")
            try writer.run(.expect("50 02 \(identifier)"), "published")
        }
        // QoS 1 as granted, whatever it was published with.
        let packet = try two.packet() ?? []
        #expect(packet.first == 0x32 && [0x32, 0x33].contains(packet.last))
    }
}
