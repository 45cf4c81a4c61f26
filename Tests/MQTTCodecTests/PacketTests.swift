import Base
import MQTTCodec
import Testing

@Suite struct PacketTests {
    static let packets: [ControlPacket] = {
        var connect = ConnectPacket(clientIdentifier: "c", cleanStart: true, keepAliveSeconds: 60)
        connect.properties.sessionExpiryInterval = 10
        connect.properties.receiveMaximum = 5
        connect.userName = "u"
        connect.password = [1, 2]
        var publish = PublishPacket(
            topicName: "a/b",
            qos: .atLeastOnce,
            packetIdentifier: 7,
            payload: [1, 2, 3]
        )
        publish.properties.userProperties = [UserProperty(name: "n", value: "v")]
        publish.properties.contentType = "x"
        var pubAck = PubAckPacket(packetIdentifier: 7, reasonCode: .notAuthorized)
        pubAck.properties.reasonString = "why"
        var connAck = ConnAckPacket(sessionPresent: true, reasonCode: .success)
        connAck.properties.maximumQoS = .atLeastOnce
        connAck.properties.assignedClientIdentifier = "auto"
        var disconnect = DisconnectPacket(reasonCode: .keepAliveTimeout)
        disconnect.properties.reasonString = "late"
        guard let filter = try? TopicFilter("a/+/#") else { return [] }
        return [
            .connect(connect), .connAck(connAck), .publish(publish), .pubAck(pubAck),
            .pubAck(PubAckPacket(packetIdentifier: 1, reasonCode: .success)),
            .pubRec(PubAckPacket(packetIdentifier: 2, reasonCode: .success)),
            .pubRel(PubAckPacket(packetIdentifier: 2, reasonCode: .success)),
            .pubComp(PubAckPacket(packetIdentifier: 2, reasonCode: .success)),
            .subscribe(
                SubscribePacket(
                    packetIdentifier: 3,
                    subscriptions: [.init(filter: filter, options: .init(qos: .atLeastOnce))]
                )
            ),
            .subAck(SubAckPacket(packetIdentifier: 3, reasonCodes: [.grantedQoS1])),
            .unsubscribe(UnsubscribePacket(packetIdentifier: 4, filters: [filter])),
            .unsubAck(UnsubAckPacket(packetIdentifier: 4, reasonCodes: [.success])),
            .pingReq, .pingResp, .disconnect(disconnect),
            .disconnect(DisconnectPacket(reasonCode: .normalDisconnection)),
            .auth(AuthPacket(reasonCode: .reauthenticate)),
        ]
    }()

    @Test func everyPacketComesBackWholeInPiecesAndJoined() throws {
        #expect(Self.packets.count == 17)
        var joined: [UInt8] = []
        for packet in Self.packets {
            var bytes: [UInt8] = []
            PacketEncoder.encode(packet, into: &bytes)
            #expect(PacketEncoder.encodedByteCount(packet) == bytes.count)
            joined += bytes
            var decoder = PacketDecoder(packetByteCountMax: 1000)
            for byte in bytes.dropLast() {
                decoder.append([byte])
                let early = try decoder.next()
                #expect(early == nil)
            }
            decoder.append(bytes.suffix(1))
            let whole = try decoder.next()
            #expect(whole == packet)
        }
        var decoder = PacketDecoder(packetByteCountMax: 1000)
        decoder.append(joined[...])
        for packet in Self.packets {
            let next = try decoder.next()
            #expect(next == packet)
        }
        let end = try decoder.next()
        #expect(end == nil)
        #expect(decoder.bufferedByteCount == 0)
    }

