import Alerts
package import Base
package import MQTTCodec

/// SUBSCRIBE, UNSUBSCRIBE and their answers (MQTT 5.0 3.8 to 3.11).
extension ConnectionMachine {
    /// A SUBSCRIBE whose start is being looked up in the log.
    struct PendingSubscribe: Sendable {
        let token: UInt64
        let packet: SubscribePacket
    }

    /// An answer that waits until the log has what it promises.
    struct PendingRecord: Sendable {
        var answer: ControlPacket
        var sendsCheckpoint = false
        var retained: [Subscription] = []
        var joined: [Subscription] = []
    }

    /// The user property of SUBSCRIBE that says where to begin: an index or an RFC 3339 time; in
    /// SUBACK the index where the subscriptions do.
    package static let startPropertyName = "aviso-from"

    mutating func subscribeReceived(
        _ packet: SubscribePacket,
        committed: UInt64,
        into actions: inout [ConnectionAction]
    ) {
        let starts = packet.properties.userProperties.filter { $0.name == Self.startPropertyName }
        guard let start = starts.last?.value else {
            subscribe(packet, from: nil, committed: committed, into: &actions)
            return
        }
        if let index = UInt64(start) {
            subscribe(packet, from: min(index, committed), committed: committed, into: &actions)
        } else if let time = RFC3339.parse(start) {
            let token = nextToken()
            pendingSubscribe = PendingSubscribe(token: token, packet: packet)
            actions.append(.resolveStart(time, token: token))
        } else {
            let text = "\(Self.startPropertyName) must be an index or an RFC 3339 time"
            refuseAll(packet, Refusal(.subscribe, .implementationSpecificError, text), &actions)
        }
    }

    /// The agency asks for more than it may: its SUBSCRIBE is not carried out.
    ///
    /// - Parameters:
    ///   - packet: the packet.
    ///   - refusal: why.
    ///   - now: the clock.
    ///   - actions: receives what is to be done.
    package mutating func requestRefused(
        _ packet: ControlPacket,
        _ refusal: Refusal,
        now: MonotonicTime,
        into actions: inout [ConnectionAction]
    ) {
        guard case .connected = phase, case .subscribe(let subscribe) = packet else { return }
        keepAliveHeard(now: now)
        refuseAll(subscribe, refusal, &actions)
    }

    /// The start of a subscription by time has been found, after `resolveStart`.
    ///
    /// - Parameters:
    ///   - token: the token of `resolveStart`.
    ///   - index: the first entry at or after the time, or the size of the log.
    ///   - committed: the size of the log.
    ///   - actions: receives what is to be done.
    package mutating func startResolved(
        token: UInt64,
        index: UInt64,
        committed: UInt64,
        into actions: inout [ConnectionAction]
    ) {
        guard case .connected = phase, let pending = pendingSubscribe, pending.token == token
        else { return }
        pendingSubscribe = nil
        subscribe(pending.packet, from: index, committed: committed, into: &actions)
    }

    /// Whether the driver must hold packets back until the start of a subscription has been found:
    /// what the client says after its SUBSCRIBE is to take effect after it.
    package var isResolvingStart: Bool { pendingSubscribe != nil }

    private mutating func subscribe(
        _ packet: SubscribePacket,
        from: UInt64?,
        committed: UInt64,
        into actions: inout [ConnectionAction]
    ) {
        let record = directory[station.agency]
        guard record != nil || isLoopback, session != nil else {
            let text = "\(station.agency) is no longer in the directory"
            refuseAll(packet, Refusal(.subscribe, .notAuthorized, text), &actions)
            return
        }
        var subAck = SubAckPacket(packetIdentifier: packet.packetIdentifier, reasonCodes: [])
        var pending = PendingRecord(answer: .subAck(subAck))
        var granted: [Subscription] = []
        var changes: [SessionChange] = []
        var recordedCount = 0
        for request in packet.subscriptions {
            let scopes: Subscription.Scopes
            switch decide(request.filter, member: isLoopback ? nil : record?.member) {
            case .allowed(let allowed):
                scopes = allowed
            case .denied(let reasonCode, let text):
                subAck.reasonCodes.append(reasonCode)
                if client.wantsProblemInformation, subAck.properties.reasonString == nil {
                    subAck.properties.reasonString = text
                }
                let limit =
                    hasRoom(for: request.filter) ? nil : PeerLimit.subscriptionsPerSessionMax
                // Each filter has its code; the log is told of as many as a session may have.
                if recordedCount < settings.limits.subscriptionsPerSessionMax {
                    let refusal = Refusal(.subscribe, reasonCode, text, limit: limit)
                    actions.append(.refuse(refusal, token: nil))
                }
                recordedCount += 1
                continue
            }
            var options = request.options
            if scopes == .checkpoint { options.qos = .atMostOnce }
            let subscription = Subscription(
                filter: request.filter,
                options: options,
                identifier: packet.properties.subscriptionIdentifiers.first,
                from: start(of: request.filter, scopes, from, committed),
                scopes: scopes
            )
            note(subscription, in: &pending)
            granted.append(subscription)
            if !isRecorded(subscription) { changes.append(.subscribed(subscription)) }
            session?.subscribe(subscription, committed: committed)
            subAck.reasonCodes.append(options.qos.grantedReasonCode)
        }
        addStart(of: granted, committed, to: &subAck)
        pending.answer = .subAck(subAck)
        answer(pending, after: changes, into: &actions)
    }

