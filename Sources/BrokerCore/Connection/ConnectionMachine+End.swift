package import Base
package import MQTTCodec

/// DISCONNECT, the will and the end of a connection (MQTT 5.0 3.14, 3.1.2.5).
extension ConnectionMachine {
    mutating func disconnectReceived(
        _ disconnect: DisconnectPacket,
        into actions: inout [ConnectionAction]
    ) {
        guard disconnect.reasonCode.isOfClientDisconnect else {
            let text = "reason code \(disconnect.reasonCode.rawValue) is not a client's (3.14.2.1)"
            // It is a good-bye all the same: nobody waits for an answer.
            actions.append(.refuse(Refusal(.packet, .protocolError, text), token: nil))
            end(&actions)
            return
        }
        if let expirySeconds = disconnect.properties.sessionExpiryInterval, var session {
            namesNoExpiry = false
            guard session.isDurable || expirySeconds == 0 else {
                // 3.14.2.2.2: zero in CONNECT cannot become more.
                refuse(
                    .protocolError,
                    "the session expiry interval was 0 in CONNECT and cannot be raised",
                    into: &actions
                )
                return
            }
            let granted = min(expirySeconds, settings.limits.sessionExpirySecondsMax)
            if granted != session.expirySeconds {
                session.expirySeconds = granted
                self.session = session
                let change: SessionChange =
                    granted == 0 ? .ended : .expiryChanged(expirySeconds: granted)
                actions.append(.recordSession(change, token: nil))
            }
        }
        // MQTT-3.14.4-3: a good-bye deletes the will, unless it asks for it.
        if disconnect.reasonCode == .normalDisconnection { will = nil }
        end(&actions)
    }

    /// Takes the will of a connection that has ended without a good-bye.
    ///
    /// - Returns: the will as a PUBLISH, and the seconds until it is due.
    package mutating func takeWill() -> (publish: PublishPacket, delaySeconds: UInt32)? {
        guard let will else { return nil }
        self.will = nil
        var publish = PublishPacket(
            topicName: will.topicName,
            qos: will.qos,
            packetIdentifier: nil,
            payload: will.payload
        )
        publish.retain = will.retain
        publish.properties = will.properties
        publish.properties.willDelayInterval = nil
        return (publish, delaySeconds(of: will))
    }

    // The delay ends with the session (3.1.3.2.2). A client that says nothing of its session has
    // all of the delay to come back in [MQTT-3.1.2-8], unless it is back already.
    private func delaySeconds(of will: ConnectPacket.Will) -> UInt32 {
        let delay = will.properties.willDelayInterval ?? 0
        guard namesNoExpiry else { return min(delay, session?.expirySeconds ?? 0) }
        return isTakenOver ? 0 : min(delay, settings.limits.sessionExpirySecondsMax)
    }

    /// Leaves the will with the session until its delay has passed (3.1.3.2.2).
    package mutating func parkWill(_ will: PendingWill) { session?.will = will }

    /// Ends the connection where its session stays until everything is decided.
    ///
    /// - Parameter committed: the size of the log, from which the session goes on.
    package mutating func connectionLost(committed: UInt64) {
        phase = .closed
        keepAliveDeadline = nil
        session?.fallBehind(at: committed)
    }

    /// Forgets a claim that was given up.
    package mutating func forgetClaim() {
        if case .claiming = phase { phase = .closed }
    }

    /// No CONNECT has come in time.
    package mutating func connectTimedOut(into actions: inout [ConnectionAction]) {
        guard case .awaitingConnect = phase else { return }
        let text = "no CONNECT came within \(settings.limits.connectSeconds) s of the handshake"
        let refusal = Refusal(.connect, .protocolError, text, limit: .connectSeconds)
        actions.append(.refuse(refusal, token: nil))
        end(&actions)
    }

    /// Another connection of the same station has claimed the session (MQTT-3.1.4-3).
    package mutating func takenOver(into actions: inout [ConnectionAction]) {
        isTakenOver = true
        disconnect(
            .sessionTakenOver,
            "another connection of this station came with the same client identifier",
            into: &actions
        )
    }

    /// The daemon is stopping: the wills of its clients are not wanted.
    package mutating func serverStopping(into actions: inout [ConnectionAction]) {
        will = nil
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
        limit: PeerLimit? = nil,
        into actions: inout [ConnectionAction]
    ) {
        actions.append(.refuse(Refusal(request, reasonCode, text, limit: limit), token: nil))
        disconnect(reasonCode, text, into: &actions)
    }

    /// Ends the connection from this side, with DISCONNECT where CONNACK was sent.
    package mutating func disconnect(
        _ reasonCode: ReasonCode,
        _ text: String,
        into actions: inout [ConnectionAction]
    ) {
        // In MQTT 3.1.1 only a client says DISCONNECT.
        if case .connected = phase, version == .v5 {
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
}

extension ReasonCode {
    /// Whether a client may say it in DISCONNECT (table 3-13).
    fileprivate var isOfClientDisconnect: Bool {
        switch self {
        case .success, .disconnectWithWillMessage, .unspecifiedError, .malformedPacket,
            .protocolError, .implementationSpecificError, .topicNameInvalid,
            .receiveMaximumExceeded, .topicAliasInvalid, .packetTooLarge, .messageRateTooHigh,
            .quotaExceeded, .administrativeAction, .payloadFormatInvalid:
            true
        default: false
        }
    }
}
