import Alerts
import Base
import BrokerCore
import EventLoop
import LogStore
import MQTTCodec

/// What goes out to the client: from the sequencer, from the tail in memory, or from the log.
extension BrokerConnection {
    /// Where this connection's session must read on; nil while it is live.
    var backlogStart: UInt64? { machine?.backlogStart }

    func advance(to index: UInt64) {
        machine?.advance(to: index, committed: shard.committed)
    }

    func deliverWaiting() {
        guard machine?.isConnected == true else { return }
        deliverHeld()
        if backlogStart != nil { shard.pump(self) }
    }

    func deliverLive(_ entry: CommittedEntry, _ template: DeliveryTemplate) {
        guard machine?.isConnected == true, backlogStart == nil else { return }
        guard !send(entry, template) else { return }
        // The copy for readers of the log goes out last, here and in `deliver`.
        if template.publication.scope == .log {
            machine?.oweLogCopy(of: entry.index)
        } else {
            machine?.fallBehind(at: entry.index)
        }
    }

    /// Delivers one entry where it is wanted.
    ///
    /// - Returns: false if it must wait.
    func deliver(_ entry: CommittedEntry) -> Bool {
        guard machine?.isConnected == true, let session = machine?.session else { return false }
        let scopes = session.scopes
        if session.logCopyOwed != entry.index,
            let template = template(of: entry, for: scopes), !send(entry, template)
        {
            return false
        }
        guard scopes.contains(.log), !send(entry, DeliveryTemplate(entry: entry)) else {
            return true
        }
        machine?.oweLogCopy(of: entry.index)
        return false
    }

    // As what an entry goes out, beside the copy for readers of the log.
    private func template(
        of entry: CommittedEntry,
        for scopes: Subscription.Scopes
    ) -> DeliveryTemplate? {
        if scopes.contains(.opaque), let message = entry.opaque {
            return DeliveryTemplate(message: message, index: entry.index)
        }
        if let notice = entry.notice, scopes.contains(notice.subject.scope),
            let reader = notice.readers.first(where: { $0.agency == station?.agency })
        {
            return DeliveryTemplate(notice: notice, index: entry.index, for: reader)
        }
        guard scopes.contains(.alerts), let alert = entry.alert,
            let count = alert.counts.first(where: { $0.agency == station?.agency })?.count
        else { return nil }
        return DeliveryTemplate(alert: alert, index: entry.index, count)
    }

    private var hasRoom: Bool {
        stream.map { $0.pendingByteCount < shared.limits.outboundByteCountMax } ?? false
    }

    private func send(_ entry: CommittedEntry, _ template: DeliveryTemplate) -> Bool {
        guard hasRoom else { return false }
        let scope = template.publication.scope
        if scope == .alerts {
            // The permission at this moment, whatever it was when the client subscribed.
            guard let alert = entry.alert, member?.subscribe.contains(alert.channel) == true
            else { return true }
        } else if Subscription.Scopes.notices.contains(scope) {
            // Also for a channel whose permission has gone: the content may still be there.
            guard member?.role == .agency else { return true }
        } else if scope == .log, member == nil || member?.role == .agency {
            return true
        }
        let now = entry.opaque == nil ? nil : SystemClock.wall()
        // Once PUBLISH was sent, expiry no longer applies [MQTT-4.3.3-7].
        let hasExpired =
            now.flatMap { entry.opaque?.hasExpired(now: $0) } == true
            && machine?.session?.isUnfinished(template.publication.subject) != true
        let secondsLeft = now.flatMap { entry.opaque?.secondsLeft(now: $0) }
        let measure = measure(template.publish, secondsLeft: secondsLeft)
        let delivery = machine?.planDelivery(
            template.publication,
            hasExpired: hasExpired,
            byteCount: template.publish.byteCount,
            measure: measure
        )
        switch delivery {
        case nil, .some(.none), .tooLarge: return true
        case .windowFull: return false
        case .send(var delivery):
            delivery.expirySeconds = secondsLeft
            write(template.publish, delivery)
            return true
        }
    }

    // Measures deliveries of a template; the machine is busy when it is asked.
    private func measure(
        _ template: PublishTemplate,
        secondsLeft: UInt32?
    ) -> (PublishTemplate.Delivery) -> Int {
        let version = machine?.version ?? .v5
        return { delivery in
            var delivery = delivery
            delivery.expirySeconds = secondsLeft
            return template.byteCount(of: delivery, version: version)
        }
    }

    private func write(_ template: PublishTemplate, _ delivery: PublishTemplate.Delivery) {
        shard.deliveredCount += 1
        let version = machine?.version ?? .v5
        stream?.write { buffer in
            template.append(delivery, version: version, to: &buffer)
        }
    }

    // MARK: - Reading on in the log

