import Base
import ClientCore
import MQTTCodec
import Testing

@Suite struct ClientSessionMachineTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func publishIsSentOnceConnectedAndCompletedByItsAcknowledgement() throws {
        var machine = make()
        var actions: [ClientAction] = []
        machine.publish(topicName: "t", payload: [1], token: 9, now: now, into: &actions)
        #expect(actions.isEmpty)
        let sent = online(&machine)
        let publish = try #require(sent.publishes.first)
        #expect(publish.payload == [1] && !publish.duplicate)
        let ack = PubAckPacket(
            packetIdentifier: try #require(publish.packetIdentifier),
            reasonCode: .success
        )
        machine.packetReceived(.pubAck(ack), now: now, into: &actions)
        #expect(actions == [.publishCompleted(token: 9, ack)])
    }

    @Test("MQTT-4.4.0-1: an unanswered publish goes out again with DUP and its identifier")
    func resendsWithTheSession() throws {
        var machine = make(sessionExpirySeconds: 60)
        _ = online(&machine)
        var actions: [ClientAction] = []
        machine.publish(topicName: "t", payload: [1], token: 1, now: now, into: &actions)
        let first = try #require(actions.publishes.first)
        actions = []
        machine.transportClosed("gone", now: now, into: &actions)
        guard case .reconnect? = actions.first else {
            Issue.record("no reconnection: \(actions)")
            return
        }
        let again = try #require(online(&machine, sessionPresent: true).publishes.first)
        #expect(again.duplicate && again.packetIdentifier == first.packetIdentifier)
    }

    @Test("MQTT-3.3.4-9: never more under way than the server's receive maximum")
    func respectsTheReceiveMaximum() {
        var machine = make()
        _ = online(&machine, receiveMaximum: 2)
        var actions: [ClientAction] = []
        for token in UInt64(1)...5 {
            machine.publish(topicName: "t", payload: [], token: token, now: now, into: &actions)
        }
        #expect(actions.publishes.count == 2)
        let ack = PubAckPacket(
            packetIdentifier: actions.publishes[0].packetIdentifier ?? 0,
            reasonCode: .success
        )
        actions = []
        machine.packetReceived(.pubAck(ack), now: now, into: &actions)
        #expect(actions.publishes.count == 1)
    }

    @Test("MQTT-3.3.4-9: what is sent again counts too, against the new receive maximum")
    func resendsNoMoreThanTheReceiveMaximum() throws {
        var machine = make(sessionExpirySeconds: 60)
        _ = online(&machine)
        var actions: [ClientAction] = []
        for token in UInt64(1)...3 {
            machine.publish(topicName: "t", payload: [], token: token, now: now, into: &actions)
        }
        let first = actions.publishes.compactMap(\.packetIdentifier)
        machine.transportClosed("gone", now: now, into: &actions)
        let again = online(&machine, sessionPresent: true, receiveMaximum: 2).publishes
        #expect(again.compactMap(\.packetIdentifier) == Array(first.prefix(2)))
        let ack = PubAckPacket(packetIdentifier: first[0], reasonCode: .success)
        actions = []
        machine.packetReceived(.pubAck(ack), now: now, into: &actions)
        let last = try #require(actions.publishes.first)
        #expect(last.duplicate && last.packetIdentifier == first[2])
    }

    @Test func theLastIndexThatThereCanBeIsDelivered() throws {
        var machine = make()
        _ = online(&machine)
        var actions: [ClientAction] = []
        machine.subscribe(
            filter: try TopicFilter("#"),
            qos: .atLeastOnce,
            from: nil,
            token: 1,
            now: now,
            into: &actions
        )
        var publish = PublishPacket(
            topicName: "t",
            qos: .atMostOnce,
            packetIdentifier: nil,
            payload: []
        )
        publish.properties.userProperties = [
            UserProperty(name: "aviso-index", value: String(UInt64.max))
        ]
        actions = []
        machine.packetReceived(.publish(publish), now: now, into: &actions)
        #expect(actions.count == 1)
    }

    @Test func resubscribesBehindTheLastEntryWhenTheSessionIsGone() throws {
        var machine = make()
        _ = online(&machine)
        var actions: [ClientAction] = []
        machine.subscribe(
            filter: try TopicFilter("alerts/#"),
            qos: .atLeastOnce,
            from: "0",
            token: 1,
            now: now,
            into: &actions
        )
        let subscribe = try #require(actions.subscribes.first)
        #expect(subscribe.properties.userProperty("aviso-from") == "0")
        let subAck = SubAckPacket(
            packetIdentifier: subscribe.packetIdentifier,
            reasonCodes: [.grantedQoS1]
        )
        var publish = PublishPacket(
            topicName: "alerts/a/b",
            qos: .atLeastOnce,
            packetIdentifier: 3,
            payload: []
        )
        publish.properties.userProperties = [UserProperty(name: "aviso-index", value: "41")]
        publish.properties.subscriptionIdentifiers = subscribe.properties.subscriptionIdentifiers
        actions = []
        machine.packetReceived(.subAck(subAck), now: now, into: &actions)
        machine.packetReceived(.publish(publish), now: now, into: &actions)
        guard case .deliver(_, let ticket, [1])? = actions.last else {
            Issue.record("not delivered: \(actions)")
            return
        }
        machine.transportClosed("gone", now: now, into: &actions)
        let again = try #require(online(&machine).subscribes.first)
        #expect(again.properties.userProperty("aviso-from") == "42")
        // A ticket of the earlier connection acknowledges nothing on this one.
        actions = []
        machine.acknowledge(ticket, by: 1, now: now, into: &actions)
        #expect(actions.isEmpty)
    }

    @Test func refusalEndsTheSessionWithTheBrokersReason() {
        var machine = make()
        var actions: [ClientAction] = []
        machine.transportReady(now: now, into: &actions)
        var connAck = ConnAckPacket(sessionPresent: false, reasonCode: .notAuthorized)
        connAck.properties.reasonString = "not in the directory"
        actions = []
        machine.packetReceived(.connAck(connAck), now: now, into: &actions)
        #expect(actions.first == .ended(.refused(.notAuthorized, "not in the directory")))
        #expect(machine.hasEnded)
    }

    @Test func aPublishThatIsToldToWaitGoesOutAgainInItsPlaceAndSlower() throws {
        var machine = make()
        _ = online(&machine)
        var actions: [ClientAction] = []
        for token in UInt64(1)...4 {
            machine.publish(
                topicName: "t",
                payload: [UInt8(token)],
                token: token,
                now: now,
                into: &actions
            )
        }
        let sent = actions.publishes.compactMap(\.packetIdentifier)
        actions = []
        for identifier in sent {
            machine.packetReceived(.pubAck(later(identifier)), now: now, into: &actions)
        }
        #expect(actions.publishes.isEmpty, "the broker asked to wait")
        #expect(actions.contains(.armTimer(now.adding(milliseconds: 40))))
        actions = []
        let then = now.adding(milliseconds: 40)
        machine.timerFired(now: then, into: &actions)
        #expect(actions.publishes.map(\.payload) == [[1]], "one by one, in the old order")
        #expect(actions.publishes.first?.duplicate == false)
        let answer = PubAckPacket(
            packetIdentifier: try #require(actions.publishes.first?.packetIdentifier),
            reasonCode: .success
        )
        actions = []
        machine.packetReceived(.pubAck(answer), now: then, into: &actions)
        #expect(actions.first == .publishCompleted(token: 1, answer))
        #expect(actions.publishes.map(\.payload) == [[2], [3]], "and faster with each success")
        // What waits can be taken back; what is under way cannot.
        let underWay = machine.withdrawPublish(token: 2)
        let waiting = machine.withdrawPublish(token: 4)
        let again = machine.withdrawPublish(token: 4)
        #expect(underWay == nil && waiting?.reasonCode == .quotaExceeded && again == nil)
    }

    @Test func aPublishIsNotSentAgainForEver() {
        var machine = make()
        _ = online(&machine)
        var actions: [ClientAction] = []
        var time = now
        machine.publish(topicName: "t", payload: [], token: 1, now: time, into: &actions)
        var count = 0
        while let identifier = actions.publishes.first?.packetIdentifier {
            count += 1
            actions = []
            machine.packetReceived(.pubAck(later(identifier)), now: time, into: &actions)
            if case .publishCompleted(1, let answer)? = actions.first {
                #expect(answer.reasonCode == .quotaExceeded)
                break
            }
            time = time.adding(milliseconds: 40)
            machine.timerFired(now: time, into: &actions)
        }
        #expect(count == 33)
    }

    @Test func aQuotaThatTimeDoesNotMendIsTheOwnersAtOnce() throws {
        var machine = make()
        _ = online(&machine)
        var actions: [ClientAction] = []
        machine.publish(topicName: "t", payload: [], token: 1, now: now, into: &actions)
        let identifier = try #require(actions.publishes.first?.packetIdentifier)
        let answer = PubAckPacket(packetIdentifier: identifier, reasonCode: .quotaExceeded)
        actions = []
        machine.packetReceived(.pubAck(answer), now: now, into: &actions)
        #expect(actions == [.publishCompleted(token: 1, answer)])
    }

    @Test func aConnectionRefusedForTheMomentIsTriedAgainByASessionThatWasConnected() {
        var connAck = ConnAckPacket(sessionPresent: false, reasonCode: .connectionRateExceeded)
        connAck.properties.reasonString = "too fast"
        connAck.properties.userProperties = [UserProperty(name: "aviso-retry-ms", value: "9000")]
        var machine = make(sessionExpirySeconds: 60)
        _ = online(&machine)
        var actions: [ClientAction] = []
        machine.transportClosed("gone", now: now, into: &actions)
        machine.transportReady(now: now, into: &actions)
        actions = []
        machine.packetReceived(.connAck(connAck), now: now, into: &actions)
        #expect(actions == [.closeTransport, .reconnect(afterMilliseconds: 9000)])
        actions = []
        machine.transportClosed("closed here", now: now, into: &actions)
        #expect(actions.isEmpty, "the next connection is on its way already")

        var first = make()
        first.transportReady(now: now, into: &actions)
        actions = []
        first.packetReceived(.connAck(connAck), now: now, into: &actions)
        let failure = ClientFailure.limited(
            .connectionRateExceeded,
            "too fast",
            retryMilliseconds: 9000
        )
        #expect(actions.contains(.ended(failure)))
        #expect(failure.message == "too fast")
    }

    private func later(_ packetIdentifier: UInt16) -> PubAckPacket {
        var answer = PubAckPacket(packetIdentifier: packetIdentifier, reasonCode: .quotaExceeded)
        answer.properties.userProperties = [UserProperty(name: "aviso-retry-ms", value: "40")]
        return answer
    }

    @Test func silenceOfTheBrokerIsNoticed() {
        var machine = make()
        _ = online(&machine)
        var actions: [ClientAction] = []
        let ping = now.adding(seconds: 15)
        machine.timerFired(now: ping, into: &actions)
        #expect(actions.first == .send(.pingReq))
        actions = []
        machine.timerFired(now: ping.adding(seconds: 15), into: &actions)
        #expect(actions.first == .closeTransport)
    }

    @Test func backoffGrowsToItsBoundAndBeginsAnew() {
        var backoff = ReconnectBackoff(seed: 1)
        let waits = (0..<20).map { _ in backoff.nextMilliseconds() }
        #expect((100...200).contains(waits[0]))
        #expect((15_000...30_000).contains(waits[19]))
        #expect(waits.allSatisfy { $0 <= 30_000 })
        backoff.reset()
        #expect(backoff.nextMilliseconds() <= 200)
    }

    @Test func aBrokerThatEndsEachConnectionAtOnceIsAskedLessAndLessOften() {
        var machine = make(sessionExpirySeconds: 60)
        var waits: [UInt64] = []
        for _ in 0..<20 {
            _ = online(&machine)
            var actions: [ClientAction] = []
            let disconnect = DisconnectPacket(reasonCode: .serverShuttingDown)
            machine.packetReceived(.disconnect(disconnect), now: now, into: &actions)
            machine.transportClosed("closed here", now: now, into: &actions)
            waits += actions.reconnections
            machine.reconnecting()
        }
        #expect(waits.count == 20, "one chain of reconnections, not two")
        #expect(waits.last.map { $0 >= 15_000 } == true)
        // A connection that has stood for a while makes up for those before it.
        _ = online(&machine)
        var actions: [ClientAction] = []
        machine.transportClosed("gone", now: now.adding(seconds: 10), into: &actions)
        #expect(actions.reconnections.first.map { $0 <= 200 } == true)
        // A connection that cannot be made is tried again too.
        machine.reconnecting()
        actions = []
        machine.transportClosed("refused", now: now, into: &actions)
        #expect(actions.reconnections.count == 1)
    }

    @Test(arguments: [
        ReasonCode.malformedPacket, .protocolError, .notAuthorized, .packetTooLarge,
        .sessionTakenOver,
    ])
    func whatComingBackDoesNotMendEndsTheSession(reasonCode: ReasonCode) {
        var machine = make(sessionExpirySeconds: 60)
        _ = online(&machine)
        var actions: [ClientAction] = []
        var disconnect = DisconnectPacket(reasonCode: reasonCode)
        disconnect.properties.reasonString = "why"
        machine.packetReceived(.disconnect(disconnect), now: now, into: &actions)
        #expect(actions.contains(.ended(.disconnected(reasonCode, "why"))))
        #expect(actions.reconnections.isEmpty)
    }

    private func make(sessionExpirySeconds: UInt32 = 0) -> ClientSessionMachine {
        let settings = ClientSettings(
            clientIdentifier: "c",
            sessionExpirySeconds: sessionExpirySeconds,
            reconnects: true
        )
        return ClientSessionMachine(settings: settings, backoffSeed: 1)
    }

    private func online(
        _ machine: inout ClientSessionMachine,
        sessionPresent: Bool = false,
        receiveMaximum: UInt16? = nil
    ) -> [ClientAction] {
        var actions: [ClientAction] = []
        machine.transportReady(now: now, into: &actions)
        var connAck = ConnAckPacket(sessionPresent: sessionPresent, reasonCode: .success)
        connAck.properties.receiveMaximum = receiveMaximum
        machine.packetReceived(.connAck(connAck), now: now, into: &actions)
        return actions
    }
}

extension [ClientAction] {
    fileprivate var reconnections: [UInt64] {
        compactMap {
            if case .reconnect(let milliseconds) = $0 { milliseconds } else { nil }
        }
    }

    fileprivate var publishes: [PublishPacket] {
        compactMap { if case .send(.publish(let packet)) = $0 { packet } else { nil } }
    }

    fileprivate var subscribes: [SubscribePacket] {
        compactMap { if case .send(.subscribe(let packet)) = $0 { packet } else { nil } }
    }
}
