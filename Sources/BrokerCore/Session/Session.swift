import Alerts
import Base
package import MQTTCodec

/// An MQTT session: subscriptions over the log and a position in it (MQTT 5.0 4.1).
///
/// What waits for an absent client costs nothing here: its queue is the log from the cursor on.
package struct Session: Sendable {
    /// Never expires (MQTT 5.0 3.1.2.11.2).
    package static let neverExpires: UInt32 = .max

    /// Whose session it is.
    package let key: SessionKey
    /// How long it outlives its connection, in seconds.
    package var expirySeconds: UInt32
    /// The subscriptions, each filter once.
    package private(set) var subscriptions: [Subscription] = []
    /// The deliveries under way.
    package var window = DeliveryWindow()
    /// Where reading the log must go on before the session is live; nil once it is.
    package private(set) var backlogStart: UInt64?
    /// The alerts acknowledged since the last report, by index.
    package private(set) var acknowledged: [UInt64] = []
    /// Alerts too large for the client's maximum packet size, not sent (MQTT-3.1.2-25).
    package private(set) var skipped: [UInt64] = []

    // Deliveries of the connection before this one that were not acknowledged, by index. Below
    // `resendBoundary` nothing else is sent, since the rest was acknowledged.
    private var resends: [UInt64: DeliveryWindow.InFlight] = [:]
    private var resendBoundary: UInt64 = 0

    /// Makes a session without subscriptions.
    package init(key: SessionKey, expirySeconds: UInt32) {
        self.key = key
        self.expirySeconds = expirySeconds
    }

    /// Restores a durable session from the log: it goes on at its cursor.
    package init(
        restoring key: SessionKey,
        expirySeconds: UInt32,
        subscriptions: [Subscription],
        cursor: UInt64
    ) {
        self.init(key: key, expirySeconds: expirySeconds)
        self.subscriptions = subscriptions
        self.backlogStart = cursor
    }

    /// Whether the session survives its connection.
    package var isDurable: Bool { expirySeconds > 0 }

    /// Whether anything is to be delivered at all.
    package var isSubscribed: Bool { !subscriptions.isEmpty }

    /// The index below which everything is acknowledged.
    ///
    /// - Parameter committed: the size of the log as the session's loop knows it.
    /// - Returns: the index from which deliveries are still owed.
    package func cursor(committed: UInt64) -> UInt64 {
        let position = backlogStart ?? committed
        let pending = resends.keys.min() ?? position
        return min(window.lowestIndex ?? position, min(pending, position))
    }

    // MARK: - Subscriptions

    /// Adds a subscription or replaces the one with the same filter (MQTT-3.8.4-3).
    ///
    /// A subscription from an earlier index takes the session back there; its other subscriptions
    /// do not see again what they have seen.
    ///
    /// - Parameters:
    ///   - new: the subscription; ``Subscription/from`` is its start.
    ///   - committed: the size of the log.
    package mutating func subscribe(_ new: Subscription, committed: UInt64) {
        let position = backlogStart ?? committed
        if let place = subscriptions.firstIndex(where: { $0.filter == new.filter }) {
            let replaced = subscriptions.remove(at: place)
            if replaced.from == new.from {
                // The same subscription again: the session stays where it is.
                subscriptions.append(new)
                return
            }
        }
        if new.from < position {
            for place in subscriptions.indices {
                subscriptions[place].from = max(subscriptions[place].from, position)
            }
            backlogStart = new.from
        } else if new.from < committed, backlogStart == nil {
            backlogStart = new.from
        }
        subscriptions.append(new)
        // What is replayed on purpose is sent although it was acknowledged before.
        if new.from < resendBoundary { resendBoundary = new.from }
    }

    /// Removes the subscription with this filter.
    ///
    /// - Returns: whether there was one.
    package mutating func unsubscribe(_ filter: TopicFilter) -> Bool {
        guard let place = subscriptions.firstIndex(where: { $0.filter == filter })
        else { return false }
        subscriptions.remove(at: place)
        return true
    }

    /// Removes every subscription that `isAllowed` denies.
    ///
    /// - Returns: the ones removed.
    package mutating func removeSubscriptions(
        unless isAllowed: (Subscription) -> Bool
    ) -> [Subscription] {
        let removed = subscriptions.filter { !isAllowed($0) }
        subscriptions.removeAll { !isAllowed($0) }
        return removed
    }

    // MARK: - Position

    /// Marks everything before `index` as considered.
    ///
    /// - Parameters:
    ///   - index: the next index to consider.
    ///   - committed: the size of the log; reaching it makes the session live.
    package mutating func advance(to index: UInt64, committed: UInt64) {
        backlogStart = index >= committed ? nil : index
    }

    /// Makes a live session wait from `index` on, because its window or its socket is full.
    package mutating func fallBehind(at index: UInt64) {
        if backlogStart == nil { backlogStart = index }
    }

    /// Prepares the session for its next connection, when this one has ended.
    package mutating func connectionEnded(committed: UInt64) {
        let position = backlogStart ?? committed
        let pending = window.takeAll()
        for delivery in pending { resends[delivery.index] = delivery }
        resendBoundary = max(resendBoundary, position)
        let start = min(resends.keys.min() ?? position, position)
        backlogStart = start
    }

    // MARK: - Deliveries

    /// How an entry is to be sent to this session.
    package struct Plan: Hashable, Sendable {
        /// The highest quality of service among the matching subscriptions.
        package let qos: QoS
        /// The identifiers of all matching subscriptions (MQTT-3.3.4-4).
        package let identifiers: [UInt32]
    }

    /// Which subscriptions want an entry.
    ///
    /// - Parameters:
    ///   - index: its index.
    ///   - topicName: its topic.
    ///   - scope: what it is.
    /// - Returns: nil if none wants it, or it was acknowledged before the connection was lost.
    package func plan(index: UInt64, topicName: String, scope: Subscription.Scope) -> Plan? {
        if index < resendBoundary, resends[index] == nil { return nil }
        var qos: QoS?
        var identifiers: [UInt32] = []
        for subscription in subscriptions
        where subscription.scope == scope && subscription.from <= index
            && subscription.filter.matches(topicName)
        {
            if qos.map({ $0.rawValue < subscription.qos.rawValue }) ?? true {
                qos = subscription.qos
            }
            if let identifier = subscription.identifier { identifiers.append(identifier) }
        }
        return qos.map { Plan(qos: $0, identifiers: identifiers) }
    }

    /// Opens a QoS 1 delivery.
    ///
    /// - Returns: its packet identifier, and whether it is sent again (the DUP flag).
    package mutating func openDelivery(
        index: UInt64,
        isReported: Bool
    ) -> (packetIdentifier: UInt16, isDuplicate: Bool) {
        if let earlier = resends.removeValue(forKey: index) {
            window.reopen(earlier)
            return (earlier.packetIdentifier, true)
        }
        return (
            window.open(index: index, isReported: isReported, reserved: resends),
            false
        )
    }

    /// Closes a delivery that the client has acknowledged.
    ///
    /// - Returns: false if the client acknowledged what was never sent.
    package mutating func acknowledge(packetIdentifier: UInt16) -> Bool {
        guard let delivery = window.close(packetIdentifier: packetIdentifier) else { return false }
        if delivery.isReported { acknowledged.append(delivery.index) }
        return true
    }

    /// Records a QoS 0 delivery of an alert, which is done when it is sent.
    package mutating func sentWithoutAcknowledgement(index: UInt64) {
        acknowledged.append(index)
    }

    /// Records an alert that the client's maximum packet size keeps from it.
    package mutating func skip(index: UInt64) {
        resends[index] = nil
        skipped.append(index)
    }

    /// Takes what is to be reported in the log.
    package mutating func takeReport() -> (acknowledged: [UInt64], skipped: [UInt64]) {
        defer {
            acknowledged = []
            skipped = []
        }
        return (acknowledged, skipped)
    }
}
