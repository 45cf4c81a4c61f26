import Alerts
import Base
package import MQTTCodec

/// PUBLISH to the client and its acknowledgement (MQTT 5.0 3.3 to 3.7, 4.3, 4.9).
extension ConnectionMachine {
    /// How a publication goes out to this connection.
    package enum Delivery: Equatable, Sendable {
        /// No subscription wants it.
        case none
        /// The window is full: the session waits at this entry.
        case windowFull
        /// It is larger than the client takes; it counts as sent (MQTT-3.1.2-25).
        case tooLarge
        /// Send it so.
        case send(PublishTemplate.Delivery)
    }

    /// Plans the delivery of one entry, and opens it in the session's window.
    ///
    /// - Parameters:
    ///   - publication: what is to be delivered.
    ///   - hasExpired: whether its time has passed, so that it is not begun any more.
    ///   - byteCount: the size of the packet without subscription identifiers, at most.
    ///   - measure: the exact size, asked for where that bound is larger than the client takes.
    /// - Returns: how it is to be sent, if at all.
    package mutating func planDelivery(
        _ publication: Session.Publication,
        hasExpired: Bool = false,
        byteCount: Int,
        measure: (PublishTemplate.Delivery) -> Int = { _ in .max }
    ) -> Delivery {
        guard case .connected = phase, let plan = session?.plan(publication) else { return .none }
        guard !hasExpired else {
            session?.leaveOut(plan)
            return .none
        }
        let subject = publication.subject
        var delivery = PublishTemplate.Delivery(qos: plan.qos)
        delivery.isRetained = plan.isRetained
        delivery.identifiers = plan.identifiers
        let size = size(of: delivery, byteCount: byteCount, measure: measure)
        guard size != .tooLarge else {
            if subject.isReported { session?.skip(index: publication.index) }
            session?.leaveOut(plan)
            return .tooLarge
        }
        if plan.qos == .atMostOnce {
            if subject.isReported { session?.sentWithoutAcknowledgement(index: publication.index) }
        } else {
            guard windowRoom > 0,
                let opened = session?.openDelivery(of: subject, qos: plan.qos)
            else { return .windowFull }
            delivery.packetIdentifier = opened.packetIdentifier
            delivery.isDuplicate = opened.isDuplicate
        }
        delivery.topic = size == .fits ? topic(of: publication.topicName) : .name
        return .send(delivery)
    }

    // How a delivery compares with the maximum packet size of the client (MQTT-3.1.2-24).
    private enum Size {
        case fits
        // With the topic's name, and nothing that the standard does not ask for.
        case fitsExactly
        case tooLarge
    }

    private func size(
        of delivery: PublishTemplate.Delivery,
        byteCount: Int,
        measure: (PublishTemplate.Delivery) -> Int
    ) -> Size {
        let bound = byteCount + delivery.identifiers.count * 5
        guard bound > client.packetByteCountMax else { return .fits }
        var numbered = delivery
        if numbered.qos != .atMostOnce { numbered.packetIdentifier = 1 }
        return measure(numbered) <= client.packetByteCountMax ? .fitsExactly : .tooLarge
    }

    /// Plans the next delivery that the session holds, and takes it out.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the packet without subscription identifiers, at most.
    ///   - measure: the exact size, asked for where that bound is larger than the client takes.
    /// - Returns: how it is to be sent; `none` if nothing is held.
    package mutating func planHeldDelivery(
        byteCount: Int,
        measure: (PublishTemplate.Delivery) -> Int = { _ in .max }
    ) -> Delivery {
        guard case .connected = phase, let held = session?.nextHeld else { return .none }
        guard held.qos == .atMostOnce || windowRoom > 0 else { return .windowFull }
        var delivery = PublishTemplate.Delivery(qos: held.qos)
        delivery.isRetained = held.isRetained
        delivery.identifiers = held.identifiers
        let size = size(of: delivery, byteCount: byteCount, measure: measure)
        let packetIdentifier = session?.openHeld()
        guard size != .tooLarge else {
            if let packetIdentifier { session?.window.close(packetIdentifier: packetIdentifier) }
            return .tooLarge
        }
        delivery.packetIdentifier = packetIdentifier
        delivery.topic = size == .fits ? topic(of: held.entry.opaque?.topicName ?? "") : .name
        return .send(delivery)
    }

    /// Plans how the latest checkpoint goes out.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the packet without subscription identifiers, at most.
    ///   - measure: the exact size, asked for where that bound is larger than the client takes.
    /// - Returns: how it is to be sent; `none` if it is not wanted, or to be had, any more.
    package mutating func planCheckpoint(
        byteCount: Int,
        measure: (PublishTemplate.Delivery) -> Int = { _ in .max }
    ) -> Delivery {
        guard case .connected = phase, directory[station.agency] != nil,
            let subscription = session?.subscriptions.first(where: {
                $0.scopes.contains(.checkpoint)
            })
        else { return .none }
        var delivery = PublishTemplate.Delivery(qos: .atMostOnce)
        delivery.identifiers = subscription.identifier.map { [$0] } ?? []
        let size = size(of: delivery, byteCount: byteCount, measure: measure)
        guard size != .tooLarge else { return .tooLarge }
        delivery.topic = size == .fits ? topic(of: subscription.filter.description) : .name
        return .send(delivery)
    }

