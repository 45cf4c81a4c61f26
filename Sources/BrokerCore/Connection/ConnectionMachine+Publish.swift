import Alerts
import Base
import MQTTCodec

/// PUBLISH from the client and its acknowledgement (MQTT 5.0 3.3 to 3.7, 4.3, 4.9).
extension ConnectionMachine {
    /// A publish that waits for the sequencer.
    struct PendingPublish: Sendable {
        let packetIdentifier: UInt16
        let qos: QoS
    }

    mutating func publishReceived(
        _ publish: PublishPacket,
        into actions: inout [ConnectionAction]
    ) {
        guard let topicName = resolveTopic(of: publish, into: &actions) else { return }
        guard publish.properties.subscriptionIdentifiers.isEmpty else {
            let text = "a client's PUBLISH has no subscription identifier [MQTT-3.3.4-6]"
            refuse(.protocolError, text, into: &actions)
            return
        }
        guard StatementTopic(topicName: topicName) == nil else {
            publishAlert(publish, topicName, &actions)
            return
        }
        switch settings.topics.place(of: topicName) {
        case .opaque:
            guard take(publish, into: &actions) else { return }
            publishOpaque(publish, topicName, &actions)
        case .reserved where settings.topics.hasOpaqueChannels:
            guard take(publish, into: &actions) else { return }
            refuse(publish, .notAuthorized, Sentence.topicReserved(topicName), &actions)
        case .nowhere where settings.topics.hasOpaqueChannels:
            guard take(publish, into: &actions) else { return }
            refuse(publish, .topicNameInvalid, Sentence.topicUnknown(topicName), &actions)
        case .alerts, .reserved, .nowhere:
            publishAlert(publish, topicName, &actions)
        }
    }

    private mutating func publishAlert(
        _ publish: PublishPacket,
        _ topicName: String,
        _ actions: inout [ConnectionAction]
    ) {
        guard !publish.retain else {
            // MQTT-3.2.2-14
            refuse(
                .retainNotSupported,
                "alerts are never retained",
                of: .publish,
                into: &actions
            )
            return
        }
        guard let packetIdentifier = publish.packetIdentifier else {
            let text =
                "alerts are published with QoS 1 or 2: QoS 0 has no answer that could carry the "
                + "receipt"
            refuse(.qosNotSupported, text, of: .publish, into: &actions)
            return
        }
        guard take(publish, into: &actions) else { return }
        // Who may state what is told by the statement itself.
        let isForAgencies = StatementTopic(topicName: topicName) == nil
        guard !isLoopback, station.role == .agency || !isForAgencies else {
            let who = isLoopback ? "a client without certificate" : "an \(station.role.rawValue)"
            refuse(publish, .notAuthorized, Sentence.onlyAgencies(who), &actions)
            return
        }
        actions.append(.admit(publish, topicName: topicName, token: UInt64(packetIdentifier)))
    }

    private mutating func publishOpaque(
        _ publish: PublishPacket,
        _ topicName: String,
        _ actions: inout [ConnectionAction]
    ) {
        if publish.properties.payloadFormatIndicator == 1,
            StrictText.decode(publish.payload[...]) == nil
        {
            let text = "the payload format indicator promises UTF-8, which the payload is not"
            refuse(publish, .payloadFormatInvalid, text, &actions)
            return
        }
        let token = publish.packetIdentifier.map { UInt64($0) }
        actions.append(.publishOpaque(publish, topicName: topicName, token: token))
    }

    private mutating func refuse(
        _ publish: PublishPacket,
        _ reasonCode: ReasonCode,
        _ text: String,
        _ actions: inout [ConnectionAction]
    ) {
        let token = publish.packetIdentifier.map { UInt64($0) }
        actions.append(.refuse(Refusal(.publish, reasonCode, text), token: token))
    }

    // Begins the exchange of a QoS 1 or 2 publish; false if it is not to be processed.
    private mutating func take(
        _ publish: PublishPacket,
        into actions: inout [ConnectionAction]
    ) -> Bool {
        guard let packetIdentifier = publish.packetIdentifier else { return true }
        if publish.qos == .exactlyOnce, session?.unreleased.contains(packetIdentifier) == true {
            // MQTT-4.3.3-10: it was taken before, and only its acknowledgement is repeated. Once:
            // nothing is sent again but after a reconnection [MQTT-4.4.0-1].
            guard !publish.duplicate || repeatedPublishes.insert(packetIdentifier).inserted else {
                let text = "PUBLISH \(packetIdentifier) with DUP came twice [MQTT-4.4.0-1]"
                refuse(.protocolError, text, into: &actions)
                return false
            }
            let pubRec = PubAckPacket(packetIdentifier: packetIdentifier, reasonCode: .success)
            actions.append(.send(.pubRec(pubRec)))
            return false
        }
        let underWay = pendingPublishes.count + (session?.unreleased.count ?? 0)
        guard underWay < settings.limits.receiveMaximum else {
            // MQTT-3.3.4-7, -9
            refuse(
                .receiveMaximumExceeded,
                "more than \(settings.limits.receiveMaximum) publishes are under way: wait for "
                    + "their acknowledgements, as the receive maximum of CONNACK asks",
                limit: .receiveMaximum,
                into: &actions
            )
            return false
        }
        guard !pendingPublishes.contains(where: { $0.packetIdentifier == packetIdentifier }) else {
            refuse(
                .protocolError,
                "packet identifier \(packetIdentifier) is still in use [MQTT-2.2.1-3]",
                into: &actions
            )
            return false
        }
        pendingPublishes.append(
            PendingPublish(packetIdentifier: packetIdentifier, qos: publish.qos)
        )
        return true
    }

