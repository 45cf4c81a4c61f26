package import Alerts
package import Base
package import MQTTCodec

/// One client connection, from CONNECT to its end (MQTT 5.0 chapters 3 and 4).
///
/// No socket, no clock, no log: events come in by the methods, effects go out as
/// ``ConnectionAction``s in the order in which they are to happen.
package struct ConnectionMachine: Sendable {
    /// Where the connection stands.
    enum Phase: Sendable {
        /// Can transition to `claiming` by CONNECT, or to `closed`.
        case awaitingConnect
        /// The session is on its way here. Can transition to `connected` or `closed`.
        case claiming(ConnectPacket, SessionKey)
        /// Can transition to `closed`.
        case connected
        /// The end: nothing that arrives has any effect.
        case closed
    }

    /// The station of the certificate.
    package let station: StationIdentity
    let settings: ConnectionSettings
    var phase: Phase = .awaitingConnect
    /// The directory as this connection's loop knows it; replaced when it changes.
    package var directory: Directory

    /// The session, while connected.
    package internal(set) var session: Session?
    /// What the client allows.
    var client = ClientCapabilities()
    /// When the client must have been heard of again; nil where it need not.
    package internal(set) var keepAliveDeadline: MonotonicTime?
    var keepAliveSeconds: UInt16 = 0

    // Publishes that wait for the sequencer, in the order of their arrival.
    var pendingPublishes: [UInt16] = []
    // SUBSCRIBE and UNSUBSCRIBE that wait for the log, by token.
    var pendingSubscribes: [UInt64: PendingSubscribe] = [:]
    var pendingRecords: [UInt64: PendingRecord] = [:]
    var lastToken: UInt64 = 0
    var topicAliases: [UInt16: String] = [:]

    /// Makes the machine of a connection whose TLS handshake is complete.
    ///
    /// - Parameters:
    ///   - station: the identity of its certificate.
    ///   - directory: the members at this moment.
    ///   - settings: limits and what CONNACK tells.
    package init(station: StationIdentity, directory: Directory, settings: ConnectionSettings) {
        self.station = station
        self.directory = directory
        self.settings = settings
    }

    /// Whether CONNECT has been answered with success and the connection goes on.
    package var isConnected: Bool {
        if case .connected = phase { true } else { false }
    }

    /// Whether nothing more is to be expected of this machine.
    package var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// The key that this connection claims or holds, if it got that far.
    package var sessionKey: SessionKey? {
        if case .claiming(_, let key) = phase { return key }
        return session?.key
    }

    /// A packet has arrived.
    ///
    /// - Parameters:
    ///   - packet: the packet.
    ///   - now: the clock.
    ///   - committed: the size of the log as this loop knows it.
    ///   - actions: receives what is to be done.
    package mutating func packetReceived(
        _ packet: ControlPacket,
        now: MonotonicTime,
        committed: UInt64,
        into actions: inout [ConnectionAction]
    ) {
        switch phase {
        case .closed:
            return
        case .awaitingConnect:
            guard case .connect(let connect) = packet else {
                // MQTT-3.1.0-1: the first packet must be CONNECT. There is no session to answer in.
                let text = "the first packet must be CONNECT [MQTT-3.1.0-1]"
                actions.append(.refuse(Refusal(.connect, .protocolError, text), token: nil))
                end(&actions)
                return
            }
            connectReceived(connect, into: &actions)
        case .claiming:
            // A client may send on before CONNACK (3.1.4); the driver holds such packets back.
            disconnect(.protocolError, "packet before the session was ready", into: &actions)
        case .connected:
            keepAliveHeard(now: now)
            connectedPacketReceived(packet, committed: committed, into: &actions)
        }
    }

    /// Whether the driver must hold packets back until the session has been claimed.
    package var isClaiming: Bool {
        if case .claiming = phase { true } else { false }
    }

    private mutating func connectedPacketReceived(
        _ packet: ControlPacket,
        committed: UInt64,
        into actions: inout [ConnectionAction]
    ) {
        switch packet {
        case .publish(let publish):
            publishReceived(publish, into: &actions)
        case .pubAck(let pubAck):
            pubAckReceived(pubAck, into: &actions)
        case .subscribe(let subscribe):
            subscribeReceived(subscribe, committed: committed, into: &actions)
        case .unsubscribe(let unsubscribe):
            unsubscribeReceived(unsubscribe, into: &actions)
        case .pingReq:
            actions.append(.send(.pingResp))
        case .disconnect(let disconnect):
            disconnectReceived(disconnect, into: &actions)
        case .connect:
            // MQTT-3.1.0-2
            refuse(.protocolError, "CONNECT came twice [MQTT-3.1.0-2]", into: &actions)
        case .auth:
            refuse(
                .protocolError,
                "AUTH without an authentication method in CONNECT [MQTT-4.12.0-6]",
                into: &actions
            )
        case .pubRec, .pubRel, .pubComp:
            refuse(
                .protocolError,
                "QoS 2 is not served: the server announced maximum QoS 1",
                into: &actions
            )
        case .connAck, .subAck, .unsubAck, .pingResp:
            refuse(
                .protocolError,
                "a packet that only a server sends came from a client",
                into: &actions
            )
        }
    }

    /// The bytes that arrived are no packet, or one that is too large.
    ///
    /// - Parameters:
    ///   - error: what is wrong with them.
    ///   - isConnect: whether they began as a CONNECT does.
    ///   - actions: receives what is to be done.
    package mutating func decodingFailed(
        _ error: MQTTDecodingError,
        isConnect: Bool,
        into actions: inout [ConnectionAction]
    ) {
        switch phase {
        case .closed:
            return
        case .awaitingConnect, .claiming:
            let refusal = Refusal(.connect, error.reasonCode, error.message)
            actions.append(.refuse(refusal, token: nil))
            // MQTT-3.1.4-1 allows a CONNACK with the reason where the bytes were a CONNECT.
            if isConnect { actions.append(.send(.connAck(refusal.connAck))) }
            end(&actions)
        case .connected:
            refuse(error.reasonCode, error.message, into: &actions)
        }
    }

    /// Another connection of the same station has claimed the session (MQTT-3.1.4-3).
    package mutating func takenOver(into actions: inout [ConnectionAction]) {
        disconnect(
            .sessionTakenOver,
            "another connection of this station came with the same client identifier",
            into: &actions
        )
    }

    /// The daemon is stopping.
    package mutating func serverStopping(into actions: inout [ConnectionAction]) {
        disconnect(.serverShuttingDown, "the broker is stopping: connect again", into: &actions)
    }

    /// The keep alive deadline has passed (MQTT-3.1.2-22).
    package mutating func keepAliveExpired(
        now: MonotonicTime,
        into actions: inout [ConnectionAction]
    ) {
        guard let keepAliveDeadline, keepAliveDeadline <= now else { return }
        disconnect(
            .keepAliveTimeout,
            "nothing was heard for one and a half times the keep alive of \(keepAliveSeconds) s",
            into: &actions
        )
    }

    /// Ends the connection for what the client sent, and has that recorded.
    mutating func refuse(
        _ reasonCode: ReasonCode,
        _ text: String,
        of request: Refusal.Request = .packet,
        into actions: inout [ConnectionAction]
    ) {
        actions.append(.refuse(Refusal(request, reasonCode, text), token: nil))
        disconnect(reasonCode, text, into: &actions)
    }

    /// Ends the connection from this side, with DISCONNECT where CONNACK was sent.
    package mutating func disconnect(
        _ reasonCode: ReasonCode,
        _ text: String,
        into actions: inout [ConnectionAction]
    ) {
        if case .connected = phase {
            var packet = DisconnectPacket(reasonCode: reasonCode)
            packet.properties.reasonString = text
            sendIfItFits(
                .disconnect(packet),
                orElse: { packet in
                    guard case .disconnect(var bare) = packet else { return packet }
                    bare.properties = Properties()
                    return .disconnect(bare)
                },
                into: &actions
            )
        }
        end(&actions)
    }

    /// Takes the session out, when the connection has ended, so that it can be parked or handed on.
    ///
    /// - Parameter committed: the size of the log.
    /// - Returns: the session, or nil if there was none.
    package mutating func takeSession(committed: UInt64) -> Session? {
        phase = .closed
        defer { session = nil }
        session?.connectionEnded(committed: committed)
        return session
    }

    mutating func end(_ actions: inout [ConnectionAction]) {
        phase = .closed
        keepAliveDeadline = nil
        actions.append(.close)
    }

    mutating func keepAliveHeard(now: MonotonicTime) {
        guard keepAliveSeconds > 0 else { return }
        keepAliveDeadline = now.adding(milliseconds: UInt64(keepAliveSeconds) * 1500)
    }

    mutating func nextToken() -> UInt64 {
        lastToken += 1
        return lastToken
    }

    /// Sends a packet, or what is left of it where the client's maximum packet size forbids it
    /// (MQTT-3.1.2-24): reason strings and user properties are what the standard lets go.
    func sendIfItFits(
        _ packet: ControlPacket,
        orElse reduce: (ControlPacket) -> ControlPacket,
        into actions: inout [ConnectionAction]
    ) {
        // No answer comes near a quarter of a MiB: most clients need no measuring.
        guard client.packetByteCountMax < 1 << 18,
            PacketEncoder.encodedByteCount(packet) > client.packetByteCountMax
        else {
            actions.append(.send(packet))
            return
        }
        let reduced = reduce(packet)
        guard PacketEncoder.encodedByteCount(reduced) <= client.packetByteCountMax else { return }
        actions.append(.send(reduced))
    }
}
