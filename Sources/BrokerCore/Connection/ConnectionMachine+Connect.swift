import Alerts
package import Base
import MQTTCodec

/// CONNECT and its answer (MQTT 5.0 3.1, 3.2).
extension ConnectionMachine {
    mutating func connectReceived(
        _ connect: ConnectPacket,
        into actions: inout [ConnectionAction]
    ) {
        if connect.version == .v5 || settings.topics.hasOpaqueChannels { version = connect.version }
        client = ClientCapabilities(connect, limits: settings.limits)
        if let refusal = refusal(of: connect) {
            actions.append(.refuse(refusal, token: nil))
            send(refusal.connAck, into: &actions)
            end(&actions)
            return
        }
        let key = SessionKey(station: station, clientIdentifier: connect.clientIdentifier)
        phase = .claiming(connect, key)
        actions.append(.claimSession(key, cleanStart: connect.cleanStart))
    }

    private func refusal(of connect: ConnectPacket) -> Refusal? {
        guard connect.version == version else {
            let error = MQTTDecodingError.unsupported(level: connect.version.rawValue)
            return Refusal(.connect, error.reasonCode, error.message)
        }
        guard isLoopback || directory[station.agency]?.member.role == station.role else {
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
        return identifierRefusal(of: connect) ?? connect.will.flatMap { refusal(of: $0) }
    }

    private func identifierRefusal(of connect: ConnectPacket) -> Refusal? {
        let byteCountMax = settings.limits.clientIdentifierByteCountMax
        guard connect.clientIdentifier.utf8.count <= byteCountMax else {
            let text = "a client identifier may have \(byteCountMax) bytes [MQTT-3.1.3-8]"
            return Refusal(.connect, .clientIdentifierNotValid, text)
        }
        let recordedMax = SessionKey.recordedByteCountMax
        guard connect.clientIdentifier.utf8.count <= recordedMax || expirySeconds(of: connect) == 0
        else {
            let text =
                "the client identifier of a session that is kept may have \(recordedMax) bytes"
            return Refusal(.connect, .clientIdentifierNotValid, text)
        }
        if connect.version == .v311, connect.clientIdentifierIsAssigned, !connect.cleanStart {
            let text = "a session that is to be kept needs a client identifier (3.1.1: 3.1.3.1)"
            return Refusal(.connect, .clientIdentifierNotValid, text)
        }
        return nil
    }

    private func refusal(of will: ConnectPacket.Will) -> Refusal? {
        guard settings.topics.place(of: will.topicName) == .opaque else {
            if will.retain, !settings.topics.hasOpaqueChannels {
                return Refusal(.connect, .retainNotSupported, "retained messages are not served")
            }
            return Refusal(
                .connect,
                .implementationSpecificError,
                "a will cannot be a signed alert: connect without one"
            )
        }
        if will.properties.payloadFormatIndicator == 1,
            StrictText.decode(will.payload[...]) == nil
        {
            let text = "the will's payload format indicator promises UTF-8, which it is not"
            return Refusal(.connect, .payloadFormatInvalid, text)
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
        let expirySeconds = expirySeconds(of: connect)
        let resumes = claimed != nil && !connect.cleanStart
        if let claimed, !resumes { discard(claimed, &actions) }
        var session = resumes ? claimed : nil
        if session == nil {
            session = Session(key: key, expirySeconds: expirySeconds)
            if expirySeconds > 0 {
                let change = SessionChange.created(expirySeconds: expirySeconds, cursor: committed)
                actions.append(.recordSession(change, token: nil))
            }
        } else if session?.expirySeconds != expirySeconds {
            session?.expirySeconds = expirySeconds
            let change: SessionChange =
                expirySeconds == 0 ? .ended : .expiryChanged(expirySeconds: expirySeconds)
            actions.append(.recordSession(change, token: nil))
        }
        session?.connectionBegan(committed: committed)
        phase = .connected
        self.session = session
        will = connect.will
        namesNoExpiry = connect.version == .v5 && connect.properties.sessionExpiryInterval == nil
        keepAliveSeconds = serverKeepAlive(connect)
        keepAliveHeard(now: now)
        reviewSubscriptions(into: &actions)
        let answer = connAck(connect, sessionPresent: resumes, expirySeconds: expirySeconds)
        guard send(answer, into: &actions) else {
            end(&actions)
            return
        }
        resume(&actions)
        actions.append(.sessionReady)
    }

    private func expirySeconds(of connect: ConnectPacket) -> UInt32 {
        guard connect.version == .v5 else {
            return connect.cleanStart ? 0 : settings.limits.sessionExpirySecondsMax
        }
        return min(
            connect.properties.sessionExpiryInterval ?? 0,
            settings.limits.sessionExpirySecondsMax
        )
    }

    // A session that ends here and now: its will is due (3.1.3.2.2).
    private func discard(_ session: Session, _ actions: inout [ConnectionAction]) {
        if session.isDurable { actions.append(.recordSession(.ended, token: nil)) }
        if let will = session.will { actions.append(.publishWill(will.message)) }
        for subscription in session.subscriptions where subscription.isShared {
            actions.append(.leaveShare(subscription.filter))
        }
    }

    // What was under way when the last connection ended goes on first [MQTT-4.4.0-1].
    private mutating func resume(_ actions: inout [ConnectionAction]) {
        resumeDeliveries(&actions)
        for subscription in session?.subscriptions ?? [] where subscription.isShared {
            actions.append(.joinShare(subscription))
        }
    }

    /// Sends again what has room in the window now [MQTT-3.3.4-9].
    mutating func resumeDeliveries(_ actions: inout [ConnectionAction]) {
        let deliveries = session?.takeResumptions(receiveMaximum: client.receiveMaximum) ?? []
        for delivery in deliveries {
            let identifier = delivery.packetIdentifier
            if delivery.isReleased {
                let pubRel = PubAckPacket(packetIdentifier: identifier, reasonCode: .success)
                actions.append(.send(.pubRel(pubRel)))
            } else {
                actions.append(.resendHeld(packetIdentifier: identifier))
            }
        }
    }

    /// The session cannot be had: the station has too many, or a later CONNECT displaced this one.
    package mutating func sessionRefused(
        _ refusal: Refusal,
        into actions: inout [ConnectionAction]
    ) {
        guard case .claiming = phase else { return }
        actions.append(.refuse(refusal, token: nil))
        send(refusal.connAck, into: &actions)
        end(&actions)
    }

    // [MQTT-3.2.2-19, MQTT-3.2.2-20]: false if the client takes no CONNACK at all.
    @discardableResult
    private func send(_ connAck: ConnAckPacket, into actions: inout [ConnectionAction]) -> Bool {
        sendIfItFits(
            .connAck(connAck),
            orElse: { packet in
                guard case .connAck(var bare) = packet else { return packet }
                bare.properties.userProperties = []
                bare.properties.reasonString = nil
                return .connAck(bare)
            },
            into: &actions
        )
    }

    // A permission that has gone since the subscription was made ends it when the session comes
    // back; until then, delivery is checked for every alert.
    mutating func reviewSubscriptions(into actions: inout [ConnectionAction]) {
        let member = isLoopback ? nil : directory[station.agency]?.member
        let topics = settings.topics
        let removed = session?.reviewSubscriptions { subscription in
            SubscriptionPolicy.decide(subscription.filter, member: member, topics: topics).scopes
        }
        for subscription in removed ?? [] {
            if subscription.isShared { actions.append(.leaveShare(subscription.filter)) }
            guard session?.isDurable == true else { continue }
            let change = SessionChange.unsubscribed(filter: subscription.filter.description)
            actions.append(.recordSession(change, token: nil))
        }
    }

    // MQTT 3.1.1 has no way to tell the client of another keep alive.
    private func serverKeepAlive(_ connect: ConnectPacket) -> UInt16 {
        let maximum = settings.limits.keepAliveSecondsMax
        guard connect.version == .v5,
            connect.keepAliveSeconds == 0 || connect.keepAliveSeconds > maximum
        else { return connect.keepAliveSeconds }
        return maximum
    }

    private func connAck(
        _ connect: ConnectPacket,
        sessionPresent: Bool,
        expirySeconds: UInt32
    ) -> ConnAckPacket {
        var properties = Properties()
        // The first ones in the order in which suites that compare bytes expect them.
        if keepAliveSeconds != connect.keepAliveSeconds {
            properties.serverKeepAlive = keepAliveSeconds
        }
        properties.topicAliasMaximum = settings.limits.topicAliasMaximum
        if connect.clientIdentifierIsAssigned {
            properties.assignedClientIdentifier = connect.clientIdentifier
        }
        addCapabilities(to: &properties)
        if connect.properties.requestResponseInformation == true {
            properties.responseInformation = responseInformation(connect.clientIdentifier)
        }
        if (connect.properties.sessionExpiryInterval ?? 0) != expirySeconds {
            properties.sessionExpiryInterval = expirySeconds
        }
        return ConnAckPacket(
            sessionPresent: sessionPresent,
            reasonCode: .success,
            properties: properties
        )
    }

    private func addCapabilities(to properties: inout Properties) {
        let hasOpaqueChannels = settings.topics.hasOpaqueChannels
        if !hasOpaqueChannels { properties.retainAvailable = false }
        properties.maximumPacketSize = UInt32(clamping: settings.limits.packetByteCountMax)
        properties.receiveMaximum = settings.limits.receiveMaximum
        if !hasOpaqueChannels { properties.sharedSubscriptionAvailable = false }
        properties.userProperties = [
            UserProperty(name: "aviso-server", value: settings.serverVersion),
            UserProperty(name: "aviso-origin", value: settings.logOrigin),
        ]
    }

    // Where a client may have its answers sent (4.10.1).
    private func responseInformation(_ clientIdentifier: String) -> String? {
        settings.topics.opaqueChannels.first.map { "\($0.prefix)responses/\(clientIdentifier)" }
    }
}