    /// Reads on in the log at the end of the round: the acknowledgements that came in it have then
    /// made all their room, and what there is no room for need not be read.
    func beginScan() {
        isScanning = true
        shard.loop.performAtEndOfRound { [weak self] in
            guard let self else { return }
            isScanning = scan()
        }
    }

    private func scan() -> Bool {
        guard let reading = machine?.logReading(committed: shard.committed) else { return false }
        self.reading = reading
        let holder = holder
        shared.onCatchUp { $0.scan(reading, for: holder) }
        return true
    }

    func scanCompleted(_ entries: [CommittedEntry], next: UInt64) {
        isScanning = false
        guard let reading, machine?.isCurrent(reading) == true else {
            // Nothing is marked as considered that was not looked at for all subscriptions.
            deliverWaiting()
            return
        }
        for entry in entries where !deliver(entry) {
            advance(to: entry.index)
            return
        }
        advance(to: next)
        deliverWaiting()
    }

    func scanFailed() {
        isScanning = false
        end(.unspecifiedError, "the log cannot be read: the operator has been told")
    }

    func sendCheckpoint(_ template: PublishTemplate) {
        let measure = measure(template, secondsLeft: nil)
        guard hasRoom,
            case .send(let delivery)? = machine?.planCheckpoint(
                byteCount: template.byteCount,
                measure: measure
            )
        else { return }
        write(template, delivery)
    }

    // MARK: - Held deliveries

    /// Sends what the session holds: retained messages and turns of shared subscriptions.
    private func deliverHeld() {
        while hasRoom, let held = machine?.nextHeld, let message = held.entry.opaque {
            let now = SystemClock.wall()
            let template = DeliveryTemplate(message: message, index: held.entry.index)
            // One that has expired takes no room in the window and no time of the client.
            let hasExpired = message.hasExpired(now: now)
            let secondsLeft = message.secondsLeft(now: now)
            let measure = measure(template.publish, secondsLeft: secondsLeft)
            let delivery = machine?.planHeldDelivery(
                byteCount: hasExpired ? Int.max / 2 : template.publish.byteCount,
                measure: { hasExpired ? .max : measure($0) }
            )
            switch delivery {
            case nil, .some(.none), .windowFull: return
            case .tooLarge: continue
            case .send(var delivery):
                delivery.expirySeconds = secondsLeft
                write(template.publish, delivery)
            }
        }
    }

    /// Sends a held delivery again that the last connection did not bring to its end.
    func resendHeld(_ packetIdentifier: UInt16) {
        guard let held = machine?.session?.window[packetIdentifier]?.held,
            let message = held.entry.opaque,
            case .send(var delivery)? = machine?.planResend(
                held,
                packetIdentifier: packetIdentifier
            )
        else { return }
        delivery.expirySeconds = message.secondsLeft(now: SystemClock.wall())
        write(DeliveryTemplate(message: message, index: held.entry.index).publish, delivery)
    }

    /// Holds the retained messages that a new subscription asks for (MQTT 5.0 3.3.1.3).
    func holdRetained(for subscription: Subscription) {
        let now = SystemClock.wall()
        for entry in shard.retained(matching: subscription.filter) {
            guard let message = entry.opaque, !message.hasExpired(now: now) else { continue }
            let delivery = HeldDelivery(
                entry: entry,
                qos: min(message.qos, subscription.options.qos),
                isRetained: true,
                identifiers: subscription.identifier.map { [$0] } ?? []
            )
            guard machine?.hold(delivery) == true else {
                shared.log.log(
                    .warning,
                    "held-full",
                    "A session holds as many messages as it may; retained messages were left out.",
                    ["station": LogValue(station?.urn ?? "")]
                )
                break
            }
        }
        deliverHeld()
    }

    // MARK: - Shared subscriptions

    func join(_ subscription: Subscription) {
        guard let key = machine?.sessionKey else { return }
        let member = SharedSubscriptions.Member(
            key: key,
            holder: holder,
            subscription: subscription
        )
        shared.onShard(0) { $0.join(member) }
    }

    func leave(_ filter: TopicFilter) {
        guard let key = machine?.sessionKey else { return }
        shared.onShard(0) { $0.leave(filter, key: key) }
    }

    /// Gives the turns of shared subscriptions back that a session will not finish.
    func leaveShares(of session: Session) {
        guard session.subscriptions.contains(where: \.isShared) else { return }
        let holder = holder
        let turns = session.isDurable ? [] : session.unfinishedTurns()
        shared.onShard(0) { shard in
            shard.left(session.key, from: holder, isDurable: session.isDurable, turns: turns)
        }
    }

    /// Takes a turn of a shared subscription.
    ///
    /// - Returns: false if the connection has gone or holds as much as it may.
    func takeTurn(_ delivery: HeldDelivery) -> Bool {
        guard machine?.isConnected == true, machine?.hold(delivery) == true else { return false }
        deliverHeld()
        return true
    }
}