    // Where the subscriptions of the packet begin to deliver after this answer, so that a client
    // whose session is lost before the first delivery loses nothing else, and one whose session had
    // sent on before knows what of that comes again. User properties are not for clients that want
    // no problem information [MQTT-3.1.2-29].
    private func addStart(
        of granted: [Subscription],
        _ committed: UInt64,
        to subAck: inout SubAckPacket
    ) {
        guard client.wantsProblemInformation, let session else { return }
        let starts = granted.filter(\.tellsIndexes).map(\.from)
        guard let start = starts.min() else { return }
        let first = max(start, session.backlogStart ?? committed)
        subAck.properties.userProperties = [
            UserProperty(name: Self.startPropertyName, value: String(first))
        ]
    }

    // What follows the answer, for one subscription.
    private func note(_ subscription: Subscription, in record: inout PendingRecord) {
        if subscription.scopes.contains(.checkpoint) {
            record.sendsCheckpoint = true
        }
        if subscription.isShared {
            record.joined.append(subscription)
        } else if subscription.scopes.contains(.opaque) {
            let isNew = session?.subscriptions.contains { $0.filter == subscription.filter } != true
            switch subscription.options.retainHandling {
            case .send: record.retained.append(subscription)
            case .sendIfNew: if isNew { record.retained.append(subscription) }
            case .doNotSend: break
            }
        }
    }

    // Whether the log has the very subscription: who subscribes again at each start, as many
    // clients do, changes nothing.
    private func isRecorded(_ subscription: Subscription) -> Bool {
        guard pendingRecords.isEmpty else { return false }
        return session?.subscriptions.contains { $0.hasSameRecord(as: subscription) } ?? false
    }

    // A client that subscribes again without a start goes on where its subscription stands.
    private func start(
        of filter: TopicFilter,
        _ scopes: Subscription.Scopes,
        _ from: UInt64?,
        _ committed: UInt64
    ) -> UInt64 {
        guard scopes != .checkpoint else { return committed }
        if let from { return from }
        let held = session?.subscriptions.first { $0.filter == filter }
        return held?.from ?? committed
    }

    private func decide(
        _ filter: TopicFilter,
        member: DirectoryMember?
    ) -> SubscriptionPolicy.Decision {
        guard hasRoom(for: filter) else {
            let text =
                "a session may have \(settings.limits.subscriptionsPerSessionMax) subscriptions: "
                + "end one, or subscribe to a wider filter"
            return .denied(.quotaExceeded, text)
        }
        guard filter.description.utf8.count <= settings.limits.filterByteCountMax else {
            let text = "a topic filter may have \(settings.limits.filterByteCountMax) bytes"
            return .denied(.quotaExceeded, text)
        }
        return SubscriptionPolicy.decide(filter, member: member, topics: settings.topics)
    }

    private func hasRoom(for filter: TopicFilter) -> Bool {
        let held = session?.subscriptions ?? []
        return held.count < settings.limits.subscriptionsPerSessionMax
            || held.contains { $0.filter == filter }
    }

