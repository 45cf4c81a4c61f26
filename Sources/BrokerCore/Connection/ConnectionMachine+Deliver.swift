import Base
package import MQTTCodec

/// PUBLISH to the client, its acknowledgement and the end (MQTT 5.0 3.3, 3.4, 3.14).
extension ConnectionMachine {
    /// How an entry goes out to this connection.
    package enum Delivery: Equatable, Sendable {
        /// No subscription wants it.
        case none
        /// The window is full: the session waits at this entry.
        case windowFull
        /// It is larger than the client takes; it counts as sent (MQTT-3.1.2-25).
        case tooLarge
        /// Send it so.
        case send(
            qos: QoS,
            packetIdentifier: UInt16?,
            isDuplicate: Bool,
            identifiers: [UInt32]
        )
    }

    /// Plans the delivery of one entry, and opens it in the session's window.
    ///
    /// - Parameters:
    ///   - index: the entry's index.
    ///   - topicName: its topic.
    ///   - scope: whether it goes out as alert or as log entry.
    ///   - byteCount: the size of the packet without subscription identifiers, at most.
    /// - Returns: how it is to be sent, if at all.
    package mutating func planDelivery(
        index: UInt64,
        topicName: String,
        scope: Subscription.Scope,
        byteCount: Int
    ) -> Delivery {
        guard case .connected = phase,
            let plan = session?.plan(index: index, topicName: topicName, scope: scope)
        else { return .none }
        guard byteCount + plan.identifiers.count * 5 <= client.packetByteCountMax else {
            session?.skip(index: index)
            return .tooLarge
        }
        guard plan.qos != .atMostOnce else {
            if scope == .alerts { session?.sentWithoutAcknowledgement(index: index) }
            return .send(
                qos: .atMostOnce,
                packetIdentifier: nil,
                isDuplicate: false,
                identifiers: plan.identifiers
            )
        }
        guard windowRoom > 0,
            let opened = session?.openDelivery(index: index, isReported: scope == .alerts)
        else { return .windowFull }
        return .send(
            qos: .atLeastOnce,
            packetIdentifier: opened.packetIdentifier,
            isDuplicate: opened.isDuplicate,
            identifiers: plan.identifiers
        )
    }

    /// How many more QoS 1 deliveries the client takes now (MQTT-4.9.0-1).
    package var windowRoom: Int {
        max(0, client.receiveMaximum - (session?.window.count ?? 0))
    }

    mutating func pubAckReceived(_ pubAck: PubAckPacket, into actions: inout [ConnectionAction]) {
        let known = session?.acknowledge(packetIdentifier: pubAck.packetIdentifier) ?? false
        guard known else {
            refuse(
                .protocolError,
                "PUBACK for packet identifier \(pubAck.packetIdentifier), which was not sent",
                into: &actions
            )
            return
        }
        actions.append(.deliverWaiting)
    }

    mutating func disconnectReceived(
        _ disconnect: DisconnectPacket,
        into actions: inout [ConnectionAction]
    ) {
        if let expirySeconds = disconnect.properties.sessionExpiryInterval, var session {
            guard session.isDurable || expirySeconds == 0 else {
                // MQTT-3.14.2.2.2: zero in CONNECT cannot become more.
                refuse(
                    .protocolError,
                    "the session expiry interval was 0 in CONNECT and cannot be raised",
                    into: &actions
                )
                return
            }
            let granted = min(
                expirySeconds,
                settings.limits.sessionExpirySecondsMax
            )
            if granted != session.expirySeconds {
                session.expirySeconds = granted
                self.session = session
                let change: SessionChange =
                    granted == 0 ? .ended : .expiryChanged(expirySeconds: granted)
                actions.append(.recordSession(change, token: nil))
            }
        }
        end(&actions)
    }
}

/// What the driver does with the session between events.
extension ConnectionMachine {
    /// Marks everything before `index` as considered.
    package mutating func advance(to index: UInt64, committed: UInt64) {
        session?.advance(to: index, committed: committed)
    }

    /// Makes a live session wait from `index` on.
    package mutating func fallBehind(at index: UInt64) {
        session?.fallBehind(at: index)
    }

    /// Takes what is to be reported in the log.
    package mutating func takeReport() -> (acknowledged: [UInt64], skipped: [UInt64])? {
        session?.takeReport()
    }

    /// Forgets a claim that was given up.
    package mutating func forgetClaim() {
        if case .claiming = phase { phase = .closed }
    }

    /// No CONNECT has come in time.
    package mutating func connectTimedOut(into actions: inout [ConnectionAction]) {
        guard case .awaitingConnect = phase else { return }
        let text = "no CONNECT came within \(settings.limits.connectSeconds) s of the handshake"
        actions.append(.refuse(Refusal(.connect, .protocolError, text), token: nil))
        end(&actions)
    }
}
