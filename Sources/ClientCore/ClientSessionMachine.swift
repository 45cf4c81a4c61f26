package import Base
package import MQTTCodec

/// The client's side of an MQTT session over any number of connections (MQTT 5.0 4.1, 4.4).
///
/// No socket and no clock: events come in by the methods, effects go out as ``ClientAction``s.
package struct ClientSessionMachine: Sendable {
    enum Phase: Sendable {
        /// A connection is being made. Can transition to `connecting`, `waiting` or `ended`.
        case offline
        /// The last connection has gone, and the next one is to be made later. Can transition to
        /// `offline` or `ended`.
        case waiting
        /// CONNECT was sent.
        case connecting
        /// CONNACK has come.
        case online
        /// The end.
        case ended
    }

    private struct PendingPublish: Sendable {
        let token: UInt64
        let topicName: String
        let payload: [UInt8]
        var packetIdentifier: UInt16?
        var wasSent = false
        /// Whether it was sent on this connection.
        var isUnderWay = false
        /// The last answer that told to try again later, and how many there were.
        var lastRefusal: PubAckPacket?
        var refusalCount = 0

        mutating func holdBack(_ refusal: PubAckPacket) {
            lastRefusal = refusal
            refusalCount += 1
            packetIdentifier = nil
            wasSent = false
            isUnderWay = false
        }
    }

    // How long a connection must have stood before the next failure counts as the first.
    private static let steadyMilliseconds: UInt64 = 10_000

    let settings: ClientSettings
    var phase = Phase.offline
    private var backoff: ReconnectBackoff
    private var publishes: [PendingPublish] = []
    private var lastIdentifier: UInt16 = 0
    private(set) var epoch: UInt64 = 0
    private var wasConnected = false
    private var onlineSince: MonotonicTime?
    // What the broker has asked to wait before the next connection.
    private var waitMilliseconds: UInt64 = 0
    private var serverReceiveMaximum = 65_535
    var topicAliases: [UInt16: String] = [:]
    private var keepAliveSeconds: UInt16
    private var pace = PublishPace()
    private var lastSent = MonotonicTime(nanoseconds: 0)
    private var pingSent: MonotonicTime?

    var subscriptions: [ClientSubscription] = []
    var readers: [ClientReader] = []
    // Those that were given. A session that is kept has those of clients before, so that they begin
    // somewhere else for each client.
    var subscriptionIdentifiers: Range<UInt32>
    // UNSUBSCRIBE under way by packet identifier, and what is to be sent.
    var unsubscribes: [UInt16: TopicFilter] = [:]
    var unsubscribing: [TopicFilter] = []
    // What readers have and have not acknowledged, and what none has wanted: a session that was
    // kept brings what waited as soon as it is connected, before anybody has subscribed here.
    var deliveries: [ClientDelivery] = []
    var unclaimed: [ClientDelivery] = []
    // When a session that is full of what nobody reads ends; nil while it is not.
    var stallsAt: MonotonicTime?

    /// Makes the machine.
    package init(settings: ClientSettings, backoffSeed: UInt64) {
        self.settings = settings
        keepAliveSeconds = settings.keepAliveSeconds
        backoff = ReconnectBackoff(seed: backoffSeed)
        // 1 to 268,435,455 (3.8.2.1.2), with room for all that follow.
        let first = UInt32(truncatingIfNeeded: backoffSeed >> 32) % 0x0800_0000 + 1
        subscriptionIdentifiers = first..<first
    }

    /// Whether nothing more will happen.
    package var hasEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    // MARK: - Connection

    /// The connection stands: CONNECT goes out.
    package mutating func transportReady(
        now: MonotonicTime,
        into actions: inout [ClientAction]
    ) {
        switch phase {
        case .offline, .waiting: break
        case .connecting, .online, .ended: return
        }
        phase = .connecting
        epoch += 1
        topicAliases = [:]
        pingSent = nil
        var connect = ConnectPacket(
            clientIdentifier: settings.clientIdentifier,
            cleanStart: settings.sessionExpirySeconds == 0,
            keepAliveSeconds: settings.keepAliveSeconds
        )
        if settings.sessionExpirySeconds > 0 {
            connect.properties.sessionExpiryInterval = settings.sessionExpirySeconds
        }
        connect.properties.receiveMaximum = settings.receiveMaximum
        send(.connect(connect), now, &actions)
    }

    /// The connection could not be made, or has gone.
    package mutating func transportClosed(
        _ reason: String,
        now: MonotonicTime,
        into actions: inout [ClientAction]
    ) {
        lost(.transport(reason), now, &actions)
    }

    /// The time that `reconnect` named has passed: another connection is made now.
    package mutating func reconnecting() {
        if case .waiting = phase { phase = .offline }
    }

    private mutating func lost(
        _ failure: ClientFailure,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        // What was told to wait waits: the transport of the last connection may close later.
        if case .waiting = phase { return }
        guard !hasEnded else { return }
        guard settings.reconnects, wasConnected else {
            finish(failure, &actions)
            return
        }
        phase = .waiting
        forgetDeliveries()
        // A broker that takes a connection and ends it at once is no better than one that does not.
        if let onlineSince, now.milliseconds(since: onlineSince) >= Self.steadyMilliseconds {
            backoff.reset()
        }
        onlineSince = nil
        let wait = max(backoff.nextMilliseconds(), waitMilliseconds)
        actions.append(.reconnect(afterMilliseconds: wait))
    }

    mutating func finish(_ failure: ClientFailure, _ actions: inout [ClientAction]) {
        phase = .ended
        for publish in publishes { actions.append(.failed(token: publish.token, failure)) }
        for subscription in subscriptions {
            for token in subscription.waiting { actions.append(.failed(token: token, failure)) }
        }
        publishes = []
        subscriptions = []
        readers = []
        forgetDeliveries()
        actions.append(.ended(failure))
        actions.append(.closeTransport)
    }

    /// The owner closes the session.
    package mutating func close(now: MonotonicTime, into actions: inout [ClientAction]) {
        guard !hasEnded else { return }
        if case .online = phase {
            send(.disconnect(DisconnectPacket(reasonCode: .normalDisconnection)), now, &actions)
        }
        finish(.closed, &actions)
    }

    // MARK: - Requests

    /// Publishes with QoS 1.
    package mutating func publish(
        topicName: String,
        payload: [UInt8],
        token: UInt64,
        now: MonotonicTime,
        into actions: inout [ClientAction]
    ) {
        guard !hasEnded else {
            actions.append(.failed(token: token, .closed))
            return
        }
        guard publishes.count < settings.publishCountMax else {
            actions.append(.failed(token: token, .queueFull))
            return
        }
        publishes.append(PendingPublish(token: token, topicName: topicName, payload: payload))
        sendPublishes(now, &actions)
    }

    /// Takes a publish back that the broker has told to try later, because its time is up.
    ///
    /// - Parameter token: the token of the publish.
    /// - Returns: the broker's last answer; nil if the publish is under way or was never refused.
    package mutating func withdrawPublish(token: UInt64) -> PubAckPacket? {
        guard
            let place = publishes.firstIndex(where: { $0.token == token && !$0.isUnderWay }),
            let refusal = publishes[place].lastRefusal
        else { return nil }
        publishes.remove(at: place)
        return refusal
    }

    // MARK: - Packets

    /// A packet has come.
    package mutating func packetReceived(
        _ packet: ControlPacket,
        now: MonotonicTime,
        into actions: inout [ClientAction]
    ) {
        switch (phase, packet) {
        case (.ended, _), (.offline, _), (.waiting, _):
            return
        case (.connecting, .connAck(let connAck)):
            connAckReceived(connAck, now, &actions)
        case (.online, .publish(let publish)):
            publishReceived(publish, now, &actions)
        case (.online, .pubAck(let pubAck)):
            pubAckReceived(pubAck, now, &actions)
        case (.online, .subAck(let subAck)):
            subAckReceived(subAck, now, &actions)
        case (.online, .unsubAck(let unsubAck)):
            unsubAckReceived(unsubAck)
        case (.online, .pingResp):
            pingSent = nil
        case (_, .disconnect(let disconnect)):
            let text = disconnect.properties.reasonString ?? ""
            let failure = ClientFailure.disconnected(disconnect.reasonCode, text)
            actions.append(.closeTransport)
            if disconnect.reasonCode.isLasting {
                finish(failure, &actions)
            } else {
                lost(failure, now, &actions)
            }
        default:
            finish(.protocolError("a packet that may not stand here"), &actions)
        }
    }

    private mutating func connAckReceived(
        _ connAck: ConnAckPacket,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        guard connAck.reasonCode == .success else {
            refused(connAck, now, &actions)
            return
        }
        phase = .online
        wasConnected = true
        onlineSince = now
        waitMilliseconds = 0
        serverReceiveMaximum = Int(connAck.properties.receiveMaximum ?? 65_535)
        keepAliveSeconds = connAck.properties.serverKeepAlive ?? settings.keepAliveSeconds
        actions.append(.connected(connAck))
        for place in publishes.indices {
            publishes[place].isUnderWay = false
            guard !connAck.sessionPresent else { continue }
            publishes[place].packetIdentifier = nil
            publishes[place].wasSent = false
        }
        sendPublishes(now, &actions)
        resumeReading(sessionPresent: connAck.sessionPresent, now, &actions)
        armTimer(now, &actions)
    }

    // A limit that is reached now is no reason to give a session up that was connected before.
    private mutating func refused(
        _ connAck: ConnAckPacket,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        let text = connAck.properties.reasonString ?? ""
        guard let wait = RetryAfter.milliseconds(connAck.reasonCode, connAck.properties) else {
            finish(.refused(connAck.reasonCode, text), &actions)
            return
        }
        let failure = ClientFailure.limited(connAck.reasonCode, text, retryMilliseconds: wait)
        actions.append(.closeTransport)
        waitMilliseconds = wait
        lost(failure, now, &actions)
    }

    private mutating func pubAckReceived(
        _ pubAck: PubAckPacket,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        guard
            let place = publishes.firstIndex(where: {
                $0.packetIdentifier == pubAck.packetIdentifier
            })
        else { return }
        if let wait = RetryAfter.milliseconds(pubAck.reasonCode, pubAck.properties),
            publishes[place].refusalCount < PublishPace.refusalCountMax
        {
            // It keeps its place, so that the order of the publishes stays.
            publishes[place].holdBack(pubAck)
            pace.refused(underWay: publishes.count(where: \.isUnderWay), wait, now: now)
            armTimer(now, &actions)
            return
        }
        pace.answered()
        let publish = publishes.remove(at: place)
        actions.append(.publishCompleted(token: publish.token, pubAck))
        sendPublishes(now, &actions)
    }

    // MARK: - Sending

    private mutating func sendPublishes(
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        guard case .online = phase, !pace.isPaused(now: now) else { return }
        var inFlight = publishes.count(where: \.isUnderWay)
        let inFlightMax = min(serverReceiveMaximum, pace.window)
        // Those of an earlier connection stand in front, in their order [MQTT-4.6.0-1].
        for place in publishes.indices where !publishes[place].isUnderWay {
            guard inFlight < inFlightMax else { return }
            let isDuplicate = publishes[place].wasSent
            if !isDuplicate { publishes[place].packetIdentifier = nextIdentifier() }
            publishes[place].wasSent = true
            publishes[place].isUnderWay = true
            inFlight += 1
            sendPublish(place, isDuplicate: isDuplicate, now, &actions)
        }
    }

    private mutating func sendPublish(
        _ place: Int,
        isDuplicate: Bool,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        let publish = publishes[place]
        var packet = PublishPacket(
            topicName: publish.topicName,
            qos: .atLeastOnce,
            packetIdentifier: publish.packetIdentifier,
            payload: publish.payload
        )
        packet.duplicate = isDuplicate
        send(.publish(packet), now, &actions)
    }

    mutating func nextIdentifier() -> UInt16 {
        repeat {
            lastIdentifier = lastIdentifier == .max ? 1 : lastIdentifier + 1
        } while publishes.contains { $0.packetIdentifier == lastIdentifier }
            || subscriptions.contains { $0.packetIdentifier == lastIdentifier }
            || unsubscribes[lastIdentifier] != nil
        return lastIdentifier
    }

    mutating func send(
        _ packet: ControlPacket,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        lastSent = now
        actions.append(.send(packet))
    }

    // MARK: - Keep alive (MQTT 5.0 3.1.2.10)

    /// The time that `armTimer` named has come.
    package mutating func timerFired(now: MonotonicTime, into actions: inout [ClientAction]) {
        guard case .online = phase else { return }
        endStalled(now, &actions)
        guard case .online = phase else { return }
        sendPublishes(now, &actions)
        guard keepAliveSeconds > 0 else {
            armTimer(now, &actions)
            return
        }
        let interval = UInt64(keepAliveSeconds) * 1000
        if let pingSent, now.milliseconds(since: pingSent) >= interval / 2 {
            actions.append(.closeTransport)
            lost(.keepAliveTimeout, now, &actions)
            return
        }
        if pingSent == nil, now.milliseconds(since: lastSent) >= interval / 2 {
            pingSent = now
            send(.pingReq, now, &actions)
        }
        armTimer(now, &actions)
    }

    func armTimer(_ now: MonotonicTime, _ actions: inout [ClientAction]) {
        var deadlines: [MonotonicTime] = []
        if keepAliveSeconds > 0 {
            deadlines.append(now.adding(milliseconds: UInt64(keepAliveSeconds) * 500))
        }
        if let pause = pace.pause(now: now) { deadlines.append(pause) }
        if let stallsAt { deadlines.append(stallsAt) }
        if let next = deadlines.min() { actions.append(.armTimer(next)) }
    }
}

extension ReasonCode {
    /// Whether a connection that the broker has ended so would be ended so again.
    ///
    /// For a session that was taken over: another client has it now, and coming back would only
    /// take it away again.
    package var isLasting: Bool {
        switch self {
        case .malformedPacket, .protocolError, .unsupportedProtocolVersion, .notAuthorized,
            .banned, .sessionTakenOver, .topicFilterInvalid, .topicNameInvalid,
            .receiveMaximumExceeded, .topicAliasInvalid, .packetTooLarge, .payloadFormatInvalid,
            .retainNotSupported, .qosNotSupported, .useAnotherServer, .serverMoved,
            .sharedSubscriptionsNotSupported, .subscriptionIdentifiersNotSupported,
            .wildcardSubscriptionsNotSupported:
            true
        default: false
        }
    }
}
