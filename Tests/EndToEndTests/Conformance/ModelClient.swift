import MQTTCodec
import Testing

/// A client that keeps the client's half of the standard, also over connections that it loses.
struct ModelClient {
    let identifier: String
    /// The subscriptions that SUBACK has granted.
    var filters: [String: QoS] = [:]
    /// Whether it takes deliveries without acknowledging them.
    var isSilent = false
    /// The numbers of the messages that it has processed, in the order of their arrival.
    private(set) var received: [Int] = []
    private(set) var hasSession = false

    private var client: WireClient?
    private var lastIdentifier: UInt16 = 0
    // Deliveries whose acknowledgement is put off while it is silent.
    private var unacknowledged: [ControlPacket] = []
    // QoS 2 deliveries that it has processed and the server has not released [MQTT-4.3.3-10].
    private var unreleased: Set<UInt16> = []
    private var unfinished: PublishPacket?

    init(identifier: String) {
        self.identifier = identifier
    }

    var isConnected: Bool { client != nil }

    /// The highest QoS that its subscriptions give a topic, or nil.
    func granted(for topic: String) throws -> QoS? {
        try filters.filter { try TopicFilter($0.key).matches(topic) }.map(\.value).max()
    }

    // MARK: - Connections

    /// Connects.
    ///
    /// - Returns: whether the server has kept the session.
    mutating func connect(port: UInt16, cleanStart: Bool) throws -> Bool {
        let earlier = client
        client = try WireClient(port: port)
        var connect = ConnectPacket(
            clientIdentifier: identifier,
            cleanStart: cleanStart,
            keepAliveSeconds: 60
        )
        connect.properties.sessionExpiryInterval = 300
        try send(.connect(connect))
        guard case .connAck(let connAck)? = try packet() else {
            throw RawClientFailure(expected: "CONNACK")
        }
        withExtendedLifetime(earlier) {}
        #expect(connAck.reasonCode == .success)
        // Acknowledgements belong to the connection of their delivery: it comes again.
        unacknowledged = []
        isSilent = false
        hasSession = true
        if !connAck.sessionPresent {
            unreleased = []
            unfinished = nil
        }
        return connAck.sessionPresent
    }

    /// Loses the connection without a good-bye.
    mutating func vanish() {
        client = nil
        unacknowledged = []
        isSilent = false
    }

    // MARK: - Requests

    private mutating func nextIdentifier() -> UInt16 {
        lastIdentifier = lastIdentifier % 1000 + 1
        return lastIdentifier
    }

    mutating func subscribe(_ filter: String, qos: QoS) throws {
        let request = SubscribePacket.Request(
            filter: try TopicFilter(filter),
            options: SubscriptionOptions(qos: qos)
        )
        let identifier = nextIdentifier()
        try send(
            .subscribe(SubscribePacket(packetIdentifier: identifier, subscriptions: [request]))
        )
        try receive { packet in
            guard case .subAck(let answer) = packet else { return false }
            return answer.packetIdentifier == identifier
        }
    }

    mutating func unsubscribe(_ filter: String) throws {
        let identifier = nextIdentifier()
        let filters = [try TopicFilter(filter)]
        try send(.unsubscribe(UnsubscribePacket(packetIdentifier: identifier, filters: filters)))
        try receive { packet in
            guard case .unsubAck(let answer) = packet else { return false }
            return answer.packetIdentifier == identifier
        }
    }

    /// Publishes, and waits for the end of the exchange.
    mutating func publish(_ payload: [UInt8], on topic: String, qos: QoS) throws {
        let publish = PublishPacket(
            topicName: topic,
            qos: qos,
            packetIdentifier: qos == .atMostOnce ? nil : nextIdentifier(),
            payload: payload
        )
        try send(.publish(publish))
        guard qos != .atMostOnce else {
            // Until it is answered, the message before is sure to have been taken.
            try send(.pingReq)
            try receive { $0 == .pingResp }
            return
        }
        try complete(publish)
    }

