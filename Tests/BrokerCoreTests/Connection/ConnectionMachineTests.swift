import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

@Suite struct ConnectionMachineTests {
    @Test func connectClaimsTheSessionAndIsAnsweredWithWhatIsServed() throws {
        var harness = try Harness()
        let actions = harness.receive(.connect(harness.connect()))
        #expect(actions == [.claimSession(try harness.key(), cleanStart: true)])
        let claimed = harness.claim(nil)
        let connAck = try #require(claimed.sentConnAck)
        #expect(connAck.reasonCode == .success)
        #expect(!connAck.sessionPresent)
        #expect(connAck.properties.maximumQoS == nil)
        // [MQTT-4.12.0-6]
        #expect(connAck.properties.authenticationMethod == nil)
        #expect(connAck.properties.retainAvailable == false)
        #expect(connAck.properties.sharedSubscriptionAvailable == false)
        #expect(claimed.last == .sessionReady)
        #expect(harness.machine.isConnected == true)
    }

    @Test("MQTT-3.1.0-1: the first packet must be CONNECT")
    func firstPacketMustBeConnect() throws {
        var harness = try Harness()
        let actions = harness.receive(.pingReq)
        #expect(actions.refusals.map(\.reasonCode) == [.protocolError])
        #expect(actions.last == .close)
        #expect(actions.sentConnAck == nil)
    }

    @Test("MQTT-3.1.0-2: a second CONNECT is a protocol error")
    func secondConnect() throws {
        var harness = try Harness.connected()
        let actions = harness.receive(.connect(harness.connect()))
        #expect(actions.refusals.map(\.request) == [.packet])
        #expect(actions.sentDisconnect?.reasonCode == .protocolError)
        #expect(actions.last == .close)
    }

    @Test func memberThatIsNotInTheDirectoryIsNotAuthorized() throws {
        var harness = try Harness(urn: "urn:aviso:agency:ZZ:NOBODY:station-1")
        let actions = harness.receive(.connect(harness.connect()))
        #expect(actions.sentConnAck?.reasonCode == .notAuthorized)
        #expect(actions.sentConnAck?.properties.reasonString?.contains("ZZ:NOBODY") == true)
        #expect(actions.refusals.count == 1)
        #expect(actions.last == .close)
    }

    @Test func agencyCannotPassAsAuditor() throws {
        var harness = try Harness(urn: "urn:aviso:auditor:MX:FGR:station-1")
        let actions = harness.receive(.connect(harness.connect()))
        #expect(actions.sentConnAck?.reasonCode == .notAuthorized)
    }

