import Base
import MQTTCodec
import Testing

@testable import BrokerCore

/// QoS 2, wills and versions on a connection that an opaque channel is open to.
@Suite struct OpaqueConnectionTests {
    private static let topics = TopicSpace(opaqueChannels: [.init(prefix: "test/")])

    private func connected(
        expirySeconds: UInt32 = 0,
        will: ConnectPacket.Will? = nil
    ) throws -> Harness {
        try Harness.connected(expirySeconds: expirySeconds, topics: Self.topics, will: will)
    }

    private func publish(_ qos: QoS, _ identifier: UInt16?) -> PublishPacket {
        PublishPacket(topicName: "test/a", qos: qos, packetIdentifier: identifier, payload: [1])
    }

    private func pubRel(_ identifier: UInt16) -> ControlPacket {
        .pubRel(PubAckPacket(packetIdentifier: identifier, reasonCode: .success))
    }

    @Test("MQTT-4.3.3-8 to -13: a QoS 2 publish is processed once")
    func qos2FromTheClient() throws {
        var harness = try connected()
        let packet = publish(.exactlyOnce, 5)
        let first = harness.receive(.publish(packet))
        #expect(first == [.publishOpaque(packet, topicName: "test/a", token: 5)])
        let answered = harness.complete(5, .accepted(index: 1, receipt: nil))
        let pubRec = PubAckPacket(packetIdentifier: 5, reasonCode: .success)
        #expect(answered.sentPackets == [.pubRec(pubRec)])
        let again = harness.receive(.publish(packet))
        #expect(again.sentPackets == [.pubRec(pubRec)], "acknowledged again, not processed again")
        #expect(again.count == 1)
        let released = harness.receive(pubRel(5))
        #expect(released.sentPackets == [.pubComp(pubRec)])
        let afterwards = harness.receive(pubRel(5))
        let unknown = PubAckPacket(packetIdentifier: 5, reasonCode: .success)
        #expect(afterwards.sentPackets == [.pubComp(unknown)])
        let anew = harness.receive(.publish(packet))
        #expect(anew == [.publishOpaque(packet, topicName: "test/a", token: 5)])
    }

    @Test("MQTT-4.3.3-9: a refused QoS 2 publish leaves its identifier free")
    func refusedQoS2() throws {
        var harness = try connected()
        _ = harness.receive(.publish(publish(.exactlyOnce, 5)))
        let refusal = Refusal(.publish, .quotaExceeded, "full")
        let answered = harness.complete(5, .refused(refusal))
        guard case .pubRec(let pubRec)? = answered.sentPackets.first else {
            Issue.record("no PUBREC")
            return
        }
        #expect(pubRec.reasonCode == .quotaExceeded)
        let again = harness.receive(.publish(publish(.exactlyOnce, 5)))
        #expect(again.count == 1 && again.sentPackets.isEmpty)
    }

    @Test("MQTT-4.3.3-10: what was taken when the connection had ended is not taken again")
    func qos2WhoseConnectionEndsBeforeTheAnswer() throws {
        var harness = try connected(expirySeconds: 60)
        let packet = publish(.exactlyOnce, 5)
        _ = harness.receive(.publish(packet))
        harness.machine.connectionLost(committed: 100)
        #expect(harness.machine.hasUndecidedPublishes == true)
        let answered = harness.complete(5, .accepted(index: 1, receipt: nil))
        #expect(answered.isEmpty)
        #expect(harness.machine.hasUndecidedPublishes == false)
        let session = harness.machine.takeSession(committed: 100)
        var next = try Harness(topics: Self.topics)
        var connect = next.connect()
        connect.cleanStart = false
        connect.properties.sessionExpiryInterval = 60
        _ = next.receive(.connect(connect))
        _ = next.claim(session)
        let again = next.receive(.publish(packet))
        let pubRec = PubAckPacket(packetIdentifier: 5, reasonCode: .success)
        #expect(again == [.send(.pubRec(pubRec))])
    }

    @Test("MQTT-3.3.4-9: unreleased publishes count for the receive maximum")
    func receiveMaximum() throws {
        var harness = try connected()
        for identifier in 1...harness.limits.receiveMaximum {
            _ = harness.receive(.publish(publish(.exactlyOnce, identifier)))
            _ = harness.complete(UInt64(identifier), .accepted(index: 1, receipt: nil))
        }
        let one = harness.receive(.publish(publish(.exactlyOnce, 60_000)))
        #expect(one.sentDisconnect?.reasonCode == .receiveMaximumExceeded)
    }