    /// Publishes, and loses the connection before the answer.
    mutating func publishAndVanish(_ payload: [UInt8], on topic: String, qos: QoS) throws {
        let publish = PublishPacket(
            topicName: topic,
            qos: qos,
            packetIdentifier: nextIdentifier(),
            payload: payload
        )
        try send(.publish(publish))
        unfinished = publish
        vanish()
    }

    /// Publishes again what was not answered [MQTT-4.4.0-1].
    mutating func publishAgain() throws {
        guard var publish = unfinished else { return }
        publish.duplicate = true
        try send(.publish(publish))
        try complete(publish)
        unfinished = nil
    }

    private mutating func complete(_ publish: PublishPacket) throws {
        let identifier = publish.packetIdentifier ?? 0
        guard publish.qos == .exactlyOnce else {
            return try receive { packet in
                guard case .pubAck(let answer) = packet else { return false }
                return answer.packetIdentifier == identifier
            }
        }
        try receive { packet in
            guard case .pubRec(let answer) = packet else { return false }
            return answer.packetIdentifier == identifier
        }
        try send(.pubRel(PubAckPacket(packetIdentifier: identifier, reasonCode: .success)))
        try receive { packet in
            guard case .pubComp(let answer) = packet else { return false }
            return answer.packetIdentifier == identifier
        }
    }

    // MARK: - Deliveries

    /// Acknowledges what it has put off.
    mutating func speakAgain() throws {
        isSilent = false
        for packet in unacknowledged { try send(packet) }
        unacknowledged = []
    }

    /// Receives until all these messages have come.
    mutating func receive(until numbers: Set<Int>) throws {
        while !numbers.isSubset(of: received) {
            guard let packet = try packet() else {
                throw RawClientFailure(expected: "PUBLISH for \(identifier)")
            }
            try take(packet)
        }
    }

    // Takes deliveries until a packet is the one that is waited for.
    private mutating func receive(_ isExpected: (ControlPacket) -> Bool) throws {
        while let packet = try packet() {
            if isExpected(packet) { return }
            try take(packet)
        }
        throw RawClientFailure(expected: "an answer for \(identifier)")
    }

    private mutating func take(_ packet: ControlPacket) throws {
        switch packet {
        case .publish(let publish):
            guard let number = Int(String(decoding: publish.payload, as: UTF8.self)) else {
                throw RawClientFailure(expected: "a number from \(identifier)")
            }
            try take(publish, number)
        case .pubRel(let pubRel):
            let identifier = pubRel.packetIdentifier
            unreleased.remove(identifier)
            try send(.pubComp(PubAckPacket(packetIdentifier: identifier, reasonCode: .success)))
        default:
            throw RawClientFailure(expected: "no \(packet) for \(identifier)")
        }
    }

    private mutating func take(_ publish: PublishPacket, _ number: Int) throws {
        guard let identifier = publish.packetIdentifier else {
            received.append(number)
            return
        }
        let answer = PubAckPacket(packetIdentifier: identifier, reasonCode: .success)
        if publish.qos == .atLeastOnce {
            received.append(number)
            try acknowledge(.pubAck(answer))
        } else {
            if unreleased.insert(identifier).inserted { received.append(number) }
            try acknowledge(.pubRec(answer))
        }
    }

    private mutating func acknowledge(_ packet: ControlPacket) throws {
        guard isSilent else { return try send(packet) }
        unacknowledged.append(packet)
    }

    // MARK: - Packets

    private func send(_ packet: ControlPacket) throws {
        var bytes: [UInt8] = []
        PacketEncoder.encode(packet, into: &bytes)
        try client?.send(bytes)
    }

    private func packet() throws -> ControlPacket? {
        guard let bytes = try client?.packet() else { return nil }
        var decoder = PacketDecoder(packetByteCountMax: bytes.count)
        decoder.append(bytes[...])
        return try decoder.next()
    }
}