    @Test(arguments: [
        ("MQTT-2.1.3-1 wrong flags of PINGREQ", "c100", ReasonCode.malformedPacket),
        ("packet type 0", "0000", .protocolError),
        ("PINGREQ with a body", "c00100", .malformedPacket),
        ("1.5.5 five-byte length", "30ffffffff01", .malformedPacket),
        ("MQTT-1.5.5-1 length that is not minimal", "308000", .malformedPacket),
        ("MQTT-3.3.1-4 QoS 3", "3605000161000a00", .malformedPacket),
        ("MQTT-3.3.1-2 DUP with QoS 0", "38040001610000", .malformedPacket),
        ("MQTT-2.2.1-3 packet identifier 0", "3206000161000000", .protocolError),
        ("MQTT-3.3.2-2 wildcard in a topic name", "300500012b0000", .malformedPacket),
        ("3.3.2.1 no topic and no alias", "300400000000", .protocolError),
        ("MQTT-1.5.4-2 U+0000", "300400010000", .malformedPacket),
        ("MQTT-1.5.4-1 surrogate", "30070003eda08000" + "00", .malformedPacket),
        ("MQTT-3.8.3-2 SUBSCRIBE without filter", "8203000100", .protocolError),
        ("MQTT-3.8.3-5 reserved options", "820700010000016140", .malformedPacket),
        ("3.8.2.1.2 subscription identifier 0", "8209000102" + "0b0000016100", .protocolError),
        ("MQTT-3.10.3-2 UNSUBSCRIBE without filter", "a203000100", .protocolError),
        ("unknown property", "3006000161027f00", .malformedPacket),
        ("property that may not stand here", "30090001610511" + "00000001", .protocolError),
        ("property twice", "3008000161040101" + "0101", .protocolError),
        ("truncated string", "30020005", .malformedPacket),
        ("MQTT-3.1.2-3 reserved CONNECT flag", "100d00044d5154540501003c000000", .malformedPacket),
        (
            "MQTT-3.1.2-2 version 3", "100c00044d51545403020" + "03c0000",
            .unsupportedProtocolVersion
        ),
        (
            "MQTT-3.1.2-1 protocol name", "100d00044d51545805020" + "03c000000",
            .unsupportedProtocolVersion
        ),
        ("MQTT-4.7.1-1 # not last", "820a00010000042" + "32f6161" + "00", .malformedPacket),
    ])
    func malformedPacketsAreRefused(name: String, hex: String, reason: ReasonCode) throws {
        var decoder = PacketDecoder(packetByteCountMax: 1 << 20)
        decoder.append(try #require(Hex.decode(hex), "\(name)")[...])
        var failure: MQTTDecodingError?
        do throws(MQTTDecodingError) {
            let packet = try decoder.next()
            Issue.record("\(name): decoded \(String(describing: packet))")
        } catch {
            failure = error
        }
        #expect(failure?.reasonCode == reason, "\(name): \(failure?.message ?? "")")
    }

    @Test("3.1.1: no properties, and its own return codes (3.2.2.3, 3.9.3, 3.11)")
    func answersOfVersion311() throws {
        func decode(_ hex: String) throws(MQTTDecodingError) -> ControlPacket? {
            var connect = ConnectPacket(
                clientIdentifier: "c",
                cleanStart: true,
                keepAliveSeconds: 0
            )
            connect.version = .v311
            var bytes: [UInt8] = []
            PacketEncoder.encode(.connect(connect), version: .v311, into: &bytes)
            var decoder = PacketDecoder(packetByteCountMax: 100)
            decoder.append(bytes[...])
            _ = try decoder.next()
            decoder.append((Hex.decode(hex) ?? [])[...])
            return try decoder.next()
        }
        let connAck = ConnAckPacket(sessionPresent: true, reasonCode: .notAuthorized)
        #expect(try decode("20020105") == .connAck(connAck))
        #expect(throws: MQTTDecodingError.self) { try decode("20020006") }
        #expect(throws: MQTTDecodingError.self) { try decode("2003000000") }
        let unsubAck = UnsubAckPacket(packetIdentifier: 7, reasonCodes: [])
        #expect(try decode("b0020007") == .unsubAck(unsubAck))
        #expect(throws: MQTTDecodingError.self) { try decode("b003000700") }
        let subAck = SubAckPacket(
            packetIdentifier: 7,
            reasonCodes: [.grantedQoS2, .unspecifiedError]
        )
        #expect(try decode("900400070280") == .subAck(subAck))
        #expect(throws: MQTTDecodingError.self) { try decode("9003000790") }
    }

    @Test("MQTT-3.2.2-15: a packet that is too large is refused from its header")
    func tooLarge() {
        var decoder = PacketDecoder(packetByteCountMax: 100)
        decoder.append([0x30, 0xE4, 0x00][...])
        #expect(throws: MQTTDecodingError.self) { try decoder.next() }
        var large = PacketDecoder(packetByteCountMax: 100)
        large.append([0x30, 0x80, 0x01][...])
        var reason: ReasonCode?
        do throws(MQTTDecodingError) { _ = try large.next() } catch { reason = error.reasonCode }
        #expect(reason == .packetTooLarge)
    }

    @Test func randomAndMutatedBytesNeverTrap() {
        var generator = SplitMix64(seed: 1_883)
        for round in 0..<20_000 {
            var bytes: [UInt8] = []
            if round.isMultiple(of: 2), let packet = Self.packets.randomElement(using: &generator) {
                PacketEncoder.encode(packet, into: &bytes)
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            } else {
                let count = Int.random(in: 1...60, using: &generator)
                bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            var decoder = PacketDecoder(packetByteCountMax: 4096)
            decoder.append(bytes[...])
            while let packet = try? decoder.next() {
                var again: [UInt8] = []
                PacketEncoder.encode(packet, into: &again)
                var second = PacketDecoder(packetByteCountMax: 8192)
                second.append(again[...])
                let same = try? second.next()
                #expect(same == packet)
            }
        }
    }

    @Test func templateGivesThePacketThatTheEncoderGives() throws {
        var properties = Properties()
        properties.userProperties = [UserProperty(name: "aviso-index", value: "12")]
        let template = PublishTemplate(topicName: "a/b", properties: properties, payload: [1, 2])
        for identifiers in [[], [UInt32(5), 300]] {
            var bytes: [UInt8] = []
            var delivery = PublishTemplate.Delivery(qos: .atLeastOnce, packetIdentifier: 9)
            delivery.isDuplicate = true
            delivery.identifiers = identifiers
            template.append(delivery, to: &bytes)
            #expect(bytes.count <= template.byteCount + 5 * identifiers.count)
            var decoder = PacketDecoder(packetByteCountMax: 1000)
            decoder.append(bytes[...])
            guard case .publish(let publish)? = try decoder.next() else {
                Issue.record("no PUBLISH")
                return
            }
            #expect(publish.duplicate && publish.packetIdentifier == 9)
            #expect(publish.properties.subscriptionIdentifiers == identifiers)
            #expect(publish.properties.userProperty("aviso-index") == "12")
            #expect(publish.payload == [1, 2])
        }
    }
}
