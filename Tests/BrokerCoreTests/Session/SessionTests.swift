import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

@Suite struct SessionTests {
    @Test func newSubscriptionBeginsAtThePresent() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 10), committed: 10)
        #expect(session.backlogStart == nil)
        #expect(session.cursor(committed: 12) == 12)
        #expect(plan(session, 9) == nil)
        #expect(plan(session, 10)?.qos == .atLeastOnce)
    }

    @Test func subscriptionFromThePastRewindsOnlyItself() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/intelligence/#", from: 10), committed: 10)
        session.subscribe(try subscription("alerts/+/diversion-incident", from: 2), committed: 20)
        #expect(session.backlogStart == 2)
        #expect(plan(session, 3, "alerts/chemical-diversion/diversion-incident") != nil)
        // The earlier subscription was live up to 20: what came before is not repeated for it.
        #expect(plan(session, 15, "alerts/intelligence/interdiction") == nil)
        #expect(plan(session, 20, "alerts/intelligence/interdiction") != nil)
    }

    @Test func sameFilterReplacesTheSubscription() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 5, identifier: 1), committed: 5)
        session.subscribe(try subscription("alerts/#", from: 7, identifier: 2), committed: 7)
        #expect(session.subscriptions.count == 1)
        #expect(plan(session, 8)?.identifiers == [2])
    }

    @Test func overlappingSubscriptionsGiveOneCopyWithAllIdentifiers() throws {
        var session = try makeSession()
        session.subscribe(
            try subscription("alerts/#", from: 0, identifier: 3, qos: .atMostOnce),
            committed: 0
        )
        session.subscribe(try subscription("alerts/+/+", from: 0, identifier: 4), committed: 0)
        #expect(plan(session, 1) == Session.Plan(qos: .atLeastOnce, identifiers: [3, 4]))
    }

    @Test func cursorStandsAtTheLowestUnacknowledged() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 0)
        let first = session.openDelivery(index: 4, qos: .atLeastOnce, isReported: true)
        let second = session.openDelivery(index: 5, qos: .atLeastOnce, isReported: true)
        #expect(session.cursor(committed: 9) == 4)
        let result1 = session.acknowledge(packetIdentifier: second.packetIdentifier)
        #expect(result1 == .expected)
        #expect(session.cursor(committed: 9) == 4)
        let result2 = session.acknowledge(packetIdentifier: first.packetIdentifier)
        #expect(result2 == .expected)
        #expect(session.cursor(committed: 9) == 9)
        let result3 = session.takeReport()
        #expect(result3.acknowledged == [5, 4])
        let result4 = session.acknowledge(packetIdentifier: first.packetIdentifier)
        #expect(result4 == .unknown)
    }

    @Test("MQTT-4.4.0-1: what was not acknowledged is sent again with its identifier and DUP")
    func resendsAfterReconnect() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 0)
        let four = session.openDelivery(index: 4, qos: .atLeastOnce, isReported: true)
        let five = session.openDelivery(index: 5, qos: .atLeastOnce, isReported: true)
        let six = session.openDelivery(index: 6, qos: .atLeastOnce, isReported: true)
        let result5 = session.acknowledge(packetIdentifier: five.packetIdentifier)
        #expect(result5 == .expected)
        session.connectionEnded(committed: 7)
        #expect(session.backlogStart == 4)
        #expect(session.cursor(committed: 7) == 4)
        #expect(plan(session, 4) != nil)
        #expect(plan(session, 5) == nil)
        let again = session.openDelivery(index: 4, qos: .atLeastOnce, isReported: true)
        #expect(again == (four.packetIdentifier, true))
        // A new delivery never takes the identifier of one that is still to be sent again.
        let new = session.openDelivery(index: 7, qos: .atLeastOnce, isReported: true)
        #expect(new.packetIdentifier != six.packetIdentifier)
        #expect(!new.isDuplicate)
    }

    @Test("MQTT-3.10.4-3: a delivery that was begun is sent again without its subscription")
    func aDeliveryOutlivesItsSubscription() throws {
        var session = try makeSession()
        let filter = try TopicFilter("alerts/#")
        session.subscribe(try subscription("alerts/#", from: 0, qos: .exactlyOnce), committed: 0)
        _ = session.openDelivery(index: 4, qos: .exactlyOnce, isReported: true)
        let existed = session.unsubscribe(filter)
        #expect(existed)
        session.connectionEnded(committed: 7)
        #expect(session.isUnfinished(4), "[MQTT-4.3.3-7]")
        #expect(!session.isUnfinished(5))
        #expect(session.scopes == .alerts)
        #expect(plan(session, 4) == Session.Plan(qos: .exactlyOnce, identifiers: []))
        #expect(plan(session, 5) == nil)
    }

    @Test("MQTT-4.4.0-1: what is sent again keeps the QoS that it was first sent with")
    func aDeliveryKeepsItsQoS() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 0)
        _ = session.openDelivery(index: 4, qos: .atLeastOnce, isReported: true)
        session.subscribe(try subscription("alerts/#", from: 0, qos: .atMostOnce), committed: 5)
        session.connectionEnded(committed: 7)
        #expect(plan(session, 4)?.qos == .atLeastOnce)
    }

    @Test("MQTT-4.8.2-5: a QoS 2 turn that was begun goes to nobody else")
    func turnsThatWereBegunAndTurnsThatWait() throws {
        var session = try makeSession(expirySeconds: 0)
        let share = try TopicFilter("$share/g/a")
        for (index, qos) in [QoS.atLeastOnce, .exactlyOnce, .exactlyOnce].enumerated() {
            let entry = CommittedEntry(
                index: UInt64(index),
                typeName: "opaque",
                bytes: [],
                alert: nil
            )
            session.hold(
                HeldDelivery(
                    entry: entry,
                    qos: qos,
                    isRetained: false,
                    identifiers: [],
                    share: share
                )
            )
        }
        _ = session.openHeld()
        _ = session.openHeld()
        #expect(session.unfinishedTurns().map(\.entry.index) == [0, 2])
    }

    @Test func replayAfterReconnectSendsWhatWasAcknowledged() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 9)
        session.advance(to: 9, committed: 9)
        session.connectionEnded(committed: 9)
        session.subscribe(try subscription("alerts/#", from: 3), committed: 9)
        #expect(session.backlogStart == 3)
        #expect(plan(session, 3) != nil)
    }

    @Test func fallingBehindAndCatchingUp() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 0)
        session.fallBehind(at: 3)
        session.fallBehind(at: 5)
        #expect(session.backlogStart == 3)
        session.advance(to: 6, committed: 8)
        #expect(session.backlogStart == 6)
        session.advance(to: 8, committed: 8)
        #expect(session.backlogStart == nil)
    }

    @Test func packetIdentifiersWrapAndNeverCollide() throws {
        var session = try makeSession()
        let held = session.openDelivery(index: 0, qos: .atLeastOnce, isReported: false)
            .packetIdentifier
        var seen: Set<UInt16> = []
        for index in 1...70_000 {
            let opened = session.openDelivery(
                index: UInt64(index),
                qos: .atLeastOnce,
                isReported: false
            )
            #expect(opened.packetIdentifier != held)
            #expect(opened.packetIdentifier != 0)
            seen.insert(opened.packetIdentifier)
            let result6 = session.acknowledge(packetIdentifier: opened.packetIdentifier)
            #expect(result6 == .expected)
        }
        #expect(seen.count == 65_534)
    }

    private func plan(
        _ session: Session,
        _ index: UInt64,
        _ topic: String = "alerts/intelligence/intelligence-report"
    ) -> Session.Plan? {
        session.plan(
            .init(index: index, topicName: topic, scope: .alerts, qos: .atLeastOnce)
        )
    }
}