    /// A publish has been decided: it is on stable storage, or refused.
    ///
    /// - Parameters:
    ///   - token: the token of `admit`, `publishOpaque` or `refuse`.
    ///   - result: what became of it.
    ///   - isForNobody: whether no subscription wants it.
    ///   - actions: receives what is to be done.
    package mutating func publishCompleted(
        token: UInt64,
        result: PublishResult,
        isForNobody: Bool = false,
        into actions: inout [ConnectionAction]
    ) {
        guard let packetIdentifier = UInt16(exactly: token),
            let place = pendingPublishes.firstIndex(where: {
                $0.packetIdentifier == packetIdentifier
            })
        else { return }
        // The sequencer answers in the order of arrival, as MQTT-4.6.0-2 and -3 ask.
        let pending = pendingPublishes.remove(at: place)
        note(pending, result)
        guard case .connected = phase else { return }
        var answer = answer(to: pending, result)
        if isForNobody, pending.qos == .atLeastOnce, answer.reasonCode == .success {
            answer.reasonCode = .noMatchingSubscribers
        }
        if version == .v311, answer.reasonCode.isError {
            // MQTT 3.1.1 has no way to say no.
            end(&actions)
            return
        }
        sendIfItFits(
            pending.qos == .exactlyOnce ? .pubRec(answer) : .pubAck(answer),
            orElse: { packet in
                // MQTT-3.4.2-2, MQTT-3.4.2-3, MQTT-3.5.2-2, MQTT-3.5.2-3
                switch packet {
                case .pubAck(var bare):
                    bare.properties = Properties()
                    return .pubAck(bare)
                case .pubRec(var bare):
                    bare.properties = Properties()
                    return .pubRec(bare)
                default: return packet
                }
            },
            into: &actions
        )
    }

    // What was taken is not to be taken again [MQTT-4.3.3-10], even where the connection has ended
    // before the answer. An alert is: its author gets the receipt, and the log no second entry.
    private mutating func note(_ pending: PendingPublish, _ result: PublishResult) {
        guard pending.qos == .exactlyOnce, case .accepted(_, let receipt) = result,
            isConnected || receipt == nil
        else { return }
        session?.unreleased.insert(pending.packetIdentifier)
    }

    /// Whether QoS 2 publishes wait for the sequencer, so that the session cannot be given away.
    package var hasUndecidedPublishes: Bool {
        pendingPublishes.contains { $0.qos == .exactlyOnce }
    }

    private func answer(to pending: PendingPublish, _ result: PublishResult) -> PubAckPacket {
        var answer = PubAckPacket(
            packetIdentifier: pending.packetIdentifier,
            reasonCode: .success
        )
        if case .refused(let refusal) = result { answer.reasonCode = refusal.reasonCode }
        guard client.wantsProblemInformation else { return answer }
        switch result {
        case .accepted(let index, let receipt?):
            answer.properties.userProperties = [
                UserProperty(name: "aviso-index", value: String(index)),
                UserProperty(name: "aviso-receipt", value: receipt),
            ]
        case .accepted(_, nil):
            break
        case .refused(let refusal):
            answer.properties.reasonString = refusal.text
            answer.properties.userProperties = refusal.retryProperties
        }
        return answer
    }

    /// PUBREL: the end of a QoS 2 publish (4.3.3).
    mutating func pubRelReceived(_ pubRel: PubAckPacket, into actions: inout [ConnectionAction]) {
        session?.unreleased.remove(pubRel.packetIdentifier)
        repeatedPublishes.remove(pubRel.packetIdentifier)
        // An unknown identifier is none of the client's mistakes after a restart of the broker, so
        // that it is told nothing else (3.7.2.1 allows both).
        let pubComp = PubAckPacket(
            packetIdentifier: pubRel.packetIdentifier,
            reasonCode: .success
        )
        actions.append(.send(.pubComp(pubComp)))
    }

    // Topic aliases from the client (3.3.2.3.4).
    private mutating func resolveTopic(
        of publish: PublishPacket,
        into actions: inout [ConnectionAction]
    ) -> String? {
        guard let alias = publish.properties.topicAlias else {
            if publish.topicName.isEmpty {
                refuse(
                    .protocolError,
                    "a PUBLISH without topic name needs a topic alias",
                    into: &actions
                )
                return nil
            }
            return publish.topicName
        }
        guard alias > 0, Int(alias) <= settings.limits.topicAliasMaximum else {
            // MQTT-3.3.2-8, -9
            refuse(
                .topicAliasInvalid,
                "topic alias \(alias) is not within 1...\(settings.limits.topicAliasMaximum)",
                into: &actions
            )
            return nil
        }
        if !publish.topicName.isEmpty {
            topicAliases[alias] = publish.topicName
            return publish.topicName
        }
        guard let topicName = topicAliases[alias] else {
            refuse(.protocolError, "topic alias \(alias) was never set", into: &actions)
            return nil
        }
        return topicName
    }
}
