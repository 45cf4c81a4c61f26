package import Base
package import MQTTCodec

/// Subscriptions, their readers, and what comes for them (MQTT 5.0 3.3, 3.8 to 3.11).
extension ClientSessionMachine {
    // How long a session may be full of what nobody reads before that is an error: a reader may be
    // on its way.
    private static let stallMilliseconds: UInt64 = 10_000

    /// Subscribes to a filter for one more reader.
    ///
    /// - Parameters:
    ///   - filter: the filter.
    ///   - qos: the quality of service.
    ///   - from: the index or time to begin at; nil for the present, or where the session stands.
    ///   - isKept: whether a session that is kept goes on with it when its reader has ended.
    ///   - token: the reader.
    ///   - now: the clock.
    ///   - actions: receives what is to be done.
    package mutating func subscribe(
        filter: TopicFilter,
        qos: QoS,
        from: String?,
        isKept: Bool = true,
        token: UInt64,
        now: MonotonicTime,
        into actions: inout [ClientAction]
    ) {
        guard !hasEnded else {
            actions.append(.failed(token: token, .closed))
            return
        }
        let isKept = isKept && settings.sessionExpirySeconds > 0
        let identifier = nextSubscriptionIdentifier()
        var place = subscriptions.count
        if let known = subscriptions.firstIndex(where: { $0.filter == filter }) {
            place = known
            guard request(from, at: place) else {
                actions.append(.failed(token: token, .startUnclear(filter.description)))
                return
            }
            subscriptions[place].joined(
                by: token,
                qos: qos,
                identifier: identifier,
                isKept: isKept
            )
            for reader in readers.indices where readers[reader].filter == filter {
                readers[reader].identifiers.insert(identifier)
            }
        } else {
            subscriptions.append(
                ClientSubscription(
                    filter: filter,
                    qos: qos,
                    identifier: identifier,
                    isKept: isKept,
                    request: from,
                    token: token
                )
            )
        }
        unsubscribing.removeAll { $0 == filter }
        readers.append(
            ClientReader(
                token: token,
                filter: filter,
                hasStart: from != nil,
                isKept: isKept,
                // One that goes on where the subscription stands gets what was marked before too.
                identifiers: from == nil ? Set(subscriptions[place].identifiers) : [identifier]
            )
        )
        if case .online = phase { sendSubscribe(place, now, &actions) }
        settleUnclaimed(now, &actions)
    }

    // Lets a SUBSCRIBE that replaces the one before begin where its readers miss nothing; false if
    // it cannot be told where that is.
    private mutating func request(_ from: String?, at place: Int) -> Bool {
        guard let from else { return true }
        let subscription = subscriptions[place]
        guard readers.contains(where: { $0.filter == subscription.filter }) else {
            subscriptions[place].request = from
            return true
        }
        guard let index = UInt64(from), let latest = subscription.latestStart else { return false }
        subscriptions[place].request = String(min(index, latest))
        return true
    }

    /// A reader wants nothing more.
    ///
    /// What it has not acknowledged waits for the next one where the session is kept for such, and
    /// is handed back to the broker otherwise, so that it takes no room from others.
    ///
    /// - Parameters:
    ///   - token: the reader.
    ///   - now: the clock.
    ///   - actions: receives what is to be done.
    package mutating func stopReading(
        token: UInt64,
        now: MonotonicTime,
        into actions: inout [ClientAction]
    ) {
        guard !hasEnded, let reader = removeReader(token, now, &actions),
            !readers.contains(where: { $0.filter == reader.filter }),
            let place = subscriptions.firstIndex(where: { $0.filter == reader.filter }),
            !subscriptions[place].isKept
        else { return }
        let subscription = subscriptions.remove(at: place)
        let isKnown = subscription.isHeld || subscription.packetIdentifier != nil
        if isKnown { unsubscribing.append(subscription.filter) }
        sendUnsubscribes(now, &actions)
    }