    /// How a delivery that is sent again on a new connection goes out.
    package func planResend(_ held: HeldDelivery, packetIdentifier: UInt16) -> Delivery {
        var delivery = PublishTemplate.Delivery(qos: held.qos, packetIdentifier: packetIdentifier)
        delivery.isDuplicate = true
        delivery.isRetained = held.isRetained
        delivery.identifiers = held.identifiers
        return .send(delivery)
    }

    /// Adds a delivery that the log's order does not bring.
    ///
    /// - Returns: false if the session holds as many as it may.
    package mutating func hold(_ delivery: HeldDelivery) -> Bool {
        guard let session, session.heldCount < settings.limits.heldCountMax else { return false }
        self.session?.hold(delivery)
        return true
    }

    /// How many more QoS 1 and 2 deliveries the client takes now (MQTT-4.9.0-1).
    package var windowRoom: Int {
        max(0, client.receiveMaximum - (session?.window.count ?? 0))
    }

    /// How many entries of the log are worth reading for the client now: as many as the window
    /// takes, or any number where some deliveries need no window.
    package var deliveryRoom: Int {
        session?.needsWindow == true ? windowRoom : .max
    }

    // Topic aliases to the client (3.3.2.3.4): the first topics of a connection get one.
    private mutating func topic(of topicName: String) -> PublishTemplate.Delivery.Topic {
        let key = ExactText(topicName)
        if let alias = outboundAliases[key] { return .alias(alias) }
        guard outboundAliases.count < client.topicAliasMaximum else { return .name }
        let alias = UInt16(outboundAliases.count + 1)
        outboundAliases[key] = alias
        return .nameWithAlias(alias)
    }

    // MARK: - Acknowledgements

    mutating func pubAckReceived(_ pubAck: PubAckPacket, into actions: inout [ConnectionAction]) {
        acknowledged(
            session?.acknowledge(
                packetIdentifier: pubAck.packetIdentifier,
                isRefused: pubAck.reasonCode.isError
            ),
            "PUBACK for the QoS 2 delivery \(pubAck.packetIdentifier)",
            into: &actions
        )
    }

    mutating func pubRecReceived(_ pubRec: PubAckPacket, into actions: inout [ConnectionAction]) {
        let identifier = pubRec.packetIdentifier
        let outcome = session?.received(
            packetIdentifier: identifier,
            isRefused: pubRec.reasonCode.isError
        )
        // MQTT-4.3.3-4: not for a refusal. That nothing is under way with the identifier is none of
        // the client's mistakes after a restart of the broker, so that it is told nothing else.
        if outcome != .unexpected, !pubRec.reasonCode.isError {
            let pubRel = PubAckPacket(packetIdentifier: identifier, reasonCode: .success)
            actions.append(.send(.pubRel(pubRel)))
        }
        acknowledged(outcome, "PUBREC for the QoS 1 delivery \(identifier)", into: &actions)
    }

    mutating func pubCompReceived(
        _ pubComp: PubAckPacket,
        into actions: inout [ConnectionAction]
    ) {
        acknowledged(
            session?.completed(packetIdentifier: pubComp.packetIdentifier),
            "PUBCOMP for the delivery \(pubComp.packetIdentifier), which was not released",
            into: &actions
        )
    }

    // An acknowledgement of what is no longer under way is late, not wrong.
    private mutating func acknowledged(
        _ outcome: Session.Acknowledgement?,
        _ complaint: String,
        into actions: inout [ConnectionAction]
    ) {
        switch outcome {
        case .unexpected: refuse(.protocolError, complaint, into: &actions)
        case .expected:
            resumeDeliveries(&actions)
            actions.append(.deliverWaiting)
        case .unknown, nil: break
        }
    }
}

/// What the driver does with the session between events.
extension ConnectionMachine {
    /// Where the session must read on; nil while it is live.
    package var backlogStart: UInt64? { session?.backlogStart }

    /// What the session holds that is to go out next.
    package var nextHeld: HeldDelivery? { session?.nextHeld }

    /// Marks everything before `index` as considered.
    package mutating func advance(to index: UInt64, committed: UInt64) {
        session?.advance(to: index, committed: committed)
    }

    /// Makes a live session wait from `index` on.
    package mutating func fallBehind(at index: UInt64) {
        session?.fallBehind(at: index)
    }

    /// Makes a session wait for the copy of an entry that readers of the log get.
    package mutating func oweLogCopy(of index: UInt64) {
        session?.oweLogCopy(of: index)
    }

    /// Takes what is to be reported in the log.
    package mutating func takeReport() -> Session.Report? {
        session?.takeReport()
    }
}
