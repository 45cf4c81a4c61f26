import Base
import BrokerCore
import MQTTCodec
import Synchronization

/// What opaque channels need of a loop: retained messages and shared subscriptions.
extension Shard {
    /// The retained messages that a filter matches, in the order of their topics' bytes.
    func retained(matching filter: TopicFilter) -> [CommittedEntry] {
        retainedEntries.filter { filter.matches($0.key.text) }
            .sorted { $0.key.text.utf8.lexicographicallyPrecedes($1.key.text.utf8) }
            .map(\.value)
    }

    /// Keeps a message that was published with RETAIN, or removes the one before (3.3.1.3).
    func retain(_ entry: CommittedEntry) {
        guard let message = entry.opaque, message.isRetained else { return }
        let topic = ExactText(message.topicName)
        retainedEntries[topic] = message.payload.isEmpty ? nil : entry
    }

    /// Whether what was accepted is a message of an opaque channel that nobody has subscribed to.
    ///
    /// Only a broker with one loop knows it; 3.4.2.1 lets it say so.
    func isForNobody(_ completion: ShardUpdate.Completion, in update: ShardUpdate) -> Bool {
        guard case .publish(.accepted(let index, nil)) = completion, shared.shardCount == 1,
            let message = update.entries.first(where: { $0.index == index })?.opaque
        else { return false }
        return !hasReader(of: message.topicName)
    }

    private func hasReader(of topicName: String) -> Bool {
        routing.opaqueReaderIDs.contains { connections[$0]?.reads(topicName) == true }
            || shares.hasMember(for: topicName)
            || shared.sessions.withLock { $0.hasParkedReader(of: topicName) }
    }

    // MARK: - Shared subscriptions, on the first loop for all

    /// A session has become a member of a group, or its connection is another one.
    func join(_ member: SharedSubscriptions.Member) { shares.join(member) }

    /// A session has unsubscribed or ended.
    func leave(_ filter: TopicFilter, key: SessionKey) { shares.leave(filter, key: key) }

    /// A connection has ended; its unfinished turns go to the others.
    func left(
        _ key: SessionKey,
        from holder: SessionDirectory.Holder,
        isDurable: Bool,
        turns: [HeldDelivery]
    ) {
        shares.disconnected(key, from: holder, isDurable: isDurable)
        for turn in turns { pass(turn, onFrom: key) }
    }

    /// Gives a message to one member of each group that wants it.
    func shareOut(_ entry: CommittedEntry, _ message: OpaqueMessage) {
        for member in shares.assign(topicName: message.topicName) {
            let subscription = member.subscription
            guard subscription.from <= entry.index else { continue }
            let turn = HeldDelivery(
                entry: entry,
                qos: min(message.qos, subscription.options.qos),
                isRetained: message.isRetained && subscription.options.retainAsPublished,
                identifiers: subscription.identifier.map { [$0] } ?? [],
                share: subscription.filter
            )
            give(turn, to: member)
        }
    }

    private func give(_ turn: HeldDelivery, to member: SharedSubscriptions.Member) {
        guard let holder = member.holder else {
            let countMax = shared.limits.heldCountMax
            let isHeld =
                turn.qos != .atMostOnce
                && shared.sessions.withLock { $0.hold(turn, for: member.key, countMax: countMax) }
            if !isHeld { drop(turn) }
            return
        }
        shared.onShard(holder.shard) { shard in
            guard shard.takeTurn(turn, connection: holder.connection) else {
                shard.shared.onShard(0) { $0.pass(turn, onFrom: member.key) }
                return
            }
        }
    }

    /// Gives a turn to the next member after one that could not take it.
    func pass(_ turn: HeldDelivery, onFrom key: SessionKey) {
        guard let filter = turn.share, let member = shares.next(in: filter, except: key) else {
            drop(turn)
            return
        }
        give(turn, to: member)
    }

    private func drop(_ turn: HeldDelivery) {
        guard turn.qos != .atMostOnce else { return }
        shared.log.log(
            .warning,
            "share-dropped",
            "A message of a shared subscription found no member that could take it.",
            ["index": LogValue(turn.entry.index), "group": LogValue(turn.share?.description ?? "")]
        )
    }
}
