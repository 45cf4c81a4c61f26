import Foundation
import MQTTCodec
import Testing

/// What comes to a subscriber from the log, each once and in its order.
@Suite struct DeliveryTests {
    @Test func aSubscriptionFromThePastWhileTheLogIsReadMissesNothing() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        let count = 3000
        try network.fill(count)
        // Nothing is in memory after a start: all of it is read from the log.
        #expect(network.stop() == 0)
        try network.start()
        let client = try RawClient(network, "auditor")
        try client.connect()
        try client.send(.subscribe(try packet("$aviso/log/opaque", .atMostOnce, from: "1500")))
        try client.send(.subscribe(try packet("test/#", .atLeastOnce, from: "0")))
        var expected = 1
        while expected <= count {
            guard let packet = try client.next() else {
                throw RawClientFailure(expected: "PUBLISH")
            }
            guard case .publish(let publish) = packet,
                let identifier = publish.packetIdentifier
            else { continue }
            let pubAck = PubAckPacket(packetIdentifier: identifier, reasonCode: .success)
            try client.send(.pubAck(pubAck))
            try #require(String(decoding: publish.payload, as: UTF8.self) == "\(expected)")
            expected += 1
        }
    }

    @Test func whatGoesOutInTwoWaysGoesOutOnceInEach() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        let client = try RawClient(network, "auditor")
        try client.connect { $0.properties.receiveMaximum = 1 }
        for filter in ["test/#", "$aviso/log/opaque"] {
            #expect(try client.subscribe(filter).reasonCodes == [.grantedQoS1])
        }
        let publisher = try RawClient(network, "agencies/CO-PONAL")
        try publisher.connect()
        for number in UInt16(1)...3 {
            let pubAck = try publisher.publish([1], on: "test/a", packetIdentifier: number)
            #expect(pubAck.reasonCode == .success)
        }
        for _ in 1...3 {
            #expect(try client.delivery().topicName == "test/a")
            #expect(try client.delivery().topicName == "$aviso/log/opaque")
        }
        try client.send(.pingReq)
        #expect(try client.next() == .pingResp)
    }

    @Test func aStartThatCannotBeFoundIsNotThePresent() throws {
        let network = try TestNetwork()
        try network.start()
        try network.publishAlert()
        let client = try RawClient(network, "agencies/MX-FGR")
        try client.connect()
        let folder = network.path("broker/log/segments")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/\(name)"))
            try file.truncate(atOffset: 0)
            try file.close()
        }
        let subscribe = try packet("alerts/#", .atLeastOnce, from: "2020-01-01T00:00:00Z")
        try client.send(.subscribe(subscribe))
        guard case .disconnect(let disconnect) = try client.next() else {
            throw RawClientFailure(expected: "DISCONNECT")
        }
        #expect(disconnect.reasonCode == .unspecifiedError)
        #expect(disconnect.properties.reasonString?.contains("the log cannot be read") == true)
    }

    @Test func nothingOvertakesASubscriptionByTime() throws {
        let network = try TestNetwork()
        try network.start()
        try network.publishAlert(to: "MX:FGR")
        let client = try RawClient(network, "agencies/MX-FGR")
        try client.connect()
        var bytes: [UInt8] = []
        let subscribe = try packet("alerts/#", .atLeastOnce, from: "2020-01-01T00:00:00Z")
        PacketEncoder.encode(.subscribe(subscribe), into: &bytes)
        let unsubscribe = UnsubscribePacket(
            packetIdentifier: 2,
            filters: [try TopicFilter("alerts/#")]
        )
        PacketEncoder.encode(.unsubscribe(unsubscribe), into: &bytes)
        try client.send(bytes)
        guard case .subAck(let subAck) = try client.next() else {
            throw RawClientFailure(expected: "SUBACK")
        }
        #expect(subAck.properties.userProperty("aviso-from") == "0")
        // What was begun before the end of the subscription may still come.
        var answer = try client.next()
        while case .publish = answer { answer = try client.next() }
        guard case .unsubAck(let unsubAck) = answer else {
            throw RawClientFailure(expected: "UNSUBACK")
        }
        #expect(unsubAck.reasonCodes == [.success])
    }

    @Test func checkpointsGoOutAsTheClientTakesThem() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        let client = try RawClient(network, "agencies/MX-FGR")
        try client.connect()
        var subscribe = try packet("$aviso/checkpoint", .atMostOnce)
        subscribe.properties.subscriptionIdentifiers = [77]
        try client.send(.subscribe(subscribe))
        guard case .subAck = try client.next(), case .publish(let first) = try client.next() else {
            throw RawClientFailure(expected: "SUBACK and PUBLISH")
        }
        #expect(first.properties.subscriptionIdentifiers == [77])
        try network.publishAlert()
        guard case .publish(let second) = try client.next() else {
            throw RawClientFailure(expected: "PUBLISH")
        }
        #expect(second.properties.subscriptionIdentifiers == [77])
        #expect(second.payload != first.payload)
        // MQTT 3.1.1 has no properties, and no byte in their place.
        let older = try network.mosquitto(
            "mosquitto_sub",
            as: "MX-FGR",
            "-V",
            "311",
            "-t",
            "$aviso/checkpoint",
            "-C",
            "1"
        )
        #expect(older.status == 0, "\(older.error)")
        #expect(older.output.hasPrefix(String(decoding: second.payload.prefix(8), as: UTF8.self)))
    }

    private func packet(
        _ filter: String,
        _ qos: QoS,
        from: String? = nil
    ) throws -> SubscribePacket {
        var packet = SubscribePacket(
            packetIdentifier: 1,
            subscriptions: [
                .init(filter: try TopicFilter(filter), options: SubscriptionOptions(qos: qos))
            ]
        )
        if let from {
            packet.properties.userProperties = [UserProperty(name: "aviso-from", value: from)]
        }
        return packet
    }
}