    mutating func unsubscribeReceived(
        _ packet: UnsubscribePacket,
        into actions: inout [ConnectionAction]
    ) {
        var reasonCodes: [ReasonCode] = []
        var changes: [SessionChange] = []
        for filter in packet.filters {
            let existed = session?.unsubscribe(filter) ?? false
            reasonCodes.append(existed ? .success : .noSubscriptionExisted)
            guard existed else { continue }
            changes.append(.unsubscribed(filter: filter.description))
            if filter.shareName != nil { actions.append(.leaveShare(filter)) }
        }
        let unsubAck = UnsubAckPacket(
            packetIdentifier: packet.packetIdentifier,
            reasonCodes: reasonCodes
        )
        answer(PendingRecord(answer: .unsubAck(unsubAck)), after: changes, into: &actions)
    }

    /// A change of a durable session is on stable storage, after `recordSession` with a token.
    package mutating func sessionRecorded(token: UInt64, into actions: inout [ConnectionAction]) {
        guard let record = pendingRecords.removeValue(forKey: token), case .connected = phase
        else { return }
        send(record, into: &actions)
    }

    /// A change of a durable session cannot be written, after `recordSession` with a token.
    ///
    /// What the answer would promise does not hold. The client is told so, and the connection ends.
    ///
    /// - Parameters:
    ///   - token: the token of `recordSession`.
    ///   - refusal: why.
    ///   - actions: receives what is to be done.
    package mutating func sessionUnrecorded(
        token: UInt64,
        _ refusal: Refusal,
        into actions: inout [ConnectionAction]
    ) {
        guard let record = pendingRecords.removeValue(forKey: token), case .connected = phase
        else { return }
        switch record.answer {
        case .subAck(var subAck):
            subAck.reasonCodes = subAck.reasonCodes.map { _ in refusal.reasonCode }
            if client.wantsProblemInformation { subAck.properties.reasonString = refusal.text }
            sendAnswer(.subAck(subAck), into: &actions)
        case .unsubAck(var unsubAck):
            unsubAck.reasonCodes = unsubAck.reasonCodes.map { _ in refusal.reasonCode }
            sendAnswer(.unsubAck(unsubAck), into: &actions)
        default:
            break
        }
        disconnect(refusal.reasonCode, refusal.text, into: &actions)
    }

    // The answer promises what survives a restart, so for a durable session it waits for the log.
    private mutating func answer(
        _ record: PendingRecord,
        after changes: [SessionChange],
        into actions: inout [ConnectionAction]
    ) {
        guard session?.isDurable == true, !changes.isEmpty else {
            send(record, into: &actions)
            return
        }
        let token = nextToken()
        pendingRecords[token] = record
        for change in changes.dropLast() {
            actions.append(.recordSession(change, token: nil))
        }
        if let last = changes.last { actions.append(.recordSession(last, token: token)) }
    }

    private func send(_ record: PendingRecord, into actions: inout [ConnectionAction]) {
        sendAnswer(record.answer, into: &actions)
        if record.sendsCheckpoint { actions.append(.sendCheckpoint) }
        for subscription in record.joined { actions.append(.joinShare(subscription)) }
        for subscription in record.retained { actions.append(.deliverRetained(subscription)) }
        actions.append(.sessionReady)
    }

    // [MQTT-3.9.2-1]
    private func sendAnswer(_ answer: ControlPacket, into actions: inout [ConnectionAction]) {
        sendIfItFits(
            answer,
            orElse: { packet in
                guard case .subAck(var bare) = packet else { return packet }
                bare.properties = Properties()
                return .subAck(bare)
            },
            into: &actions
        )
    }

    private func refuseAll(
        _ packet: SubscribePacket,
        _ refusal: Refusal,
        _ actions: inout [ConnectionAction]
    ) {
        actions.append(.refuse(refusal, token: nil))
        var subAck = SubAckPacket(
            packetIdentifier: packet.packetIdentifier,
            reasonCodes: packet.subscriptions.map { _ in refusal.reasonCode }
        )
        if client.wantsProblemInformation {
            subAck.properties.reasonString = refusal.text
            subAck.properties.userProperties = refusal.retryProperties
        }
        sendAnswer(.subAck(subAck), into: &actions)
    }
}

extension QoS {
    /// The reason code of SUBACK that grants it (3.9.3).
    fileprivate var grantedReasonCode: ReasonCode {
        switch self {
        case .atMostOnce: .grantedQoS0
        case .atLeastOnce: .grantedQoS1
        case .exactlyOnce: .grantedQoS2
        }
    }
}
