import Base
import ClientCore
import MQTTCodec
import Testing

/// A client session with a receive maximum of 4, and a broker that says what it is told to say.
struct ReadingScene {
    var machine: ClientSessionMachine
    /// What the last event led to.
    var actions: [ClientAction] = []
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var lastDelivery: UInt16 = 0

    init(expirySeconds: UInt32 = 0) {
        var settings = ClientSettings(
            clientIdentifier: "c",
            sessionExpirySeconds: expirySeconds,
            reconnects: true
        )
        settings.receiveMaximum = 4
        machine = ClientSessionMachine(settings: settings, backoffSeed: 1)
    }

    /// What was sent in the last event.
    var sent: [ControlPacket] {
        actions.compactMap { if case .send(let packet) = $0 { packet } else { nil } }
    }

    /// For whom the deliveries of the last event were.
    var delivered: [[UInt64]] {
        actions.compactMap { if case .deliver(_, _, let tokens) = $0 { tokens } else { nil } }
    }

    mutating func online(sessionPresent: Bool = false) throws {
        machine.reconnecting()
        machine.transportReady(now: now, into: &actions)
        receive(.connAck(ConnAckPacket(sessionPresent: sessionPresent, reasonCode: .success)))
        try #require(!machine.hasEnded)
    }

    mutating func lose() {
        actions = []
        machine.transportClosed("gone", now: now, into: &actions)
    }

    mutating func elapse(seconds: UInt64) {
        now = now.adding(seconds: seconds)
        actions = []
        machine.timerFired(now: now, into: &actions)
        // The broker is not silent.
        if sent.contains(.pingReq) {
            machine.packetReceived(.pingResp, now: now, into: &actions)
        }
    }

    mutating func receive(_ packet: ControlPacket) {
        actions = []
        machine.packetReceived(packet, now: now, into: &actions)
    }

    mutating func trySubscribe(
        _ filter: String,
        from: String? = nil,
        isKept: Bool = true,
        token: UInt64
    ) {
        actions = []
        guard let filter = try? TopicFilter(filter) else { return }
        machine.subscribe(
            filter: filter,
            qos: .atLeastOnce,
            from: from,
            isKept: isKept,
            token: token,
            now: now,
            into: &actions
        )
    }

    mutating func subscribe(
        _ filter: String,
        from: String? = nil,
        isKept: Bool = true,
        token: UInt64
    ) throws -> SubscribePacket {
        trySubscribe(filter, from: from, isKept: isKept, token: token)
        return try #require(sent.subscribes.first)
    }

    mutating func grant(_ request: SubscribePacket, from index: UInt64? = nil) {
        var subAck = SubAckPacket(
            packetIdentifier: request.packetIdentifier,
            reasonCodes: [.grantedQoS1]
        )
        if let index {
            subAck.properties.userProperties = [
                UserProperty(name: "aviso-from", value: String(index))
            ]
        }
        receive(.subAck(subAck))
    }

    /// Delivers an entry for subscriptions; without any for those of a client before.
    @discardableResult
    mutating func deliver(
        _ topicName: String,
        index: UInt64,
        of requests: SubscribePacket...
    ) -> ClientAction.Ticket? {
        lastDelivery += 1
        var publish = PublishPacket(
            topicName: topicName,
            qos: .atLeastOnce,
            packetIdentifier: lastDelivery,
            payload: []
        )
        publish.properties.userProperties = [
            UserProperty(name: "aviso-index", value: String(index))
        ]
        publish.properties.subscriptionIdentifiers =
            requests.isEmpty
            ? [0x0FFF_FFFF] : requests.flatMap(\.properties.subscriptionIdentifiers)
        receive(.publish(publish))
        for case .deliver(_, let ticket, _) in actions { return ticket }
        return nil
    }

    mutating func acknowledge(_ ticket: ClientAction.Ticket, by token: UInt64) {
        actions = []
        machine.acknowledge(ticket, by: token, now: now, into: &actions)
    }

    mutating func stopReading(_ token: UInt64) {
        actions = []
        machine.stopReading(token: token, now: now, into: &actions)
    }
}

extension [ControlPacket] {
    var subscribes: [SubscribePacket] {
        compactMap { if case .subscribe(let packet) = $0 { packet } else { nil } }
    }

    var unsubscribes: [UnsubscribePacket] {
        compactMap { if case .unsubscribe(let packet) = $0 { packet } else { nil } }
    }

    var pubAcks: [PubAckPacket] {
        compactMap { if case .pubAck(let packet) = $0 { packet } else { nil } }
    }
}
