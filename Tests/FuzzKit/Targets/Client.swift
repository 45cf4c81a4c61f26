import Base
import ClientCore
import MQTTCodec

extension FuzzTarget {
    /// The client's session, fed with what a hostile broker may send and what its owner may ask.
    static let client = FuzzTarget("client", seeds: ClientScene.seeds) {
        bytes throws(BrokenPromise) in
        var scene = ClientScene()
        var script = Script(bytes)
        while !script.isAtEnd { try scene.step(&script) }
    }
}

/// A client session with a broker that says anything and an owner who asks for anything.
private struct ClientScene {
    // Each event can make it resend what waits, and no more.
    private static let waitingCountMax = 8
    private static let actionCountMax = 4 * waitingCountMax + 16

    private var machine: ClientSessionMachine
    private var decoder = PacketDecoder(packetByteCountMax: 1024)
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var tickets: [(ticket: ClientAction.Ticket, token: UInt64)] = []
    private var readers: [UInt64] = []
    private var token: UInt64 = 0
    private var subscriptionCount = 0
    // The publishes of this connection that the broker has not answered.
    private var underWay: Set<UInt16> = []
    private var receiveMaximum = 65_535

    static var seeds: [[UInt8]] {
        let server = PacketSeeds.ofServer(.v5)
        let connected = Script.make([(1, []), (0, server[0])])
        let asked = connected + Script.make([(3, []), (3, []), (4, [])])
        return [
            asked + Script.make(server.dropFirst().map { (0, $0) }),
            asked + Script.make([(2, []), (1, []), (0, server[0]), (5, []), (6, []), (7, [])]),
            connected + Script.make([(6, []), (6, []), (6, [])]),
        ]
    }

    init() {
        var settings = ClientSettings(
            clientIdentifier: "c",
            sessionExpirySeconds: 60,
            reconnects: true
        )
        settings.publishCountMax = Self.waitingCountMax
        settings.receiveMaximum = UInt16(Self.waitingCountMax)
        machine = ClientSessionMachine(settings: settings, backoffSeed: 1)
    }

    mutating func step(_ script: inout Script) throws(BrokenPromise) {
        let event = script.below(8)
        let field = script.field()
        guard event > 0 else {
            try packetsReceived(field)
            return
        }
        var actions: [ClientAction] = []
        ownerActed(event, field, &actions)
        try check(actions)
    }

    private mutating func ownerActed(
        _ event: Int,
        _ field: ArraySlice<UInt8>,
        _ actions: inout [ClientAction]
    ) {
        switch event {
        case 1:
            decoder = PacketDecoder(packetByteCountMax: 1024)
            machine.transportReady(now: now, into: &actions)
        case 2: machine.transportClosed("gone", now: now, into: &actions)
        case 3:
            token += 1
            let payload = Array(field)
            machine.publish(
                topicName: "t",
                payload: payload,
                token: token,
                now: now,
                into: &actions
            )
        case 4:
            guard subscriptionCount < Self.waitingCountMax,
                let filter = try? TopicFilter(field.count & 1 == 0 ? "a/#" : "a/b")
            else { return }
            subscriptionCount += 1
            token += 1
            readers.append(token)
            machine.subscribe(
                filter: filter,
                qos: .atLeastOnce,
                from: field.count & 2 == 0 ? "0" : nil,
                isKept: field.count & 4 == 0,
                token: token,
                now: now,
                into: &actions
            )
        case 5:
            guard let (ticket, token) = tickets.popLast() else { return }
            machine.acknowledge(ticket, by: token, now: now, into: &actions)
        case 6:
            now = now.adding(seconds: UInt64(field.first ?? 15))
            machine.timerFired(now: now, into: &actions)
        default:
            switch field.first {
            case 0xFF: machine.close(now: now, into: &actions)
            case 0xFE: machine.reconnecting()
            default:
                guard let token = readers.popLast() else { return }
                machine.stopReading(token: token, now: now, into: &actions)
            }
        }
    }

    private mutating func packetsReceived(_ bytes: ArraySlice<UInt8>) throws(BrokenPromise) {
        decoder.append(bytes)
        while let packet = try? decoder.next() {
            if case .connAck(let connAck) = packet, connAck.reasonCode == .success {
                receiveMaximum = Int(connAck.properties.receiveMaximum ?? 65_535)
            }
            if case .pubAck(let pubAck) = packet { underWay.remove(pubAck.packetIdentifier) }
            var actions: [ClientAction] = []
            machine.packetReceived(packet, now: now, into: &actions)
            try check(actions)
        }
    }

    private mutating func check(_ actions: [ClientAction]) throws(BrokenPromise) {
        try expect(actions.count <= Self.actionCountMax, "\(actions.count) actions of one event")
        for action in actions {
            switch action {
            case .send(.connect):
                underWay = []
                receiveMaximum = 65_535
            case .send(.publish(let publish)):
                guard let identifier = publish.packetIdentifier else { break }
                try expect(underWay.insert(identifier).inserted, "\(identifier) is used twice")
                try expect(
                    underWay.count <= receiveMaximum,
                    "\(underWay.count) under way, \(receiveMaximum) allowed [MQTT-3.3.4-9]"
                )
            case .deliver(_, let ticket, let tokens):
                let new = tokens.map { (ticket, $0) }
                tickets = (tickets + new).suffix(Self.waitingCountMax)
            default: break
            }
        }
    }
}
