import Base
import MQTTCodec
import Testing

@testable import BrokerCore

/// Statements of the standard about what CONNACK and other answers may carry.
@Suite struct StatementTests {
    private static let topics = TopicSpace(opaqueChannels: [.init(prefix: "test/")])

    private func harness(_ change: (inout ConnectPacket) -> Void) throws -> Harness {
        var harness = try Harness(topics: Self.topics)
        var connect = harness.connect()
        change(&connect)
        _ = harness.receive(.connect(connect))
        return harness
    }

    private func connected(_ change: (inout ConnectPacket) -> Void) throws -> Harness {
        var harness = try harness(change)
        _ = harness.claim(nil)
        return harness
    }

    private func connectActions(
        _ change: (inout ConnectPacket) -> Void
    ) throws -> [ConnectionAction] {
        var harness = try harness(change)
        return harness.claim(nil)
    }

    @Test("MQTT-3.1.2-28: response information only on request")
    func responseInformationIsGivenOnlyOnRequest() throws {
        for (isAsked, expected) in [(nil, nil), (false, nil), (true, "test/responses/client")] {
            let connAck = try connectActions {
                $0.properties.requestResponseInformation = isAsked
            }.sentConnAck
            #expect(connAck?.properties.responseInformation == expected)
        }
    }

    @Test("MQTT-3.1.2-29: no reason string where the client wants none", arguments: [true, false])
    func problemInformationIsLeftOutWhereNoneIsWanted(isWanted: Bool) throws {
        var harness = try connected { $0.properties.requestProblemInformation = isWanted }
        let publish = PublishPacket(
            topicName: "test/a",
            qos: .atLeastOnce,
            packetIdentifier: 1,
            payload: []
        )
        _ = harness.receive(.publish(publish))
        let pubAck = harness.complete(1, .refused(Refusal(.publish, .quotaExceeded, "full")))
            .sentPubAck
        #expect(pubAck?.reasonCode == .quotaExceeded)
        #expect((pubAck?.properties.isEmpty == false) == isWanted)
        let request = SubscribePacket.Request(
            filter: try TopicFilter("elsewhere"),
            options: SubscriptionOptions(qos: .atMostOnce)
        )
        let subscribe = SubscribePacket(packetIdentifier: 2, subscriptions: [request])
        let subAck = harness.receive(.subscribe(subscribe)).sentSubAck
        #expect(subAck?.reasonCodes == [.notAuthorized])
        #expect((subAck?.properties.isEmpty == false) == isWanted)
        // DISCONNECT may say why even so.
        let disconnect = harness.receive(.pingResp).sentDisconnect
        #expect(disconnect?.properties.reasonString != nil)
    }

    @Test("MQTT-3.2.2-20: CONNACK leaves user properties out that do not fit")
    func connAckShrinksToTheMaximumPacketSize() throws {
        let roomy = try connectActions { $0.properties.maximumPacketSize = 1000 }.sentConnAck
        #expect(roomy?.properties.userProperties.isEmpty == false)
        let narrow = try connectActions { $0.properties.maximumPacketSize = 30 }.sentConnAck
        #expect(narrow?.reasonCode == .success)
        #expect(narrow?.properties.userProperties.isEmpty == true)
        let tiny = try connectActions { $0.properties.maximumPacketSize = 4 }
        #expect(tiny.sentPackets.isEmpty, "[MQTT-3.1.2-24]")
        #expect(tiny.last == .close)
    }

    @Test("MQTT-3.2.2-19: CONNACK leaves its reason out where it does not fit")
    func aRefusingConnAckShrinks() throws {
        var harness = try Harness(topics: Self.topics)
        var connect = harness.connect()
        connect.properties.authenticationMethod = "SCRAM"
        connect.properties.maximumPacketSize = 10
        let actions = harness.receive(.connect(connect))
        #expect(actions.sentConnAck?.reasonCode == .badAuthenticationMethod)
        #expect(actions.sentConnAck?.properties.isEmpty == true)
    }

