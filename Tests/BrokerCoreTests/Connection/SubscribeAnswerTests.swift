import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

/// What SUBACK tells of where a subscription begins, and what waits while that is looked up.
@Suite struct SubscribeAnswerTests {
    private let time = "2026-01-01T00:00:00Z"

    private func packet(_ filters: String..., from: String? = nil) throws -> SubscribePacket {
        var packet = SubscribePacket(
            packetIdentifier: 7,
            subscriptions: try filters.map {
                .init(filter: try TopicFilter($0), options: .init(qos: .atLeastOnce))
            }
        )
        if let from {
            packet.properties.userProperties = [UserProperty(name: "aviso-from", value: from)]
        }
        return packet
    }

    private func start(_ actions: [ConnectionAction]) -> String? {
        actions.sentSubAck?.properties.userProperty("aviso-from")
    }

    @Test func theAnswerNamesTheFirstIndexThatMayCome() throws {
        var harness = try Harness.connected()
        let present = harness.receive(.subscribe(try packet("alerts/#")))
        #expect(start(present) == "100")
        let past = harness.receive(.subscribe(try packet("$aviso/deadlines", from: "40")))
        #expect(start(past) == "40")
        let future = harness.receive(.subscribe(try packet("$aviso/redactions", from: "900")))
        #expect(start(future) == "100")
        // The lowest of several: what is asked for from there misses nothing.
        let both = harness.receive(.subscribe(try packet("alerts/#", "$aviso/deadlines")))
        #expect(start(both) == "40")
    }

    @Test func aSubscriptionThatIsHeldBeginsWhereItsSessionStands() throws {
        var harness = try Harness.connected()
        _ = harness.receive(.subscribe(try packet("alerts/#", from: "40")))
        harness.machine.advance(to: 60, committed: 100)
        #expect(start(harness.receive(.subscribe(try packet("alerts/#")))) == "60")
        // The same start again goes on there too, and another one goes back to it.
        #expect(start(harness.receive(.subscribe(try packet("alerts/#", from: "40")))) == "60")
        #expect(start(harness.receive(.subscribe(try packet("alerts/#", from: "30")))) == "30")
    }

    @Test func nothingIsToldWhereThereIsNothingToTell() throws {
        var harness = try Harness.connected()
        #expect(start(harness.receive(.subscribe(try packet("$aviso/checkpoint")))) == nil)
        #expect(start(harness.receive(.subscribe(try packet("$aviso/log/#")))) == nil)
    }

    @Test("MQTT-3.1.2-29: no user property for who wants no problem information")
    func bareAnswers() throws {
        var harness = try Harness()
        var connect = harness.connect()
        connect.properties.requestProblemInformation = false
        _ = harness.receive(.connect(connect))
        _ = harness.claim(nil)
        let actions = harness.receive(.subscribe(try packet("alerts/#")))
        #expect(actions.sentSubAck?.properties == Properties())
    }

    @Test func nothingOvertakesASubscriptionWhoseStartIsLookedUp() throws {
        var harness = try Harness.connected()
        let actions = harness.receive(.subscribe(try packet("alerts/#", from: time)))
        guard case .resolveStart(_, let token)? = actions.first, actions.count == 1 else {
            Issue.record("not looked up: \(actions)")
            return
        }
        #expect(harness.machine.isResolvingStart == true)
        var answer: [ConnectionAction] = []
        harness.machine.startResolved(
            token: token,
            index: 120,
            committed: harness.committed,
            into: &answer
        )
        // The log has grown since the loop heard of it: what is older than the time is not sent.
        #expect(!harness.machine.isResolvingStart && start(answer) == "120")
        #expect(harness.machine.session?.subscriptions.first?.from == 120)
        let filter = try TopicFilter("alerts/#")
        let unsubscribe = UnsubscribePacket(packetIdentifier: 8, filters: [filter])
        _ = harness.receive(.unsubscribe(unsubscribe))
        #expect(harness.machine.session?.subscriptions.isEmpty == true)
    }
}
