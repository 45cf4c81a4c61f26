import Alerts
package import Base
import MQTTCodec

/// CONNECT and its answer (MQTT 5.0 3.1, 3.2).
extension ConnectionMachine {
    mutating func connectReceived(
        _ connect: ConnectPacket,
        into actions: inout [ConnectionAction]
    ) {
        client = ClientCapabilities(connect, limits: settings.limits)
        if let refusal = refusal(of: connect) {
            actions.append(.refuse(refusal, token: nil))
            actions.append(.send(.connAck(refusal.connAck)))
            end(&actions)
            return
        }
        let key = SessionKey(station: station, clientIdentifier: connect.clientIdentifier)
        phase = .claiming(connect, key)
        actions.append(.claimSession(key, cleanStart: connect.cleanStart))
    }

    private func refusal(of connect: ConnectPacket) -> Refusal? {
        guard directory[station.agency]?.member.role == station.role else {
            return Refusal(
                .connect,
                .notAuthorized,
                "\(station.role.rawValue) \(station.agency) of the certificate is not in the "
                    + "directory: ask the operator to register it"
            )
        }
        if connect.properties.authenticationMethod != nil {
            return Refusal(
                .connect,
                .badAuthenticationMethod,
                "enhanced authentication is not served: the TLS certificate says who you are"
            )
        }
        if let will = connect.will {
            if will.retain {
                return Refusal(.connect, .retainNotSupported, "retained messages are not served")
            }
            return Refusal(
                .connect,
                will.qos == .exactlyOnce ? .qosNotSupported : .implementationSpecificError,
                "a will cannot be a signed alert: connect without one"
            )
        }
        return nil
    }

    /// The session has been claimed, after `claimSession`.
    ///
    /// - Parameters:
    ///   - claimed: the session as it was left, or nil if there was none.
    ///   - now: the clock.
    ///   - committed: the size of the log.
    ///   - actions: receives what is to be done.
    package mutating func sessionClaimed(
        _ claimed: Session?,
        now: MonotonicTime,
        committed: UInt64,
        into actions: inout [ConnectionAction]
    ) {
        guard case .claiming(let connect, let key) = phase else { return }
        let requested = connect.properties.sessionExpiryInterval ?? 0
        let expirySeconds = min(requested, settings.limits.sessionExpirySecondsMax)
        let resumes = claimed != nil && !connect.cleanStart
        if let claimed, !resumes, claimed.isDurable {
            actions.append(.recordSession(.ended, token: nil))
        }
        var session = resumes ? claimed : nil
        if session == nil {
            session = Session(key: key, expirySeconds: expirySeconds)
            if expirySeconds > 0 {
                let change = SessionChange.created(expirySeconds: expirySeconds, cursor: committed)
                actions.append(.recordSession(change, token: nil))
            }
        } else if session?.expirySeconds != expirySeconds {
            session?.expirySeconds = expirySeconds
            actions.append(
                .recordSession(.expiryChanged(expirySeconds: expirySeconds), token: nil)
            )
        }
        phase = .connected
        self.session = session
        keepAliveSeconds = serverKeepAlive(connect.keepAliveSeconds)
        keepAliveHeard(now: now)
        removeForbiddenSubscriptions(into: &actions)
        actions.append(
            .send(.connAck(connAck(connect, sessionPresent: resumes, expirySeconds: expirySeconds)))
        )
        actions.append(.sessionReady)
    }

    /// The session cannot be had: the station has too many, or a later CONNECT displaced this one.
    package mutating func sessionRefused(
        _ refusal: Refusal,
        into actions: inout [ConnectionAction]
    ) {
        guard case .claiming = phase else { return }
        actions.append(.refuse(refusal, token: nil))
        actions.append(.send(.connAck(refusal.connAck)))
        end(&actions)
    }

    // A permission that has gone since the subscription was made ends it, when the session comes
    // back or the directory changes; delivery is checked once more for every alert.
    mutating func removeForbiddenSubscriptions(into actions: inout [ConnectionAction]) {
        guard let record = directory[station.agency] else { return }
        let removed = session?.removeSubscriptions { subscription in
            SubscriptionPolicy.decide(subscription.filter, member: record.member).isAllowed
        }
        guard let removed, session?.isDurable == true else { return }
        for subscription in removed {
            let change = SessionChange.unsubscribed(filter: subscription.filter.description)
            actions.append(.recordSession(change, token: nil))
        }
    }

    private func serverKeepAlive(_ requested: UInt16) -> UInt16 {
        let maximum = settings.limits.keepAliveSecondsMax
        return requested == 0 || requested > maximum ? maximum : requested
    }

    private func connAck(
        _ connect: ConnectPacket,
        sessionPresent: Bool,
        expirySeconds: UInt32
    ) -> ConnAckPacket {
        var properties = capabilities()
        if (connect.properties.sessionExpiryInterval ?? 0) != expirySeconds {
            properties.sessionExpiryInterval = expirySeconds
        }
        if keepAliveSeconds != connect.keepAliveSeconds {
            properties.serverKeepAlive = keepAliveSeconds
        }
        if connect.clientIdentifierIsAssigned {
            properties.assignedClientIdentifier = connect.clientIdentifier
        }
        return ConnAckPacket(
            sessionPresent: sessionPresent,
            reasonCode: .success,
            properties: properties
        )
    }

    private func capabilities() -> Properties {
        var properties = Properties()
        properties.receiveMaximum = settings.limits.receiveMaximum
        properties.maximumQoS = .atLeastOnce
        properties.retainAvailable = false
        properties.maximumPacketSize = UInt32(clamping: settings.limits.packetByteCountMax)
        properties.topicAliasMaximum = settings.limits.topicAliasMaximum
        properties.sharedSubscriptionAvailable = false
        properties.userProperties = [
            UserProperty(name: "aviso-server", value: settings.serverVersion),
            UserProperty(name: "aviso-origin", value: settings.logOrigin),
        ]
        return properties
    }
}
