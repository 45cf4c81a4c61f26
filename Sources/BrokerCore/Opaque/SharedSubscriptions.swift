package import MQTTCodec

/// Whose turn it is in each shared subscription (MQTT 5.0 4.8.2).
///
/// One place for all loops, so that each message goes to one member of a group only.
package struct SharedSubscriptions: Sendable {
    /// A member of a group: a session, with its connection while it has one.
    package struct Member: Hashable, Sendable {
        /// The session.
        package let key: SessionKey
        /// Its connection; nil while a durable session waits for its client.
        package var holder: SessionDirectory.Holder?
        /// Its subscription to the group.
        package var subscription: Subscription

        /// Makes a member.
        package init(
            key: SessionKey,
            holder: SessionDirectory.Holder?,
            subscription: Subscription
        ) {
            self.key = key
            self.holder = holder
            self.subscription = subscription
        }
    }

    private struct Group: Sendable {
        var members: [Member] = []
        var turn = 0
    }

    // By the whole filter, `$share/<name>/<filter>`.
    private var groups: [TopicFilter: Group] = [:]

    /// Makes an empty table.
    package init() {}

    /// Whether any group wants messages of a topic.
    package func hasMember(for topicName: String) -> Bool {
        groups.keys.contains { $0.matches(topicName) }
    }

    /// Adds a member, or replaces what was known of it.
    package mutating func join(_ member: Member) {
        let filter = member.subscription.filter
        var group = groups[filter] ?? Group()
        if let place = group.members.firstIndex(where: { $0.key == member.key }) {
            group.members[place] = member
        } else {
            group.members.append(member)
        }
        groups[filter] = group
    }

    /// Removes a member that has unsubscribed, or whose session has ended.
    package mutating func leave(_ filter: TopicFilter, key: SessionKey) {
        groups[filter]?.members.removeAll { $0.key == key }
        if groups[filter]?.members.isEmpty == true { groups[filter] = nil }
    }

    /// Notes that a connection has ended.
    ///
    /// - Parameters:
    ///   - key: its session.
    ///   - connection: the connection; another one may have the session already.
    ///   - isDurable: whether the session waits for its client.
    package mutating func disconnected(
        _ key: SessionKey,
        from connection: SessionDirectory.Holder,
        isDurable: Bool
    ) {
        for (filter, group) in groups {
            guard let place = group.members.firstIndex(where: { $0.key == key }),
                group.members[place].holder == connection
            else { continue }
            if isDurable {
                groups[filter]?.members[place].holder = nil
            } else {
                leave(filter, key: key)
            }
        }
    }

    /// Gives one message out: to one member of each group whose filter matches.
    ///
    /// - Parameter topicName: its topic.
    /// - Returns: the members whose turn it is.
    package mutating func assign(topicName: String) -> [Member] {
        let matching = groups.keys.filter { $0.matches(topicName) }
        return matching.compactMap { next(in: $0, except: nil) }
    }

    /// The next member of a group, where the one before could not take a message.
    ///
    /// - Parameters:
    ///   - filter: the group.
    ///   - key: the member that could not.
    /// - Returns: nil if there is no other.
    package mutating func next(in filter: TopicFilter, except key: SessionKey?) -> Member? {
        guard var group = groups[filter] else { return nil }
        // Members that are there go before those whose session only waits.
        let isAnyoneThere = group.members.contains { $0.holder != nil && $0.key != key }
        for _ in group.members {
            let member = group.members[group.turn % group.members.count]
            group.turn = (group.turn + 1) % group.members.count
            guard member.key != key, member.holder != nil || !isAnyoneThere else { continue }
            groups[filter] = group
            return member
        }
        return nil
    }
}