    @Test func enhancedAuthenticationIsRefused() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.properties.authenticationMethod = "SCRAM"
        let actions = harness.receive(.connect(connect))
        #expect(actions.sentConnAck?.reasonCode == .badAuthenticationMethod)
    }

    @Test func whatTheLogCannotKeepIsNotPromised() throws {
        var harness = try Harness.connected(expirySeconds: 60)
        let subscribe = SubscribePacket(
            packetIdentifier: 7,
            subscriptions: try ["alerts/#", "alerts/intelligence/#"].map { filter in
                SubscribePacket.Request(
                    filter: try TopicFilter(filter),
                    options: SubscriptionOptions(qos: .atLeastOnce)
                )
            }
        )
        var tokens: [UInt64] = []
        for case .recordSession(_, let token?) in harness.receive(.subscribe(subscribe)) {
            tokens.append(token)
        }
        let token = try #require(tokens.first)
        var actions: [ConnectionAction] = []
        harness.machine.sessionUnrecorded(token: token, .logUnwritable, into: &actions)
        let code = ReasonCode.implementationSpecificError
        #expect(actions.sentSubAck?.reasonCodes == [code, code])
        #expect(actions.sentSubAck?.properties.reasonString == Refusal.logUnwritable.text)
        #expect(actions.sentDisconnect?.reasonCode == code)
        #expect(actions.contains(.close))
        // Once.
        var again: [ConnectionAction] = []
        harness.machine.sessionUnrecorded(token: token, .logUnwritable, into: &again)
        #expect(again.isEmpty)
    }

    @Test func sessionExpiryIsLoweredToTheLimitAndRecorded() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.properties.sessionExpiryInterval = .max
        _ = harness.receive(.connect(connect))
        let actions = harness.claim(nil)
        let granted = UInt32(harness.limits.sessionExpirySecondsMax)
        #expect(actions.sentConnAck?.properties.sessionExpiryInterval == granted)
        #expect(
            actions.first
                == .recordSession(.created(expirySeconds: granted, cursor: 100), token: nil)
        )
    }

    @Test("MQTT-3.1.2-5: a session that was kept is present")
    func resumedSessionIsPresent() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.cleanStart = false
        connect.properties.sessionExpiryInterval = 60
        _ = harness.receive(.connect(connect))
        var kept = Session(key: try harness.key(), expirySeconds: 60)
        kept.subscribe(try subscription("alerts/#", from: 5), committed: 5)
        kept.connectionEnded(committed: 40)
        let actions = harness.claim(kept)
        #expect(actions.sentConnAck?.sessionPresent == true)
        #expect(harness.machine.session?.backlogStart == 40)
    }

    @Test func aSessionThatIsLoweredToTheConnectionEndsInTheLog() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.cleanStart = false
        _ = harness.receive(.connect(connect))
        let kept = Session(key: try harness.key(), expirySeconds: 60)
        let actions = harness.claim(kept)
        #expect(actions.first == .recordSession(.ended, token: nil))
        #expect(actions.sentConnAck?.sessionPresent == true)
        #expect(harness.machine.takeSession(committed: 0)?.isDurable == false)
    }

    @Test("MQTT-3.1.2-4: clean start discards the session")
    func cleanStartDiscards() throws {
        var harness = try Harness()
        _ = harness.receive(.connect(harness.connect()))
        let actions = harness.claim(Session(key: try harness.key(), expirySeconds: 60))
        #expect(actions.first == .recordSession(.ended, token: nil))
        #expect(actions.sentConnAck?.sessionPresent == false)
    }

    @Test func subscriptionWhosePermissionHasGoneEndsOnResume() throws {
        var harness = try Harness(urn: "urn:aviso:agency:PE:DEVIDA:station-1")
        var connect = harness.connect()
        connect.cleanStart = false
        connect.properties.sessionExpiryInterval = 60
        _ = harness.receive(.connect(connect))
        var kept = Session(key: try harness.key(), expirySeconds: 60)
        kept.subscribe(try subscription("alerts/intelligence/#", from: 5), committed: 5)
        kept.subscribe(try subscription("alerts/trafficking-trends/#", from: 5), committed: 5)
        let actions = harness.claim(kept)
        #expect(
            actions.contains(
                .recordSession(.unsubscribed(filter: "alerts/intelligence/#"), token: nil)
            )
        )
        #expect(harness.machine.session?.subscriptions.count == 1)
    }

    @Test("MQTT-3.1.2-22: nothing heard for one and a half times the keep alive")
    func keepAlive() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.keepAliveSeconds = 10
        _ = harness.receive(.connect(connect))
        _ = harness.claim(nil)
        #expect(harness.machine.keepAliveDeadline == harness.now.adding(milliseconds: 15_000))
        var actions: [ConnectionAction] = []
        harness.machine.keepAliveExpired(now: harness.now.adding(seconds: 14), into: &actions)
        #expect(actions.isEmpty)
        harness.machine.keepAliveExpired(now: harness.now.adding(seconds: 15), into: &actions)
        #expect(actions.sentDisconnect?.reasonCode == .keepAliveTimeout)
    }

    @Test func keepAliveBeginsAnewWhenReadingDoes() throws {
        var harness = try Harness.connected()
        let later = harness.now.adding(seconds: 89)
        harness.machine.readingResumed(now: later)
        var actions: [ConnectionAction] = []
        harness.machine.keepAliveExpired(now: later.adding(seconds: 89), into: &actions)
        #expect(actions.isEmpty)
        harness.machine.keepAliveExpired(now: later.adding(seconds: 91), into: &actions)
        #expect(actions.sentDisconnect?.reasonCode == .keepAliveTimeout)
        // What has ended begins nothing anew.
        harness.machine.readingResumed(now: later)
        #expect(harness.machine.keepAliveDeadline == nil)
    }

    @Test func malformedBytesEndTheConnectionWithTheirReason() throws {
        var harness = try Harness.connected()
        var actions: [ConnectionAction] = []
        let error = MQTTDecodingError(.malformedPacket, "the packet is cut short")
        let decoder = PacketDecoder(packetByteCountMax: 100)
        harness.machine.decodingFailed(error, decoder: decoder, into: &actions)
        #expect(actions.sentDisconnect?.reasonCode == .malformedPacket)
        #expect(actions.refusals.count == 1)
        #expect(actions.last == .close)
        let result13 = harness.receive(.pingReq)
        #expect(result13.isEmpty)
    }

    @Test(
        "MQTT-3.1.4-1: only what began as a CONNECT is answered with CONNACK",
        arguments: [true, false]
    )
    func malformedBytesBeforeConnect(isConnect: Bool) throws {
        var harness = try Harness()
        var actions: [ConnectionAction] = []
        var decoder = PacketDecoder(packetByteCountMax: 100)
        decoder.append(isConnect ? [0x10, 1, 0] : [0xC1, 0])
        do throws(MQTTDecodingError) {
            _ = try decoder.next()
            Issue.record("the bytes are no packet")
        } catch {
            harness.machine.decodingFailed(error, decoder: decoder, into: &actions)
        }
        #expect(actions.sentConnAck?.reasonCode == (isConnect ? .malformedPacket : nil))
        #expect(actions.refusals.map(\.request) == [.connect])
        #expect(actions.last == .close)
    }

    @Test func whatBreaksTheProtocolIsRecordedWithWhatTheClientIsTold() throws {
        let retained: PublishPacket = {
            var publish = PublishPacket(
                topicName: "alerts/intelligence/intelligence-report",
                qos: .atLeastOnce,
                packetIdentifier: 1,
                payload: []
            )
            publish.retain = true
            return publish
        }()
        let cases: [(ControlPacket, Refusal.Request, ReasonCode)] = [
            (.publish(retained), .publish, .retainNotSupported),
            (.auth(AuthPacket(reasonCode: .reauthenticate)), .packet, .protocolError),
            (.pingResp, .packet, .protocolError),
        ]
        for (packet, request, reasonCode) in cases {
            var harness = try Harness.connected()
            let actions = harness.receive(packet)
            let refusal = try #require(actions.refusals.first)
            #expect(actions.refusals.count == 1)
            #expect(refusal.request == request)
            #expect(refusal.reasonCode == reasonCode)
            #expect(actions.sentDisconnect?.reasonCode == reasonCode)
            #expect(actions.sentDisconnect?.properties.reasonString == refusal.text)
            // [MQTT-3.14.2-2]
            #expect(actions.sentDisconnect?.properties.sessionExpiryInterval == nil)
            #expect(actions.last == .close)
        }
    }

    @Test("MQTT-3.14.2-1: a good-bye with a server's reason is one all the same, and recorded")
    func aWrongGoodbyeIsRecorded() throws {
        var harness = try Harness.connected()
        let actions = harness.receive(.disconnect(DisconnectPacket(reasonCode: .banned)))
        #expect(actions.refusals.map(\.reasonCode) == [.protocolError])
        #expect(actions.sentPackets.isEmpty)
        #expect(actions.last == .close)
    }

    @Test("MQTT-3.3.4-9: a client that comes back for less is sent again no more than that")
    func resumesWithinTheReceiveMaximum() throws {
        var harness = try Harness.connected(expirySeconds: 60)
        for index in UInt64(0)..<3 {
            let entry = CommittedEntry(index: index, typeName: "opaque", bytes: [], alert: nil)
            let held = HeldDelivery(
                entry: entry,
                qos: .atLeastOnce,
                isRetained: false,
                identifiers: []
            )
            let isHeld = harness.machine.hold(held)
            #expect(isHeld)
            _ = harness.machine.planHeldDelivery(byteCount: 10)
        }
        let session = harness.machine.takeSession(committed: 100)
        harness = try Harness()
        var connect = harness.connect()
        connect.cleanStart = false
        connect.properties.sessionExpiryInterval = 60
        connect.properties.receiveMaximum = 2
        _ = harness.receive(.connect(connect))
        let resumed = harness.claim(session)
        #expect(resumed.resentIdentifiers == [1, 2])
        #expect(harness.machine.windowRoom == 0)
        let ack = PubAckPacket(packetIdentifier: 1, reasonCode: .success)
        let next = harness.receive(.pubAck(ack))
        #expect(next == [.resendHeld(packetIdentifier: 3), .deliverWaiting])
        // What had no room is not lost with the connection, and keeps its place.
        let again = harness.machine.takeSession(committed: 100)
        harness = try Harness()
        connect.properties.receiveMaximum = nil
        _ = harness.receive(.connect(connect))
        let resumedAgain = harness.claim(again)
        #expect(resumedAgain.resentIdentifiers == [2, 3])
    }

    @Test func takeOverTellsTheEarlierConnection() throws {
        var harness = try Harness.connected()
        var actions: [ConnectionAction] = []
        harness.machine.takenOver(into: &actions)
        #expect(actions.sentDisconnect?.reasonCode == .sessionTakenOver)
        let result14 = harness.machine.takeSession(committed: 100)
        #expect(result14 != nil)
        let result15 = harness.machine.takeSession(committed: 100)
        #expect(result15 == nil)
    }

    @Test("MQTT-3.14.2-2: an expiry of zero in CONNECT cannot be raised")
    func disconnectCannotRaiseExpiry() throws {
        var harness = try Harness.connected()
        var disconnect = DisconnectPacket(reasonCode: .normalDisconnection)
        disconnect.properties.sessionExpiryInterval = 100
        let actions = harness.receive(.disconnect(disconnect))
        #expect(actions.sentDisconnect?.reasonCode == .protocolError)
    }

    @Test func disconnectWithExpiryZeroEndsTheSession() throws {
        var harness = try Harness.connected(expirySeconds: 60)
        var disconnect = DisconnectPacket(reasonCode: .normalDisconnection)
        disconnect.properties.sessionExpiryInterval = 0
        let actions = harness.receive(.disconnect(disconnect))
        #expect(actions == [.recordSession(.ended, token: nil), .close])
        #expect(harness.machine.takeSession(committed: 0)?.isDurable == false)
    }
}
