package import Alerts
package import Base
package import MQTTCodec

/// One client connection, from CONNECT to its end (MQTT 5.0 chapters 3 and 4).
///
/// No socket, no clock, no log: events come in by the methods, effects go out as
/// ``ConnectionAction``s in the order in which they are to happen. There is one of it for each
/// connection and no copy, which would cost more than most packets.
package struct ConnectionMachine: ~Copyable, Sendable {
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
    /// Whether it came over the listener without TLS, which knows no member.
    let isLoopback: Bool
    /// The version that the client speaks; 5.0 until its CONNECT was accepted.
    package internal(set) var version = ProtocolVersion.v5
    /// The directory as this connection's loop knows it; replaced when it changes.
    package var directory: Directory

    /// The session, while connected.
    package internal(set) var session: Session?
    /// What the client allows.
    var client = ClientCapabilities()
    /// When the client must have been heard of again; nil where it need not.
    package internal(set) var keepAliveDeadline: MonotonicTime?
    var keepAliveSeconds: UInt16 = 0

    // What is to be published when the connection ends without a good-bye.
    var will: ConnectPacket.Will?
    var isTakenOver = false
    // Whether the client has left the session expiry interval out.
    var namesNoExpiry = false
    // Publishes that wait for the sequencer, in the order of their arrival.
    var pendingPublishes: [PendingPublish] = []
    // A SUBSCRIBE whose start is being looked up in the log.
    var pendingSubscribe: PendingSubscribe?
    // SUBSCRIBE and UNSUBSCRIBE that wait for the log, by token.
    var pendingRecords: [UInt64: PendingRecord] = [:]
    var lastToken: UInt64 = 0
    // QoS 2 publishes that came twice on this connection.
    var repeatedPublishes: Set<UInt16> = []
    var topicAliases: [UInt16: String] = [:]
    var outboundAliases: [ExactText: UInt16] = [:]

    /// Makes the machine of a connection whose TLS handshake is complete.
    ///
    /// - Parameters:
    ///   - station: the identity of its certificate.
    ///   - directory: the members at this moment.
    ///   - settings: limits and what CONNACK tells.
    ///   - isLoopback: whether it came over the listener without TLS.
    package init(
        station: StationIdentity,
        directory: Directory,
        settings: ConnectionSettings,
        isLoopback: Bool = false
    ) {
        self.station = station
        self.isLoopback = isLoopback
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
        case .connected where isResolvingStart:
            disconnect(.protocolError, "packet before SUBSCRIBE was answered", into: &actions)
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
                "AUTH without an authentication method in CONNECT [MQTT-4.12.0-7]",
                into: &actions
            )
        case .pubRec(let pubRec):
            pubRecReceived(pubRec, into: &actions)
        case .pubRel(let pubRel):
            pubRelReceived(pubRel, into: &actions)
        case .pubComp(let pubComp):
            pubCompReceived(pubComp, into: &actions)
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
    ///   - error: why.
    ///   - decoder: what could not decode them.
    ///   - actions: receives what is to be done.
    package mutating func decodingFailed(
        _ error: MQTTDecodingError,
        decoder: PacketDecoder,
        into actions: inout [ConnectionAction]
    ) {
        switch phase {
        case .closed:
            return
        case .awaitingConnect, .claiming:
            let refusal = Refusal(.connect, error.reasonCode, error.message, limit: error.limit)
            actions.append(.refuse(refusal, token: nil))
            // MQTT-3.1.4-1 allows a CONNACK with the reason where the bytes were a CONNECT;
            // MQTT 3.1.1 has no reason for it.
            if decoder.hasFailedAtConnect, decoder.version == .v5 {
                actions.append(.send(.connAck(refusal.connAck)))
            }
            end(&actions)
        case .connected:
            refuse(error.reasonCode, error.message, limit: error.limit, into: &actions)
        }
    }

    /// The client could not be heard of for a while, which is no fault of its own.
    package mutating func readingResumed(now: MonotonicTime) {
        if case .connected = phase { keepAliveHeard(now: now) }
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
    ///
    /// - Parameters:
    ///   - packet: the packet.
    ///   - reduce: gives what is left of it.
    ///   - actions: receives what is to be sent.
    /// - Returns: false if even that does not fit, and nothing is sent.
    @discardableResult
    func sendIfItFits(
        _ packet: ControlPacket,
        orElse reduce: (ControlPacket) -> ControlPacket,
        into actions: inout [ConnectionAction]
    ) -> Bool {
        // No answer comes near a quarter of a MiB: most clients need no measuring.
        guard client.packetByteCountMax < 1 << 18,
            PacketEncoder.encodedByteCount(packet) > client.packetByteCountMax
        else {
            actions.append(.send(packet))
            return true
        }
        let reduced = reduce(packet)
        guard PacketEncoder.encodedByteCount(reduced) <= client.packetByteCountMax else {
            return false
        }
        actions.append(.send(reduced))
        return true
    }
}

extension MQTTDecodingError {
    /// The limit that a packet has exceeded, if that is what is wrong with it.
    fileprivate var limit: PeerLimit? { reasonCode == .packetTooLarge ? .packetByteCountMax : nil }
}