    private mutating func removeReader(
        _ token: UInt64,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) -> ClientReader? {
        guard let place = readers.firstIndex(where: { $0.token == token }) else { return nil }
        let reader = readers.remove(at: place)
        for place in subscriptions.indices {
            subscriptions[place].waiting.removeAll { $0 == token }
        }
        for delivery in deliveries where delivery.readers.contains(token) {
            guard endsDelivery(delivery.packetIdentifier, for: token) else { continue }
            if reader.isKept {
                unclaimed.append(delivery)
            } else {
                handBack(delivery.packetIdentifier, now, &actions)
            }
        }
        settleUnclaimed(now, &actions)
        return reader
    }

    // A reader has done with a delivery; true, and it is under way no more, if it was the last one.
    private mutating func endsDelivery(_ packetIdentifier: UInt16, for token: UInt64) -> Bool {
        guard
            let place = deliveries.firstIndex(where: { $0.packetIdentifier == packetIdentifier })
        else { return false }
        deliveries[place].readers.remove(token)
        guard deliveries[place].readers.isEmpty else { return false }
        deliveries.remove(at: place)
        return true
    }

    /// Acknowledges a delivery that a reader has taken; the broker is told when all have.
    ///
    /// - Parameters:
    ///   - ticket: the delivery.
    ///   - token: the reader.
    ///   - now: the clock.
    ///   - actions: receives what is to be done.
    package mutating func acknowledge(
        _ ticket: ClientAction.Ticket,
        by token: UInt64,
        now: MonotonicTime,
        into actions: inout [ClientAction]
    ) {
        // A ticket of an earlier connection means nothing to this one: the broker sends again.
        guard case .online = phase, ticket.epoch == epoch,
            let packetIdentifier = ticket.packetIdentifier,
            endsDelivery(packetIdentifier, for: token)
        else { return }
        let pubAck = PubAckPacket(packetIdentifier: packetIdentifier, reasonCode: .success)
        send(.pubAck(pubAck), now, &actions)
    }

    // Ends a delivery that nobody takes, without saying that somebody has.
    private mutating func handBack(
        _ packetIdentifier: UInt16,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        let pubAck = PubAckPacket(
            packetIdentifier: packetIdentifier,
            reasonCode: .implementationSpecificError
        )
        send(.pubAck(pubAck), now, &actions)
    }

    // MARK: - Packets

    mutating func publishReceived(
        _ publish: PublishPacket,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        guard let publish = resolved(publish, &actions) else { return }
        noteProgress(publish)
        let ticket = ClientAction.Ticket(
            epoch: epoch,
            packetIdentifier: publish.packetIdentifier
        )
        let tokens = tokens(wanting: publish)
        guard let packetIdentifier = publish.packetIdentifier else {
            if !tokens.isEmpty { actions.append(.deliver(publish, ticket, tokens: tokens)) }
            return
        }
        // MQTT-3.3.4-9; it also bounds what is kept here.
        guard deliveries.count + unclaimed.count < settings.receiveMaximum else {
            finish(.protocolError("more deliveries than the receive maximum"), &actions)
            return
        }
        let delivery = ClientDelivery(
            publish: publish,
            packetIdentifier: packetIdentifier,
            readers: Set(tokens)
        )
        guard tokens.isEmpty else {
            deliveries.append(delivery)
            actions.append(.deliver(publish, ticket, tokens: tokens))
            return
        }
        unclaimed.append(delivery)
        settleUnclaimed(now, &actions)
    }

    // The packet with its topic's name (3.3.2.3.4).
    private mutating func resolved(
        _ publish: PublishPacket,
        _ actions: inout [ClientAction]
    ) -> PublishPacket? {
        guard let alias = publish.properties.topicAlias else { return publish }
        guard publish.topicName.isEmpty else {
            topicAliases[alias] = publish.topicName
            return publish
        }
        guard let topicName = topicAliases[alias] else {
            finish(.protocolError("a topic alias that was never set"), &actions)
            return nil
        }
        var publish = publish
        publish.topicName = topicName
        return publish
    }

    // After a reconnection without session, what follows this entry is asked for.
    private mutating func noteProgress(_ publish: PublishPacket) {
        guard
            let index = Self.index(of: publish), index < .max
        else { return }
        let identifiers = identifiers(of: publish)
        for place in subscriptions.indices {
            let subscription = subscriptions[place]
            let isMeant =
                identifiers.isEmpty
                ? subscription.request == nil && subscription.start == nil
                    && subscription.filter.matches(publish.topicName)
                : subscription.identifiers.last.map(identifiers.contains) == true
            if isMeant { subscriptions[place].delivered(index: index) }
        }
    }