    @Test("MQTT-3.4.2-2, MQTT-3.5.2-2, MQTT-3.9.2-1, MQTT-3.14.2-3: answers shrink too")
    func answersShrinkToTheMaximumPacketSize() throws {
        var harness = try connected { $0.properties.maximumPacketSize = 24 }
        let refusal = Refusal(.publish, .quotaExceeded, "a reason that does not fit in")
        for qos in [QoS.atLeastOnce, .exactlyOnce] {
            let publish = PublishPacket(
                topicName: "test/a",
                qos: qos,
                packetIdentifier: 1,
                payload: []
            )
            _ = harness.receive(.publish(publish))
            let bare = PubAckPacket(packetIdentifier: 1, reasonCode: .quotaExceeded)
            let answer = harness.complete(1, .refused(refusal)).sentPackets
            #expect(answer == [qos == .atLeastOnce ? .pubAck(bare) : .pubRec(bare)])
        }
        for start in [nil, "no time"] {
            let request = SubscribePacket.Request(
                filter: try TopicFilter("elsewhere"),
                options: SubscriptionOptions(qos: .atMostOnce)
            )
            var subscribe = SubscribePacket(packetIdentifier: 2, subscriptions: [request])
            subscribe.properties.userProperties =
                start.map {
                    [UserProperty(name: "aviso-from", value: $0)]
                } ?? []
            let subAck = harness.receive(.subscribe(subscribe)).sentSubAck
            #expect(subAck?.reasonCodes.count == 1)
            #expect(subAck?.properties.isEmpty == true)
        }
        let disconnect = harness.receive(.pingResp).sentDisconnect
        #expect(disconnect == DisconnectPacket(reasonCode: .protocolError))
    }

    @Test("MQTT-3.2.2-13: a retained will where nothing is retained")
    func aRetainedWillIsRefusedWhereNothingIsRetained() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.will = ConnectPacket.Will(
            qos: .atMostOnce,
            retain: true,
            topicName: "w",
            payload: []
        )
        let actions = harness.receive(.connect(connect))
        #expect(actions.sentConnAck?.reasonCode == .retainNotSupported)
        #expect(actions.last == .close)
    }

    @Test("MQTT-3.1.3-7, MQTT-3.2.2-16: an assigned identifier is told")
    func anAssignedIdentifierIsTold() throws {
        let connAck = try connectActions {
            $0.clientIdentifier = "auto-1"
            $0.clientIdentifierIsAssigned = true
        }.sentConnAck
        #expect(connAck?.properties.assignedClientIdentifier == "auto-1")
        let own = try connectActions { $0.clientIdentifier = "own" }.sentConnAck
        #expect(own?.properties.assignedClientIdentifier == nil)
    }

    @Test("MQTT-3.1.3-9: a client that comes back in time takes its will back")
    func comingBackTakesTheWillBack() throws {
        var session = Session(
            key: SessionKey(station: try makeStation(), clientIdentifier: "c"),
            expirySeconds: 60
        )
        let publish = PublishPacket(
            topicName: "w",
            qos: .atMostOnce,
            packetIdentifier: nil,
            payload: []
        )
        session.will = PendingWill(
            message: OpaqueMessage(
                publish,
                topicName: "w",
                sender: session.key,
                now: WallTime(seconds: 1)
            ),
            dueAt: MonotonicTime(nanoseconds: 1)
        )
        session.connectionBegan(committed: 0)
        #expect(session.will == nil)
    }

    @Test("MQTT-3.1.3-2: two spellings of a client identifier are two sessions")
    func identifiersAreComparedByteByByte() throws {
        let station = try makeStation()
        let composed = SessionKey(station: station, clientIdentifier: "\u{E9}")
        let decomposed = SessionKey(station: station, clientIdentifier: "e\u{301}")
        #expect(composed != decomposed)
        #expect(composed == SessionKey(station: station, clientIdentifier: "\u{E9}"))
    }
}
