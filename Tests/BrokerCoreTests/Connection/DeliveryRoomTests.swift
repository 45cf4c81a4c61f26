import MQTTCodec
import Testing

@testable import BrokerCore

/// What is read of the log for a client: no more than it takes now.
@Suite struct DeliveryRoomTests {
    private func harness(qos: [QoS]) throws -> Harness {
        var harness = try Harness()
        var connect = harness.connect()
        connect.properties.receiveMaximum = 3
        _ = harness.receive(.connect(connect))
        _ = harness.claim(nil)
        for (place, qos) in qos.enumerated() {
            let filter = try TopicFilter(place == 0 ? "alerts/#" : "alerts/intelligence/#")
            let request = SubscribePacket.Request(
                filter: filter,
                options: SubscriptionOptions(qos: qos)
            )
            let subscribe = SubscribePacket(
                packetIdentifier: UInt16(place + 1),
                subscriptions: [request]
            )
            _ = harness.receive(.subscribe(subscribe))
        }
        return harness
    }

    private func deliver(_ harness: inout Harness, index: UInt64) -> ConnectionMachine.Delivery {
        harness.machine.planDelivery(
            Session.Publication(
                index: index,
                topicName: "alerts/intelligence/interdiction",
                scope: .alerts,
                qos: .atLeastOnce
            ),
            byteCount: 100
        )
    }

    @Test func theRoomIsThatOfTheWindowWhereEveryDeliveryNeedsIt() throws {
        var harness = try harness(qos: [.atLeastOnce, .exactlyOnce])
        for index in UInt64(0)..<3 {
            #expect(harness.machine.deliveryRoom == 3 - Int(index))
            guard case .send = deliver(&harness, index: 100 + index) else {
                Issue.record("delivery \(index) did not go out")
                return
            }
        }
        #expect(harness.machine.deliveryRoom == 0)
        let full = deliver(&harness, index: 103)
        #expect(full == .windowFull)
        let pubAck = PubAckPacket(packetIdentifier: 1, reasonCode: .success)
        let actions = harness.receive(.pubAck(pubAck))
        #expect(actions.contains(.deliverWaiting))
        #expect(harness.machine.deliveryRoom == 1)
    }

    @Test func whatNeedsNoAcknowledgementNeedsNoRoom() throws {
        let harness = try harness(qos: [.atLeastOnce, .atMostOnce])
        #expect(harness.machine.deliveryRoom == .max)
    }
}
