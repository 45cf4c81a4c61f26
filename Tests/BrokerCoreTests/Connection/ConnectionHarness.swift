import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

/// A connection machine with everything that surrounds it held still.
struct Harness: ~Copyable {
    var machine: ConnectionMachine
    let limits = BrokerLimits()
    let now = MonotonicTime(nanoseconds: 1_000_000_000)
    var committed: UInt64 = 100

    init(
        urn: String = "urn:aviso:agency:MX:FGR:station-1",
        topics: TopicSpace = TopicSpace()
    ) throws {
        machine = ConnectionMachine(
            station: try makeStation(urn),
            directory: try makeDirectory(),
            settings: ConnectionSettings(
                limits: BrokerLimits(),
                topics: topics,
                serverVersion: "test",
                logOrigin: "aviso.test/log"
            )
        )
    }

    static func connected(
        urn: String = "urn:aviso:agency:MX:FGR:station-1",
        expirySeconds: UInt32 = 0,
        topics: TopicSpace = TopicSpace(),
        will: ConnectPacket.Will? = nil
    ) throws -> Harness {
        var harness = try Harness(urn: urn, topics: topics)
        var connect = harness.connect()
        connect.will = will
        if expirySeconds > 0 { connect.properties.sessionExpiryInterval = expirySeconds }
        _ = harness.receive(.connect(connect))
        _ = harness.claim(nil)
        return harness
    }

    func connect() -> ConnectPacket {
        ConnectPacket(clientIdentifier: "client", cleanStart: true, keepAliveSeconds: 60)
    }

    func key() throws -> SessionKey {
        SessionKey(station: machine.station, clientIdentifier: "client")
    }

    mutating func receive(_ packet: ControlPacket) -> [ConnectionAction] {
        var actions: [ConnectionAction] = []
        machine.packetReceived(packet, now: now, committed: committed, into: &actions)
        return actions
    }

    mutating func complete(_ token: UInt64, _ result: PublishResult) -> [ConnectionAction] {
        var actions: [ConnectionAction] = []
        machine.publishCompleted(token: token, result: result, into: &actions)
        return actions
    }

    mutating func claim(_ session: Session?) -> [ConnectionAction] {
        var actions: [ConnectionAction] = []
        machine.sessionClaimed(session, now: now, committed: committed, into: &actions)
        return actions
    }
}

extension [ConnectionAction] {
    var sentPackets: [ControlPacket] {
        compactMap { if case .send(let packet) = $0 { packet } else { nil } }
    }

    var resentIdentifiers: [UInt16] {
        compactMap { if case .resendHeld(let identifier) = $0 { identifier } else { nil } }
    }

    var sentConnAck: ConnAckPacket? {
        for case .connAck(let packet) in sentPackets { return packet }
        return nil
    }

    var sentSubAck: SubAckPacket? {
        for case .subAck(let packet) in sentPackets { return packet }
        return nil
    }

    var sentPubAck: PubAckPacket? {
        for case .pubAck(let packet) in sentPackets { return packet }
        return nil
    }

    var sentDisconnect: DisconnectPacket? {
        for case .disconnect(let packet) in sentPackets { return packet }
        return nil
    }

    var refusals: [Refusal] {
        compactMap { if case .refuse(let refusal, _) = $0 { refusal } else { nil } }
    }
}
