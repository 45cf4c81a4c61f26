import Foundation
import MQTTCodec
import Testing

/// An agency that publishes too much is told to wait, loses nothing, and slows nobody else down.
@Suite struct PublishLimitTests {
    private static let folder = "agencies/MX-FGR"

    private func seal(_ forger: Forger, byteCount: Int = 32) throws -> [UInt8] {
        try forger.seal {
            $0.author = "MX:FGR"
            $0.to = ["CO:PONAL"]
            $0.form = [UInt8](repeating: 0x20, count: byteCount)
        }
    }

    private func expectWait(_ answer: PubAckPacket, _ words: String) throws {
        #expect(answer.reasonCode == .quotaExceeded)
        let wait = try #require(
            answer.properties.userProperty("aviso-retry-ms").flatMap { UInt64($0) }
        )
        #expect(wait > 0)
        #expect(
            answer.properties.reasonString
                == "MX:FGR publishes more than \(words) a second: publish it again in \(wait) ms, "
                + "and slower"
        )
    }

    @Test func alertsBeyondTheRateAreToldToWaitAndTheConnectionGoesOn() throws {
        let network = try TestNetwork(limits: ["publishesPerSecond": 1, "burstSeconds": 3])
        try network.start()
        let bystanders = try Bystanders(network)
        let forger = Forger(network: network)
        let client = try RawClient(network, Self.folder)
        try client.connect()
        let alert = try seal(forger)
        var refused: PubAckPacket?
        for identifier in UInt16(1)...200 where refused == nil {
            let pubAck = try client.publish(
                try seal(forger),
                on: Forger.topic(),
                packetIdentifier: identifier
            )
            if pubAck.reasonCode != .success { refused = pubAck }
        }
        try expectWait(try #require(refused), "1 messages")
        // The standard's code for QoS 2 is the same, in PUBREC (3.5.2.1).
        let pubRec = try publishQoS2(alert, client)
        try expectWait(pubRec, "1 messages")
        try bystanders.expectUndisturbed()

        // What was refused is accepted later, on the same connection.
        let end = ContinuousClock.now + .seconds(30)
        var isAccepted = false
        while !isAccepted, ContinuousClock.now < end {
            let pubAck = try client.publish(alert, on: Forger.topic(), packetIdentifier: 999)
            isAccepted = pubAck.reasonCode == .success
        }
        #expect(isAccepted)
        try network.expectReached("publishesPerSecond")
        let metrics = try network.metrics()
        #expect(metrics["aviso_agency_limited_total{agency=\"MX:FGR\"}"] ?? 0 >= 2)
        #expect(metrics["aviso_agency_limited_total{agency=\"CO:PONAL\"}"] == 0)
    }

    @Test func filtersBeyondTheRateAreToldToWaitAndTheConnectionGoesOn() throws {
        let network = try TestNetwork(limits: ["publishesPerSecond": 1, "burstSeconds": 3])
        try network.start()
        let bystanders = try Bystanders(network)
        let client = try RawClient(network, Self.folder)
        try client.connect(expirySeconds: 60)
        var refused: SubAckPacket?
        for _ in 0..<200 where refused == nil {
            let subAck = try client.subscribe("alerts/#")
            if subAck.reasonCodes != [.grantedQoS1] { refused = subAck }
        }
        let subAck = try #require(refused)
        #expect(subAck.reasonCodes == [.quotaExceeded])
        let wait = try #require(subAck.properties.userProperty("aviso-retry-ms"))
        #expect(
            subAck.properties.reasonString
                == "MX:FGR subscribes and publishes more than 1 times a second: subscribe again in "
                + "\(wait) ms, and slower"
        )
        try bystanders.expectUndisturbed()
        let end = ContinuousClock.now + .seconds(30)
        var isAccepted = false
        while !isAccepted, ContinuousClock.now < end {
            isAccepted = try client.subscribe("alerts/#").reasonCodes == [.grantedQoS1]
        }
        #expect(isAccepted)
        try network.expectReached("publishesPerSecond")
        // The same again and again is one entry.
        let subscribed = try network.replay().filter { record in
            record["change"] as? String == "subscribed"
                && (record["station"] as? String)?.contains("MX:FGR") == true
        }
        #expect(subscribed.count == 1)
    }

    @Test func whoAsksForDeadlinesTooOftenIsToldToWait() throws {
        let network = try TestNetwork(limits: ["publishesPerSecond": 1, "burstSeconds": 1])
        try network.start()
        // More than the bucket holds: it passes while that is full, and leaves it in debt.
        #expect(try network.request("/deadlines", as: Self.folder).status == 200)
        for path in ["/deadlines", "/deadlines/0"] {
            let answer = try network.request(path, as: Self.folder)
            #expect(answer.status == 429)
            #expect(answer.header.lowercased().contains("retry-after: "))
            #expect(answer.text.hasPrefix("MX:FGR publishes and asks more than it may in a second"))
        }
        #expect(try network.request("/deadlines", as: "agencies/CO-PONAL").status == 200)
        try network.expectReached("publishesPerSecond", 2)
    }

    private func publishQoS2(_ payload: [UInt8], _ client: RawClient) throws -> PubAckPacket {
        // One of several is refused, as soon as the bucket is empty.
        for identifier in UInt16(500)...600 {
            try client.send(
                .publish(
                    PublishPacket(
                        topicName: Forger.topic(),
                        qos: .exactlyOnce,
                        packetIdentifier: identifier,
                        payload: payload
                    )
                )
            )
            guard case .pubRec(let pubRec) = try client.next() else {
                throw RawClientFailure(expected: "PUBREC")
            }
            if pubRec.reasonCode.isError { return pubRec }
        }
        throw RawClientFailure(expected: "a refusal")
    }

    @Test func theBytesOfAlertsAreCountedToo() throws {
        let network = try TestNetwork(limits: [
            "publishedBytesPerSecond": 10_000, "burstSeconds": 1,
        ])
        try network.start()
        let bystanders = try Bystanders(network)
        let forger = Forger(network: network)
        let client = try RawClient(network, Self.folder)
        try client.connect()
        // Larger than the bucket: it passes while that is full, and leaves it in debt for 20 s.
        let large = try client.publish(try seal(forger, byteCount: 200_000), on: Forger.topic())
        #expect(large.reasonCode == .success)
        let small = try client.publish(try seal(forger), on: Forger.topic(), packetIdentifier: 2)
        try expectWait(small, "10000 bytes")
        try bystanders.expectUndisturbed()
        try network.expectReached("publishedBytesPerSecond", 1)
        try network.expectReached("publishesPerSecond", 0)
    }

    @Test func aMessageWithoutAnswerEndsTheConnectionWithTheStandardsCode() throws {
        let network = try TestNetwork(limits: ["publishesPerSecond": 1, "burstSeconds": 1])
        try network.openTestChannel()
        try network.start()
        let bystanders = try Bystanders(network)
        let client = try RawClient(network, Self.folder)
        try client.connect()
        for _ in 0..<200 {
            let message = PublishPacket(
                topicName: "test/rate",
                qos: .atMostOnce,
                packetIdentifier: nil,
                payload: [1]
            )
            try client.send(.publish(message))
        }
        guard case .disconnect(let packet) = try client.next() else {
            throw RawClientFailure(expected: "DISCONNECT")
        }
        #expect(packet.reasonCode == .messageRateTooHigh)
        #expect(packet.properties.reasonString?.contains("more than 1 messages a second") == true)
        try bystanders.expectUndisturbed()
        try network.expectReached("publishesPerSecond")
    }

    @Test func theToolWaitsAndPublishesAllInOrder() throws {
        let network = try TestNetwork(limits: ["publishesPerSecond": 4, "burstSeconds": 1])
        try network.start()
        let header =
            "info[0].language,info[0].headline,info[0].description,type,firstSeen,"
            + "places[0].country"
        let rows = (0..<14).map { "en,Row \($0),Words,transport,2026-07-03,EC" }
        let file = network.path("forms.csv")
        let text = ([header] + rows).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let published = try network.aviso(
            Self.folder,
            "publish",
            "--channel",
            "trafficking-trends",
            "--kind",
            "new-behaviour",
            "--to",
            "CO:PONAL",
            "--csv",
            file
        )
        #expect(published.status == 0, "\(published.error)")
        let alerts = published.objects.compactMap { $0["alert"] as? String }
        #expect(alerts.count == rows.count)
        let logged = try network.replay().compactMap { $0["alert"] as? String }
        #expect(logged.filter(alerts.contains) == alerts, "each once, in the order of the table")
        try network.expectReached("publishesPerSecond")
    }

    @Test func aSessionHasSoManySubscriptions() throws {
        let network = try TestNetwork(limits: ["subscriptionsPerSessionMax": 2])
        try network.start()
        let bystanders = try Bystanders(network)
        let client = try RawClient(network, Self.folder)
        try client.connect()
        for filter in ["alerts/#", "alerts/intelligence/#"] {
            #expect(try client.subscribe(filter).reasonCodes == [.grantedQoS1])
        }
        let third = try client.subscribe("alerts/trafficking-trends/#")
        #expect(third.reasonCodes == [.quotaExceeded])
        #expect(
            third.properties.reasonString
                == "a session may have 2 subscriptions: end one, or subscribe to a wider filter"
        )
        #expect(try client.subscribe("alerts/#").reasonCodes == [.grantedQoS1], "not one more")
        try bystanders.expectUndisturbed()
        try network.expectReached("subscriptionsPerSessionMax", 1)
    }

    @Test("MQTT-3.3.4-9: more publishes under way than the receive maximum")
    func aConnectionHasSoManyPublishesUnderWay() throws {
        let network = try TestNetwork(limits: ["receiveMaximum": 1])
        try network.start()
        let bystanders = try Bystanders(network)
        let forger = Forger(network: network)
        let client = try RawClient(network, Self.folder)
        #expect(try client.connect().properties.receiveMaximum == 1)
        // Not released with PUBREL, so that it stays under way.
        for identifier in UInt16(1)...2 {
            try client.send(
                .publish(
                    PublishPacket(
                        topicName: Forger.topic(),
                        qos: .exactlyOnce,
                        packetIdentifier: identifier,
                        payload: try seal(forger)
                    )
                )
            )
            if identifier == 1 {
                guard case .pubRec(let pubRec) = try client.next() else {
                    throw RawClientFailure(expected: "PUBREC")
                }
                #expect(pubRec.reasonCode == .success)
            }
        }
        guard case .disconnect(let packet) = try client.next() else {
            throw RawClientFailure(expected: "DISCONNECT")
        }
        #expect(packet.reasonCode == .receiveMaximumExceeded)
        #expect(
            packet.properties.reasonString
                == "more than 1 publishes are under way: wait for their acknowledgements, as the "
                + "receive maximum of CONNACK asks"
        )
        try bystanders.expectUndisturbed()
        try network.expectReached("receiveMaximum", 1)
    }
}
