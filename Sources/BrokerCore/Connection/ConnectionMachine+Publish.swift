import Alerts
import Base
import MQTTCodec

/// PUBLISH from the client and its acknowledgement (MQTT 5.0 3.3, 3.4, 4.9).
extension ConnectionMachine {
    mutating func publishReceived(
        _ publish: PublishPacket,
        into actions: inout [ConnectionAction]
    ) {
        guard let topicName = resolveTopic(of: publish, into: &actions) else { return }
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
        guard let packetIdentifier = publish.packetIdentifier, publish.qos == .atLeastOnce else {
            let text =
                "alerts are published with QoS 1: QoS 0 has no answer that could carry the "
                + "receipt, and QoS 2 is not served"
            refuse(.qosNotSupported, text, of: .publish, into: &actions)
            return
        }
        guard pendingPublishes.count < settings.limits.receiveMaximum else {
            // MQTT-3.3.4-7, -9
            refuse(
                .receiveMaximumExceeded,
                "more than \(settings.limits.receiveMaximum) publishes are under way",
                into: &actions
            )
            return
        }
        guard !pendingPublishes.contains(packetIdentifier) else {
            refuse(
                .protocolError,
                "packet identifier \(packetIdentifier) is still in use [MQTT-2.2.1-3]",
                into: &actions
            )
            return
        }
        pendingPublishes.append(packetIdentifier)
        let token = UInt64(packetIdentifier)
        guard case .agency = station.role else {
            let text =
                "only agencies publish alerts, and this is the station of an "
                + "\(station.role.rawValue)"
            actions.append(.refuse(Refusal(.publish, .notAuthorized, text), token: token))
            return
        }
        actions.append(.admit(publish, topicName: topicName, token: token))
    }

    /// A publish has been decided: it is on stable storage, or refused.
    ///
    /// - Parameters:
    ///   - token: the token of `admit` or `refuse`.
    ///   - result: what became of it.
    ///   - actions: receives what is to be done.
    package mutating func publishCompleted(
        token: UInt64,
        result: PublishResult,
        into actions: inout [ConnectionAction]
    ) {
        guard let packetIdentifier = UInt16(exactly: token),
            let place = pendingPublishes.firstIndex(of: packetIdentifier)
        else { return }
        // The sequencer answers in the order of arrival, as MQTT-4.6.0-2 asks.
        pendingPublishes.remove(at: place)
        guard case .connected = phase else { return }
        var pubAck = PubAckPacket(packetIdentifier: packetIdentifier, reasonCode: .success)
        if case .refused(let refusal) = result { pubAck.reasonCode = refusal.reasonCode }
        if client.wantsProblemInformation {
            switch result {
            case .accepted(let index, let receipt):
                pubAck.properties.userProperties = [
                    UserProperty(name: "aviso-index", value: String(index)),
                    UserProperty(name: "aviso-receipt", value: receipt),
                ]
            case .refused(let refusal):
                pubAck.properties.reasonString = refusal.text
            }
        }
        sendIfItFits(
            .pubAck(pubAck),
            orElse: { packet in
                // MQTT-3.4.2-2, MQTT-3.4.2-3
                guard case .pubAck(var bare) = packet else { return packet }
                bare.properties = Properties()
                return .pubAck(bare)
            },
            into: &actions
        )
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