    // The subscription identifiers that this client has given; a session that was kept has those
    // of a client before.
    private func identifiers(of publish: PublishPacket) -> [UInt32] {
        publish.properties.subscriptionIdentifiers.filter { subscriptionIdentifiers.contains($0) }
    }

    private func tokens(wanting publish: PublishPacket) -> [UInt64] {
        let identifiers = identifiers(of: publish)
        return readers.filter { reader in
            let isMeant =
                identifiers.isEmpty
                ? !reader.hasStart && reader.filter.matches(publish.topicName)
                : !reader.identifiers.isDisjoint(with: identifiers)
            return isMeant || reader.hasStart && isLeft(publish, identifiers, for: reader)
        }.map(\.token)
    }

    // Whether the session had sent before what a reader with a start of its own is to have.
    private func isLeft(
        _ publish: PublishPacket,
        _ identifiers: [UInt32],
        for reader: ClientReader
    ) -> Bool {
        guard let subscription = subscriptions.first(where: { $0.filter == reader.filter }),
            let index = Self.index(of: publish), subscription.leaves(index)
        else { return false }
        return identifiers.isEmpty
            ? subscription.filter.matches(publish.topicName)
            : !Set(identifiers).isDisjoint(with: subscription.identifiers)
    }

    private static func index(of publish: PublishPacket) -> UInt64? {
        publish.properties.userProperty("aviso-index").flatMap { UInt64($0) }
    }

    // Gives what no reader had wanted to one that does, hands back what none will, and leaves the
    // rest with the broker: it stays unacknowledged, so that nothing is lost.
    private mutating func settleUnclaimed(
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        let waiting = unclaimed
        unclaimed = []
        for delivery in waiting {
            let tokens = tokens(wanting: delivery.publish)
            if !tokens.isEmpty {
                var delivery = delivery
                delivery.readers = Set(tokens)
                deliveries.append(delivery)
                let ticket = ClientAction.Ticket(
                    epoch: epoch,
                    packetIdentifier: delivery.packetIdentifier
                )
                actions.append(.deliver(delivery.publish, ticket, tokens: tokens))
            } else if isForNobody(delivery.publish) {
                handBack(delivery.packetIdentifier, now, &actions)
            } else {
                unclaimed.append(delivery)
            }
        }
        noteStall(now, &actions)
    }

    private func isForNobody(_ publish: PublishPacket) -> Bool {
        let identifiers = Set(identifiers(of: publish))
        let meant = subscriptions.filter { subscription in
            identifiers.isEmpty
                ? subscription.filter.matches(publish.topicName)
                : !identifiers.isDisjoint(with: subscription.identifiers)
        }
        // Where a reader has chosen another start, what it has not got of the rest comes again, or
        // lies before that start.
        let comesAgain = meant.contains { subscription in
            subscription.isGranted
                && readers.contains { $0.hasStart && $0.filter == subscription.filter }
        }
        // What is left is of a subscription that has ended, or of one that waits for a reader.
        return comesAgain || !identifiers.isEmpty && !meant.contains(where: \.isKept)
    }

    /// Forgets what was under way on a connection that is lost.
    mutating func forgetDeliveries() {
        // In a new session what nobody has taken is asked for again.
        for delivery in unclaimed {
            guard let index = Self.index(of: delivery.publish) else { continue }
            for place in subscriptions.indices
            where subscriptions[place].filter.matches(delivery.publish.topicName) {
                subscriptions[place].missed(index: index)
            }
        }
        deliveries = []
        unclaimed = []
        stallsAt = nil
    }

    // MARK: - A session full of what nobody reads

    private mutating func noteStall(_ now: MonotonicTime, _ actions: inout [ClientAction]) {
        guard unclaimed.count >= settings.receiveMaximum, !readers.isEmpty else {
            stallsAt = nil
            return
        }
        guard stallsAt == nil else { return }
        stallsAt = now.adding(milliseconds: Self.stallMilliseconds)
        armTimer(now, &actions)
    }

