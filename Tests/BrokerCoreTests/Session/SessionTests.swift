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
        let first = session.openDelivery(of: alert(4), qos: .atLeastOnce)
        let second = session.openDelivery(of: alert(5), qos: .atLeastOnce)
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
        let four = session.openDelivery(of: alert(4), qos: .atLeastOnce)
        let five = session.openDelivery(of: alert(5), qos: .atLeastOnce)
        let six = session.openDelivery(of: alert(6), qos: .atLeastOnce)
        let result5 = session.acknowledge(packetIdentifier: five.packetIdentifier)
        #expect(result5 == .expected)
        session.connectionEnded(committed: 7)
        #expect(session.backlogStart == 4)
        #expect(session.cursor(committed: 7) == 4)
        #expect(plan(session, 4) != nil)
        #expect(plan(session, 5) == nil)
        let again = session.openDelivery(of: alert(4), qos: .atLeastOnce)
        #expect(again == (four.packetIdentifier, true))
        // A new delivery never takes the identifier of one that is still to be sent again.
        let new = session.openDelivery(of: alert(7), qos: .atLeastOnce)
        #expect(new.packetIdentifier != six.packetIdentifier)
        #expect(!new.isDuplicate)
    }

    @Test("MQTT-3.10.4-3: a delivery that was begun is sent again without its subscription")
    func aDeliveryOutlivesItsSubscription() throws {
        var session = try makeSession()
        let filter = try TopicFilter("alerts/#")
        session.subscribe(try subscription("alerts/#", from: 0, qos: .exactlyOnce), committed: 0)
        _ = session.openDelivery(of: alert(4), qos: .exactlyOnce)
        let existed = session.unsubscribe(filter)
        #expect(existed)
        session.connectionEnded(committed: 7)
        #expect(session.isUnfinished(alert(4)), "[MQTT-4.3.3-7]")
        #expect(!session.isUnfinished(alert(5)))
        #expect(session.scopes == .alerts)
        #expect(plan(session, 4) == Session.Plan(qos: .exactlyOnce, identifiers: []))
        #expect(plan(session, 5) == nil)
    }

    @Test("MQTT-4.4.0-1: what is sent again keeps the QoS that it was first sent with")
    func aDeliveryKeepsItsQoS() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 0)
        _ = session.openDelivery(of: alert(4), qos: .atLeastOnce)
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
        let held = session.openDelivery(of: message(0), qos: .atLeastOnce)
            .packetIdentifier
        var seen: Set<UInt16> = []
        for index in 1...70_000 {
            let opened = session.openDelivery(of: message(UInt64(index)), qos: .atLeastOnce)
            #expect(opened.packetIdentifier != held)
            #expect(opened.packetIdentifier != 0)
            seen.insert(opened.packetIdentifier)
            let result6 = session.acknowledge(packetIdentifier: opened.packetIdentifier)
            #expect(result6 == .expected)
        }
        #expect(seen.count == 65_534)
    }

    @Test func whatTheClientHandsBackIsDoneAndNotAcknowledged() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 0)
        let one = session.openDelivery(of: alert(4), qos: .atLeastOnce)
        let two = session.openDelivery(of: alert(5), qos: .exactlyOnce)
        let outcomes = (
            session.acknowledge(packetIdentifier: one.packetIdentifier, isRefused: true),
            session.received(packetIdentifier: two.packetIdentifier, isRefused: true)
        )
        #expect(outcomes == (.expected, .expected))
        #expect(session.cursor(committed: 9) == 9)
        let report = session.takeReport()
        #expect(report.acknowledged.isEmpty && report.hasProgressed)
    }

    @Test func whatIsNotReachedAnyMoreHoldsTheCursorBackNoLonger() throws {
        var session = try makeSession()
        session.subscribe(try subscription("alerts/#", from: 0), committed: 0)
        _ = session.openDelivery(of: alert(4), qos: .atLeastOnce)
        let six = session.openDelivery(of: alert(6), qos: .atLeastOnce)
        session.connectionEnded(committed: 7)
        #expect(session.cursor(committed: 7) == 4)
        // The permission for the channel of 4 has gone: nothing comes of it when it is passed.
        session.advance(to: 6, committed: 7)
        #expect(session.cursor(committed: 7) == 6)
        let again = session.openDelivery(of: alert(6), qos: .atLeastOnce)
        #expect(again == (six.packetIdentifier, true))
        session.advance(to: 7, committed: 7)
        #expect(session.scopes == .alerts)
        session.connectionEnded(committed: 7)
        #expect(session.cursor(committed: 7) == 6)
    }

    @Test(
        "MQTT-3.10.4-3: what was begun reaches what it was begun for",
        arguments: [Subscription.Scopes.log, .deadlines, .redactions, .opaque]
    )
    func anUnfinishedDeliveryKeepsItsScope(scope: Subscription.Scopes) throws {
        var session = try makeSession()
        let subscription = try subscription("a/#", from: 0, scopes: scope)
        session.subscribe(subscription, committed: 0)
        let subject = DeliveryWindow.Subject(index: 4, scope: scope)
        _ = session.openDelivery(of: subject, qos: .atLeastOnce)
        let existed = session.unsubscribe(subscription.filter)
        #expect(existed)
        session.connectionEnded(committed: 7)
        #expect(session.scopes == scope && session.isUnfinished(subject))
    }

    @Test func anEntryThatGoesOutInTwoWaysIsBroughtToItsEndInBoth() throws {
        var session = try makeSession()
        for (filter, scope) in [("$aviso/log/#", Subscription.Scopes.log), ("a/#", .opaque)] {
            session.subscribe(try subscription(filter, from: 0, scopes: scope), committed: 0)
        }
        let copy = DeliveryWindow.Subject(index: 4, scope: .log)
        let first = session.openDelivery(of: message(4), qos: .exactlyOnce)
        let second = session.openDelivery(of: copy, qos: .atLeastOnce)
        session.connectionEnded(committed: 5)
        for subject in [message(4), copy] { #expect(session.isUnfinished(subject)) }
        let new = session.openDelivery(of: message(5), qos: .atLeastOnce)
        #expect(![first, second].map(\.packetIdentifier).contains(new.packetIdentifier))
        let again = session.openDelivery(of: message(4), qos: .exactlyOnce)
        #expect(again == (first.packetIdentifier, true))
        let copyAgain = session.openDelivery(of: copy, qos: .atLeastOnce)
        #expect(copyAgain == (second.packetIdentifier, true))
    }

    private func alert(_ index: UInt64) -> DeliveryWindow.Subject {
        DeliveryWindow.Subject(index: index, scope: .alerts)
    }

    private func message(_ index: UInt64) -> DeliveryWindow.Subject {
        DeliveryWindow.Subject(index: index, scope: .opaque)
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