    @Test func qos0HasNoAnswer() throws {
        var harness = try connected()
        let actions = harness.receive(.publish(publish(.atMostOnce, nil)))
        #expect(
            actions == [.publishOpaque(publish(.atMostOnce, nil), topicName: "test/a", token: nil)]
        )
    }

    @Test func whatBelongsNowhereIsRefusedAndTheConnectionStays() throws {
        var harness = try connected()
        let packet = PublishPacket(
            topicName: "elsewhere",
            qos: .atMostOnce,
            packetIdentifier: nil,
            payload: []
        )
        let actions = harness.receive(.publish(packet))
        #expect(actions.refusals.map(\.reasonCode) == [.topicNameInvalid])
        #expect(harness.machine.isConnected == true)
    }

    // MARK: - Wills

    private func will(delaySeconds: UInt32? = nil) -> ConnectPacket.Will {
        var will = ConnectPacket.Will(
            qos: .atLeastOnce,
            retain: true,
            topicName: "test/w",
            payload: [9]
        )
        will.properties.willDelayInterval = delaySeconds
        return will
    }

    @Test("MQTT-3.14.4-3: a good-bye deletes the will")
    func goodbye() throws {
        var harness = try connected(will: will())
        _ = harness.receive(.disconnect(DisconnectPacket(reasonCode: .normalDisconnection)))
        let rest = harness.machine.takeWill()
        #expect(rest == nil)
    }

    @Test("MQTT-3.1.2-8: without a good-bye, or with 0x04, the will is due")
    func noGoodbye() throws {
        var harness = try connected(will: will())
        let packet = DisconnectPacket(reasonCode: .disconnectWithWillMessage)
        _ = harness.receive(.disconnect(packet))
        let taken = harness.machine.takeWill()
        let due = try #require(taken)
        #expect(due.publish.topicName == "test/w" && due.publish.retain)
        #expect(due.delaySeconds == 0)
        let rest = harness.machine.takeWill()
        #expect(rest == nil, "once")
    }

    @Test(
        "3.1.3.2.2: the delay ends with the session at the latest",
        arguments: [
            (UInt32?(0), UInt32(30), UInt32(0)), (10, 30, 10), (60, 30, 30), (nil, 30, 30),
        ]
    )
    func delay(expirySeconds: UInt32?, delaySeconds: UInt32, due: UInt32) throws {
        var harness = try Harness(topics: Self.topics)
        var connect = harness.connect()
        connect.will = will(delaySeconds: delaySeconds)
        connect.properties.sessionExpiryInterval = expirySeconds
        _ = harness.receive(.connect(connect))
        _ = harness.claim(nil)
        _ = harness.receive(.connect(harness.connect()))
        let will = harness.machine.takeWill()
        #expect(will?.delaySeconds == due)
    }

    @Test func aWillIsDueWhenTheConnectionWasTakenOver() throws {
        var harness = try connected(will: will(delaySeconds: 30))
        var actions: [ConnectionAction] = []
        harness.machine.takenOver(into: &actions)
        let taken = harness.machine.takeWill()
        #expect(taken?.delaySeconds == 0)
    }

    @Test func aBrokerThatStopsPublishesNoWill() throws {
        var harness = try connected(will: will())
        var actions: [ConnectionAction] = []
        harness.machine.serverStopping(into: &actions)
        let rest = harness.machine.takeWill()
        #expect(rest == nil)
    }

    @Test func aWillOnAnAlertTopicIsRefused() throws {
        var harness = try Harness(topics: Self.topics)
        var connect = harness.connect()
        connect.will = will()
        connect.will?.topicName = "alerts/intelligence/interdiction"
        let actions = harness.receive(.connect(connect))
        #expect(actions.sentConnAck?.reasonCode == .implementationSpecificError)
    }

    // MARK: - Versions

    @Test func olderVersionsAreServedOnlyWithAnOpaqueChannel() throws {
        var open = try Harness(topics: Self.topics)
        var connect = open.connect()
        connect.version = .v311
        _ = open.receive(.connect(connect))
        #expect(open.machine.version == .v311)
        var closed = try Harness()
        let refused = closed.receive(.connect(connect))
        #expect(refused.sentConnAck?.reasonCode == .unsupportedProtocolVersion)
        #expect(closed.machine.version == .v5, "the CONNACK is one of MQTT 5.0")
    }

    @Test func anOlderClientIsNeverSentDisconnect() throws {
        var harness = try Harness(topics: Self.topics)
        var connect = harness.connect()
        connect.version = .v311
        _ = harness.receive(.connect(connect))
        _ = harness.claim(nil)
        let actions = harness.receive(.connect(connect))
        #expect(actions.sentDisconnect == nil)
        #expect(actions.last == .close)
    }

    @Test("MQTT-3.1.3-8: a client identifier has a limit")
    func longClientIdentifier() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.clientIdentifier = String(repeating: "x", count: 257)
        let actions = harness.receive(.connect(connect))
        #expect(actions.sentConnAck?.reasonCode == .clientIdentifierNotValid)
    }
}