    /// Ends a session in which nothing more can come, because all that the broker may send at a
    /// time is for nobody here.
    mutating func endStalled(_ now: MonotonicTime, _ actions: inout [ClientAction]) {
        guard let stallsAt, now >= stallsAt, let first = unclaimed.first else { return }
        finish(.unread(topicName: first.publish.topicName), &actions)
    }

    // MARK: - Answers

    mutating func subAckReceived(
        _ subAck: SubAckPacket,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        guard
            let place = subscriptions.firstIndex(where: {
                $0.packetIdentifier == subAck.packetIdentifier
            }), let reasonCode = subAck.reasonCodes.first
        else { return }
        let waiting = subscriptions[place].waiting
        subscriptions[place].packetIdentifier = nil
        subscriptions[place].waiting = []
        guard reasonCode.isError else {
            let start = subAck.properties.userProperty("aviso-from").flatMap { UInt64($0) }
            subscriptions[place].granted(from: start)
            answer(waiting, subAck, &actions)
            settleUnclaimed(now, &actions)
            return
        }
        let filter = subscriptions[place].filter
        let all = readers.filter { $0.filter == filter }.map(\.token)
        // Without anybody who waits it was one for a new session, which stands for all readers.
        let ended = waiting.isEmpty ? all : waiting
        if ended.count == all.count {
            subscriptions.remove(at: place)
        } else {
            subscriptions[place].refused()
        }
        answer(ended, subAck, &actions)
        for token in ended { _ = removeReader(token, now, &actions) }
    }

    private func answer(
        _ tokens: [UInt64],
        _ subAck: SubAckPacket,
        _ actions: inout [ClientAction]
    ) {
        guard let reasonCode = subAck.reasonCodes.first else { return }
        for token in tokens {
            actions.append(
                .subscribed(token: token, reasonCode, text: subAck.properties.reasonString)
            )
        }
    }

    mutating func unsubAckReceived(_ unsubAck: UnsubAckPacket) {
        unsubscribes[unsubAck.packetIdentifier] = nil
    }

    // MARK: - Sending

    /// Subscribes again on a new connection, and ends what was to end.
    mutating func resumeReading(
        sessionPresent: Bool,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        if sessionPresent {
            unsubscribing = unsubscribes.sorted { $0.key < $1.key }.map(\.value) + unsubscribing
            unsubscribing.removeAll { filter in subscriptions.contains { $0.filter == filter } }
        } else {
            unsubscribing = []
            for place in subscriptions.indices { subscriptions[place].forgotten() }
        }
        unsubscribes = [:]
        sendUnsubscribes(now, &actions)
        for place in subscriptions.indices where !subscriptions[place].isGranted {
            sendSubscribe(place, now, &actions)
        }
    }

    private mutating func sendUnsubscribes(
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        guard case .online = phase else { return }
        for filter in unsubscribing {
            let identifier = nextIdentifier()
            unsubscribes[identifier] = filter
            let packet = UnsubscribePacket(packetIdentifier: identifier, filters: [filter])
            send(.unsubscribe(packet), now, &actions)
        }
        unsubscribing = []
    }

    private mutating func sendSubscribe(
        _ place: Int,
        _ now: MonotonicTime,
        _ actions: inout [ClientAction]
    ) {
        let identifier = nextIdentifier()
        let subscription = subscriptions[place]
        subscriptions[place].sent(as: identifier)
        var packet = SubscribePacket(
            packetIdentifier: identifier,
            subscriptions: [
                .init(filter: subscription.filter, options: .init(qos: subscription.qos))
            ]
        )
        packet.properties.subscriptionIdentifiers = Array(subscription.identifiers.suffix(1))
        if let from = subscription.resumption {
            packet.properties.userProperties = [UserProperty(name: "aviso-from", value: from)]
        }
        send(.subscribe(packet), now, &actions)
    }

    private mutating func nextSubscriptionIdentifier() -> UInt32 {
        let next = subscriptionIdentifiers.upperBound
        subscriptionIdentifiers = subscriptionIdentifiers.lowerBound..<next + 1
        return next
    }
}
