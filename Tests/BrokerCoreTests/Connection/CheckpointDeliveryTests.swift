import Alerts
import MQTTCodec
import Testing

@testable import BrokerCore

/// How `$aviso/checkpoint` goes out.
@Suite struct CheckpointDeliveryTests {
    private func harness(packetByteCountMax: UInt32? = nil) throws -> Harness {
        var harness = try Harness()
        var connect = harness.connect()
        connect.properties.maximumPacketSize = packetByteCountMax
        _ = harness.receive(.connect(connect))
        _ = harness.claim(nil)
        let filter = try TopicFilter("$aviso/checkpoint")
        var packet = SubscribePacket(
            packetIdentifier: 1,
            subscriptions: [.init(filter: filter, options: .init(qos: .atMostOnce))]
        )
        packet.properties.subscriptionIdentifiers = [9]
        #expect(harness.receive(.subscribe(packet)).contains(.sendCheckpoint))
        return harness
    }

    @Test("MQTT-3.3.4-3: with the identifier of its subscription")
    func carriesTheIdentifier() throws {
        var harness = try harness()
        guard case .send(let delivery) = harness.machine.planCheckpoint(byteCount: 300) else {
            Issue.record("nothing is sent")
            return
        }
        #expect(delivery.identifiers == [9] && delivery.qos == .atMostOnce)
    }

    @Test("MQTT-3.1.2-24: not to a client that takes no packet of its size")
    func respectsTheMaximumPacketSize() throws {
        var harness = try harness(packetByteCountMax: 200)
        let refused = harness.machine.planCheckpoint(byteCount: 300, measure: { _ in 201 })
        #expect(refused == .tooLarge)
        let fitting = harness.machine.planCheckpoint(byteCount: 300, measure: { _ in 200 })
        #expect(fitting != .tooLarge)
    }

    @Test func aStationThatIsNoMemberAnyMoreGetsNone() throws {
        var harness = try harness()
        harness.machine.directory = Directory()
        let plan = harness.machine.planCheckpoint(byteCount: 300)
        #expect(plan == .none)
    }
}
