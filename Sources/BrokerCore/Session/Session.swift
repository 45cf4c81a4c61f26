import Alerts
package import Base
package import MQTTCodec
package import MerkleLog

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

    // Whether anything that no index stands for has been acknowledged since the last report.
    private var hasProgressed = false

    /// The packet identifiers of QoS 2 publishes that the client has not released (4.3.3).
    package var unreleased: Set<UInt16> = []
    /// The will that is published if the client does not come back in time.
    package var will: PendingWill?

    // Deliveries of the connection before this one that were not acknowledged. Below
    // `resendBoundary` nothing else is sent, since the rest was acknowledged.
    private var resends: [DeliveryWindow.Subject: DeliveryWindow.InFlight] = [:]
    private var resendBoundary: UInt64 = 0
    /// The entry of which nothing is owed any more but its copy for readers of the log.
    package private(set) var logCopyOwed: UInt64?
    // What goes out first when the client is back: no index in the log stands for it.
    private var resumptions: [DeliveryWindow.InFlight] = []
    private var held: [HeldDelivery] = []
    private var firstHeld = 0
    // What was published before this connection began.
    private var connectedAt: UInt64 = 0

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
        cursor: UInt64,
        identifiers: DeliveryIdentifiers? = nil
    ) {
        self.init(key: key, expirySeconds: expirySeconds)
        self.subscriptions = subscriptions
        self.backlogStart = cursor
        guard let identifiers else { return }
        window = DeliveryWindow(nextIdentifier: UInt16(clamping: identifiers.next))
        resumptions = identifiers.released.map {
            DeliveryWindow.InFlight(released: UInt16(clamping: $0))
        }
    }

    /// The packet identifiers that the client has in mind, for a restart of the broker: a new
    /// delivery under one of them would be taken for the old one [MQTT-2.2.1-4].
    package var identifiers: DeliveryIdentifiers {
        DeliveryIdentifiers(
            next: UInt64(window.nextIdentifier),
            released: (window.entries + resumptions).filter(\.isReleased)
                .map { UInt64($0.packetIdentifier) }
        )
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
        let pending = lowestResend ?? position
        return min(window.lowestIndex ?? position, min(pending, position))
    }

    private var lowestResend: UInt64? { resends.keys.lazy.map(\.index).min() }

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
        logCopyOwed = nil
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

    /// Sets again what every subscription reaches, and removes those that reach nothing.
    ///
    /// - Parameter scopes: what a subscription reaches now.
    /// - Returns: the ones removed.
    package mutating func reviewSubscriptions(
        _ scopes: (Subscription) -> Subscription.Scopes
    ) -> [Subscription] {
        for place in subscriptions.indices {
            subscriptions[place].scopes = scopes(subscriptions[place])
        }
        let removed = subscriptions.filter(\.scopes.isEmpty)
        subscriptions.removeAll(where: \.scopes.isEmpty)
        return removed
    }

    /// Whether every subscription asks for acknowledgements; shared ones are routed apart.
    package var needsWindow: Bool {
        subscriptions.allSatisfy { $0.isShared || $0.options.qos != .atMostOnce }
    }

    /// What all subscriptions together reach, and what is still to be sent again; shared ones are
    /// routed apart.
    package var scopes: Subscription.Scopes {
        let unfinished: Subscription.Scopes = resends.values.reduce(into: []) {
            $0.formUnion($1.subject.scope)
        }
        return subscriptions.reduce(into: unfinished) {
            if !$1.isShared { $0.formUnion($1.scopes) }
        }
    }

    // MARK: - Position

    /// Marks everything before `index` as considered.
    ///
    /// - Parameters:
    ///   - index: the next index to consider.
    ///   - committed: the size of the log; reaching it makes the session live.
    package mutating func advance(to index: UInt64, committed: UInt64) {
        backlogStart = index >= committed ? nil : index
        // What was begun and cannot be brought to its end, because a permission has gone or the
        // client takes no packet of its size any more, does not hold the cursor back for ever.
        if !resends.isEmpty { resends = resends.filter { $0.key.index >= index } }
    }

    /// Makes a live session wait from `index` on, since of that entry it has everything but the
    /// copy for readers of the log.
    package mutating func oweLogCopy(of index: UInt64) {
        logCopyOwed = index
        fallBehind(at: index)
    }

    /// Makes a live session wait from `index` on, because its window or its socket is full.
    package mutating func fallBehind(at index: UInt64) {
        if backlogStart == nil { backlogStart = index }
    }

    /// Begins a connection.
    package mutating func connectionBegan(committed: UInt64) {
        connectedAt = committed
        will = nil
    }

    /// Prepares the session for its next connection, when this one has ended.
    package mutating func connectionEnded(committed: UInt64) {
        let position = backlogStart ?? committed
        var unfinished: [DeliveryWindow.InFlight] = []
        for delivery in window.takeAll() {
            if delivery.isReleased || delivery.held != nil {
                unfinished.append(delivery)
            } else {
                resends[delivery.subject] = delivery
            }
        }
        // What this connection had no room for comes behind what it had.
        resumptions = unfinished + resumptions
        resendBoundary = max(resendBoundary, position)
        logCopyOwed = nil
        backlogStart = min(lowestResend ?? position, position)
    }

    // MARK: - Deliveries

    /// What is to be delivered, as far as subscriptions have a say in it.
    package struct Publication: Sendable {
        /// The index of its entry.
        package let index: UInt64
        /// Its topic.
        package let topicName: String
        /// What it is.
        package let scope: Subscription.Scopes
        /// The quality of service with which it was published.
        package let qos: QoS
        /// Whether it was published with RETAIN.
        package let isRetained: Bool
        /// The session that it came from, where subscriptions may exclude that.
        package let sender: SessionKey?

        /// Describes a publication.
        package init(
            index: UInt64,
            topicName: String,
            scope: Subscription.Scopes,
            qos: QoS,
            isRetained: Bool = false,
            sender: SessionKey? = nil
        ) {
            self.index = index
            self.topicName = topicName
            self.scope = scope
            self.qos = qos
            self.isRetained = isRetained
            self.sender = sender
        }

        /// What is delivered.
        package var subject: DeliveryWindow.Subject {
            DeliveryWindow.Subject(index: index, scope: scope)
        }
    }

    /// How an entry is to be sent to this session.
    package struct Plan: Hashable, Sendable {
        /// The highest quality of service among the matching subscriptions, and not above that of
        /// the publication [MQTT-3.8.4-8].
        package var qos: QoS
        /// The RETAIN flag (3.3.1.3).
        package var isRetained = false
        /// The identifiers of all matching subscriptions (MQTT-3.3.4-4).
        package var identifiers: [UInt32] = []
    }

    /// Which subscriptions want a publication.
    ///
    /// - Parameter publication: what is to be delivered.
    /// - Returns: nil if none wants it, or it was acknowledged before the connection was lost.
    package func plan(_ publication: Publication) -> Plan? {
        let index = publication.index
        let earlier = resends[publication.subject]
        if index < resendBoundary, earlier == nil { return nil }
        var plan: Plan?
        for subscription in subscriptions
        where subscription.scopes.contains(publication.scope) && subscription.from <= index
            && !subscription.isShared && subscription.filter.matches(publication.topicName)
        {
            // MQTT-3.8.3-3
            if subscription.options.noLocal, publication.sender == key { continue }
            let qos = min(subscription.options.qos, publication.qos)
            var wider = plan ?? Plan(qos: qos)
            wider.qos = max(wider.qos, qos)
            // MQTT-3.3.1-12, MQTT-3.3.1-13
            if publication.isRetained, subscription.options.retainAsPublished {
                wider.isRetained = true
            }
            if let identifier = subscription.identifier { wider.identifiers.append(identifier) }
            plan = wider
        }
        if let earlier {
            // What was begun is brought to its end as it was begun, whatever has become of the
            // subscription [MQTT-3.10.4-3, MQTT-4.4.0-1].
            var again = plan ?? Plan(qos: earlier.qos)
            again.qos = earlier.qos
            return again
        }
        // A message with QoS 0 does not wait for a client that is away (4.3.1); an alert does.
        if publication.scope == .opaque, plan?.qos == .atMostOnce, index < connectedAt {
            return nil
        }
        return plan
    }

    /// Whether the delivery of an entry was begun on an earlier connection and not completed.
    package func isUnfinished(_ subject: DeliveryWindow.Subject) -> Bool {
        resends[subject] != nil
    }

    /// Opens a QoS 1 or 2 delivery.
    ///
    /// - Returns: its packet identifier, and whether it is sent again (the DUP flag).
    package mutating func openDelivery(
        of subject: DeliveryWindow.Subject,
        qos: QoS
    ) -> (packetIdentifier: UInt16, isDuplicate: Bool) {
        if let earlier = resends.removeValue(forKey: subject) {
            window.reopen(earlier)
            return (earlier.packetIdentifier, true)
        }
        return (window.open(subject, qos: qos, reserved: resends), false)
    }

    /// Uses a packet identifier up for what is left out, as if it had been sent: who compares what
    /// two subscribers got finds the same numbers.
    package mutating func leaveOut(_ plan: Plan) {
        if plan.qos != .atMostOnce { window.passIdentifier(reserved: resends) }
    }

    /// What an acknowledgement comes to.
    package enum Acknowledgement: Hashable, Sendable {
        /// The exchange goes on, or is complete.
        case expected
        /// Nothing is under way with the identifier.
        case unknown
        /// It does not belong to the quality of service of the delivery.
        case unexpected
    }

    /// PUBACK: closes a QoS 1 delivery (4.3.2), also one that the client has no use for.
    package mutating func acknowledge(
        packetIdentifier: UInt16,
        isRefused: Bool = false
    ) -> Acknowledgement {
        guard let delivery = window[packetIdentifier] else { return .unknown }
        guard delivery.qos == .atLeastOnce else { return .unexpected }
        window.close(packetIdentifier: packetIdentifier)
        note(delivery, isRefused: isRefused)
        return .expected
    }

    /// PUBREC: the client takes a QoS 2 delivery over, or refuses it (4.3.3).
    package mutating func received(
        packetIdentifier: UInt16,
        isRefused: Bool
    ) -> Acknowledgement {
        guard let delivery = window[packetIdentifier] else { return .unknown }
        guard delivery.qos == .exactlyOnce else { return .unexpected }
        if !delivery.isReleased { note(delivery, isRefused: isRefused) }
        if isRefused {
            window.close(packetIdentifier: packetIdentifier)
        } else {
            window.release(packetIdentifier: packetIdentifier)
        }
        return .expected
    }

    /// PUBCOMP: ends a QoS 2 exchange (4.3.3).
    package mutating func completed(packetIdentifier: UInt16) -> Acknowledgement {
        guard let delivery = window[packetIdentifier] else { return .unknown }
        guard delivery.qos == .exactlyOnce, delivery.isReleased else { return .unexpected }
        window.close(packetIdentifier: packetIdentifier)
        if !delivery.subject.isReported { hasProgressed = true }
        return .expected
    }

    // The log calls acknowledged only what the client has taken.
    private mutating func note(_ delivery: DeliveryWindow.InFlight, isRefused: Bool) {
        if delivery.subject.isReported, !isRefused {
            acknowledged.append(delivery.subject.index)
        } else {
            hasProgressed = true
        }
    }

    /// Records a QoS 0 delivery of an alert, which is done when it is sent.
    package mutating func sentWithoutAcknowledgement(index: UInt64) {
        acknowledged.append(index)
    }

    /// Records an alert that the client's maximum packet size keeps from it.
    package mutating func skip(index: UInt64) {
        skipped.append(index)
    }

    /// What a session has to tell the log.
    package struct Report: Hashable, Sendable {
        /// The alerts acknowledged, by index.
        package let acknowledged: [UInt64]
        /// The alerts that were too large, by index.
        package let skipped: [UInt64]
        /// What else moves the cursor of a durable session: acknowledgements of opaque messages.
        package let hasProgressed: Bool

        /// Whether there is nothing to tell.
        package var isEmpty: Bool { acknowledged.isEmpty && skipped.isEmpty && !hasProgressed }
    }

    /// Takes what is to be reported in the log.
    package mutating func takeReport() -> Report {
        defer {
            acknowledged = []
            skipped = []
            hasProgressed = false
        }
        return Report(
            acknowledged: acknowledged,
            skipped: skipped,
            hasProgressed: hasProgressed && isDurable
        )
    }

    // MARK: - Held deliveries

    /// Adds a delivery that the log's order does not bring.
    package mutating func hold(_ delivery: HeldDelivery) { held.append(delivery) }

    /// The number of deliveries that are held.
    package var heldCount: Int { held.count - firstHeld }

    /// The next delivery that is held, or nil.
    package var nextHeld: HeldDelivery? { heldCount > 0 ? held[firstHeld] : nil }

    /// Takes the next held delivery out, and opens it in the window unless it goes with QoS 0.
    package mutating func openHeld() -> UInt16? {
        guard let delivery = nextHeld else { return nil }
        firstHeld += 1
        if firstHeld == held.count {
            held = []
            firstHeld = 0
        }
        guard delivery.qos != .atMostOnce else { return nil }
        return window.open(
            DeliveryWindow.Subject(index: delivery.entry.index, scope: .opaque),
            qos: delivery.qos,
            held: delivery,
            reserved: resends
        )
    }

    /// Takes what must be sent again before anything else, back into the window [MQTT-4.4.0-1].
    ///
    /// What has no room yet follows as the client acknowledges; until then nothing new is opened,
    /// as the window is full.
    ///
    /// - Parameter receiveMaximum: how many deliveries the client takes; PUBREL is not held back.
    /// - Returns: what is to be sent now, in order.
    package mutating func takeResumptions(
        receiveMaximum: Int
    ) -> [DeliveryWindow.InFlight] {
        guard !resumptions.isEmpty else { return [] }
        var taken: [DeliveryWindow.InFlight] = []
        var waiting: [DeliveryWindow.InFlight] = []
        for delivery in resumptions {
            let mayGo = waiting.isEmpty && window.count < receiveMaximum
            guard delivery.isReleased || mayGo else {
                waiting.append(delivery)
                continue
            }
            window.reopen(delivery)
            taken.append(delivery)
        }
        resumptions = waiting
        return taken
    }

    /// The turns of shared subscriptions that this session has not finished, for another
    /// member of the group (4.8.2).
    package func unfinishedTurns() -> [HeldDelivery] {
        // A QoS 2 delivery that was begun goes to nobody else [MQTT-4.8.2-5].
        let underWay = (window.entries + resumptions)
            .filter { $0.qos == .atLeastOnce }.compactMap(\.held)
        let waiting = held[firstHeld...]
        return (underWay + waiting).filter { $0.share != nil }
    }
}

/// A will that waits for its delay to pass (MQTT 5.0 3.1.3.2.2).
package struct PendingWill: Sendable {
    /// The message.
    package let message: OpaqueMessage
    /// When it is published, unless the client has come back.
    package let dueAt: MonotonicTime

    /// Makes a pending will.
    package init(message: OpaqueMessage, dueAt: MonotonicTime) {
        self.message = message
        self.dueAt = dueAt
    }
}
