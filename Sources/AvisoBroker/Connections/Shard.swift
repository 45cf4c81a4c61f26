import Alerts
import Base
import BrokerCore
import EventLoop
import LogStore
import MQTTCodec
import MerkleLog
import Synchronization

/// One loop with its connections; everything here happens on the loop's thread.
final class Shard {
    private static let reportMilliseconds: UInt64 = 1000
    private static let willMilliseconds: UInt64 = 200
    private static let tailByteCountMax = 16 << 20
    // How many entries of the tail all lagging connections are given in a round, so that what is
    // live never waits long; each of them gets its share, and a few at least.
    private static let roundCountMax = 512
    private static let shareRange = 8...256

    let loop: Loop
    let number: Int
    let shared: BrokerShared
    private(set) var committed: UInt64
    private(set) var directory: Directory

    private(set) var connections: [UInt64: BrokerConnection] = [:]
    private var lastConnection: UInt64 = 0
    private(set) var routing = RoutingTable()
    var retainedEntries: [ExactText: CommittedEntry] = [:]
    // Kept by the first loop for all.
    var shares = SharedSubscriptions()
    private var tail = EntryTail(byteCountMax: Shard.tailByteCountMax)
    private var note: [UInt8]
    private var outgoing: [Submission] = []
    private var decisions = PendingDecisions()
    private var isStopping = false
    // Lagging connections that had a turn in this round, and in the one before.
    private var turnCount = 0
    private var lastTurnCount = 1
    // Since the last report.
    var deliveredCount: UInt64 = 0
    private var listeners: [Listener] = []

    init(
        loop: Loop,
        number: Int,
        shared: BrokerShared,
        directory: Directory,
        treeSize: UInt64,
        note: [UInt8],
        retained: [CommittedEntry]
    ) {
        self.loop = loop
        self.number = number
        self.shared = shared
        self.directory = directory
        committed = treeSize
        self.note = note
        for entry in retained {
            if let message = entry.opaque {
                retainedEntries[ExactText(message.topicName)] = entry
            }
        }
    }

    /// The number of connections that this loop holds.
    var connectionCount: Int { connections.count }

    // MARK: - Accepting

    /// Accepts connections from a socket that all loops share.
    ///
    /// - Parameters:
    ///   - socket: the socket.
    ///   - isPlain: whether it is the one without TLS, for test suites.
    /// - Throws: ``SystemError`` if the loop cannot watch the socket.
    func listen(_ socket: ListeningSocket, isPlain: Bool) throws(SystemError) {
        listeners.append(
            try Listener(
                loop: loop,
                socket: socket,
                onShortage: { [shared] error in
                    shared.log.log(.warning, "accept-paused", "\(error.message)", [:])
                },
                onAccept: { [unowned self] connection in accept(connection, isPlain: isPlain) }
            )
        )
        guard listeners.count == 1 else { return }
        scheduleReports()
        if number == 0 { scheduleWills() }
    }

    private func accept(_ accepted: consuming AcceptedConnection, isPlain: Bool) {
        let count = shared.connectionCount.add(1, ordering: .relaxed).newValue
        guard !isStopping, count <= shared.limits.connectionsMax else {
            shared.connectionCount.subtract(1, ordering: .relaxed)
            if !isStopping { shared.metrics.reached(.connectionsMax) }
            for listener in listeners { listener.endRound() }
            shared.log.log(
                .warning,
                "connection-refused",
                "There are as many connections as the configuration allows.",
                ["address": LogValue(accepted.remoteAddress.description)]
            )
            return
        }
        lastConnection += 1
        let connection = BrokerConnection(id: lastConnection, shard: self)
        connections[lastConnection] = connection
        connection.begin(accepted, isPlain: isPlain)
    }

    func removed(_ connection: BrokerConnection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        if let agency = connection.station?.agency {
            routing.set(connection: connection.id, agency: agency, scopes: [])
        }
        shared.connectionCount.subtract(1, ordering: .relaxed)
    }

    /// Ends all connections, so that the daemon can stop.
    func stop() {
        isStopping = true
        for listener in listeners { listener.stop() }
        listeners = []
        for connection in connections.values { connection.stop() }
        flushSubmissions()
    }

    // MARK: - Submissions

    /// Hands a submission to the sequencer at the end of this round.
    func submit(_ submission: Submission) {
        if outgoing.isEmpty { loop.performAtEndOfRound { [weak self] in self?.flushSubmissions() } }
        outgoing.append(submission)
        decisions.submitted(submission)
    }

    /// Has a connection told when all is decided that this loop has handed in so far.
    ///
    /// - Returns: whether there is anything to wait for.
    func awaitDecisions(for connection: BrokerConnection) -> Bool {
        decisions.wait(for: connection.id)
    }

    private func flushSubmissions() {
        shared.submissions.put(outgoing)
        outgoing = []
    }

    private func scheduleReports() {
        _ = loop.schedule(at: loop.now.adding(milliseconds: Self.reportMilliseconds)) {
            [weak self] in
            guard let self else { return }
            for connection in connections.values { connection.report() }
            shared.metrics.delivered.add(deliveredCount, ordering: .relaxed)
            deliveredCount = 0
            if number == 0 { expireSessions() }
            if !isStopping { scheduleReports() }
        }
    }

    private func expireSessions() {
        let now = loop.now
        for session in shared.sessions.withLock({ $0.takeExpired(now: now) }) {
            if session.isDurable {
                let body = SessionChange.expired.body(of: session.key)
                submit(Submission(source: nil, body: .session(body)))
            }
            if let will = session.will { publish(will.message) }
            for subscription in session.subscriptions where subscription.isShared {
                leave(subscription.filter, key: session.key)
            }
        }
        shared.log.tellSuppressed()
    }

    private func scheduleWills() {
        _ = loop.schedule(at: loop.now.adding(milliseconds: Self.willMilliseconds)) {
            [weak self] in
            guard let self else { return }
            let now = loop.now
            for message in shared.sessions.withLock({ $0.takeDueWills(now: now) }) {
                publish(message)
            }
            if !isStopping { scheduleWills() }
        }
    }

    private func publish(_ message: OpaqueMessage) {
        submit(Submission(source: nil, body: .opaque(message)))
    }

    // MARK: - What others tell

    /// A batch is on stable storage.
    func apply(_ update: ShardUpdate) {
        note = update.note
        if let directory = update.directory {
            self.directory = directory
            for connection in connections.values { connection.directoryChanged(directory) }
        }
        for (source, completion) in update.completions {
            let isTold = BrokerConnection.isAnswered(token: source.token)
            connections[source.connection]?.completed(
                token: source.token,
                completion,
                isForNobody: isTold && isForNobody(completion, in: update)
            )
        }
        // The size grows with what has been delivered: a connection that ends meanwhile leaves a
        // session that goes on where it was.
        for entry in update.entries {
            tail.append(entry)
            if let notice = entry.notice, notice.subject == .redaction {
                tail.forget(through: notice.alertIndex)
            }
            retain(entry)
            deliverLive(entry)
            committed = max(committed, entry.index + 1)
        }
        committed = max(committed, update.treeSize)
        for id in decisions.decided(update.completions.lazy.map(\.source)) {
            connections[id]?.decisionsCame()
        }
        guard !update.entries.isEmpty else { return }
        let readers = routing.checkpointReaderIDs
        guard !readers.isEmpty else { return }
        let template = checkpointTemplate
        for id in readers { connections[id]?.sendCheckpoint(template) }
    }

    /// Another loop's connection has claimed a session that is held here.
    func takeOver(connection: UInt64, key: SessionKey) {
        connections[connection]?.takenOver(key)
    }

    /// A session that was held elsewhere has come.
    func sessionGranted(connection: UInt64, key: SessionKey, session: Session?) {
        let holder = SessionDirectory.Holder(shard: number, connection: connection)
        shared.sessions.withLock { $0.arrived(key, at: holder) }
        guard let claimant = connections[connection], claimant.isClaiming(key) else {
            // The claimant has gone in the meantime: the session goes where it belongs.
            release(session, key: key, connection: connection)
            return
        }
        claimant.sessionClaimed(session)
    }

    /// A later claim has displaced one that waited.
    func claimDisplaced(connection: UInt64) {
        connections[connection]?.claimDisplaced()
    }

    /// The log has been read on for a connection.
    func scanCompleted(connection: UInt64, entries: [CommittedEntry], next: UInt64) {
        connections[connection]?.scanCompleted(entries, next: next)
    }

    /// The log could not be read for a connection.
    func scanFailed(connection: UInt64) {
        connections[connection]?.scanFailed()
    }

    /// It is a connection's turn in a shared subscription.
    ///
    /// - Returns: false if it cannot take it.
    func takeTurn(_ turn: HeldDelivery, connection: UInt64) -> Bool {
        connections[connection]?.takeTurn(turn) ?? false
    }

    /// The start of a subscription by time has been found.
    func startResolved(connection: UInt64, token: UInt64, index: UInt64) {
        connections[connection]?.startResolved(token: token, index: index)
    }

    // MARK: - Sessions

    /// Claims a session for one of this loop's connections.
    func claim(_ key: SessionKey, by connection: BrokerConnection) {
        let holder = SessionDirectory.Holder(shard: number, connection: connection.id)
        switch shared.sessions.withLock({ $0.claim(key, by: holder) }) {
        case .none:
            connection.sessionClaimed(nil)
        case .resumed(let session):
            connection.sessionClaimed(session)
        case .heldBy(let other, let displaced):
            shared.onShard(other.shard) { $0.takeOver(connection: other.connection, key: key) }
            if let displaced {
                shared.onShard(displaced.shard) {
                    $0.claimDisplaced(connection: displaced.connection)
                }
            }
        case .tooMany:
            connection.sessionRefused(
                Refusal(
                    .connect,
                    .quotaExceeded,
                    "the station has \(shared.limits.sessionsPerStationMax) sessions, which is as "
                        + "many as it may have: end one, or use its client identifier",
                    limit: .sessionsPerStationMax
                )
            )
        case .tooManyConnections:
            connection.meter?.limitedCount.add(1, ordering: .relaxed)
            connection.sessionRefused(.connections(key.station.agency, shared.limits))
        }
    }

    /// Gives back what a connection held or claimed.
    func release(_ session: Session?, key: SessionKey, connection: UInt64) {
        let holder = SessionDirectory.Holder(shard: number, connection: connection)
        let now = loop.now
        var next: SessionDirectory.Holder?
        var handedOver = session
        if let session {
            let release = shared.sessions.withLock { $0.release(session, by: holder, now: now) }
            if case .handOver(let claimant) = release { next = claimant }
            // A session without expiry ends with its connection, taken over or not (3.1.2.11.2).
            if !session.isDurable { handedOver = nil }
        } else {
            next = shared.sessions.withLock { $0.withdraw(key, by: holder) }
            handedOver = nil
        }
        guard let next else { return }
        let granted = handedOver
        shared.onShard(next.shard) {
            $0.sessionGranted(connection: next.connection, key: key, session: granted)
        }
    }

    /// Tells the routing what a connection waits for.
    func route(_ connection: BrokerConnection, scopes: Subscription.Scopes) {
        guard let agency = connection.station?.agency else { return }
        routing.set(connection: connection.id, agency: agency, scopes: scopes)
    }

    // MARK: - Delivery

    private func deliverLive(_ entry: CommittedEntry) {
        if let alert = entry.alert {
            for count in alert.counts {
                let readers = routing.alertReaders(of: count.agency)
                guard !readers.isEmpty,
                    let template = DeliveryTemplate(alert: alert, index: entry.index, count.count)
                else { continue }
                for id in readers { connections[id]?.deliverLive(entry, template) }
            }
        }
        if let notice = entry.notice {
            for reader in notice.readers {
                let ids = routing.alertReaders(of: reader.agency)
                guard !ids.isEmpty else { continue }
                let template = DeliveryTemplate(
                    notice: notice,
                    index: entry.index,
                    for: reader
                )
                for id in ids { connections[id]?.deliverLive(entry, template) }
            }
        }
        if let message = entry.opaque {
            let template = DeliveryTemplate(message: message, index: entry.index)
            for id in routing.opaqueReaderIDs { connections[id]?.deliverLive(entry, template) }
            if number == 0 { shareOut(entry, message) }
        }
        let readers = routing.logReaderIDs
        guard !readers.isEmpty else { return }
        let template = DeliveryTemplate(entry: entry)
        for id in readers { connections[id]?.deliverLive(entry, template) }
    }

    /// Gives a lagging connection what it is owed, from memory or from the log.
    func pump(_ connection: BrokerConnection) {
        guard let start = connection.backlogStart, !connection.isScanning else { return }
        let share = shareOfRound()
        var next = start
        var count = 0
        while next < committed {
            guard count < share else {
                connection.advance(to: next)
                loop.performNextRound { [weak self, weak connection] in
                    if let connection { self?.pump(connection) }
                }
                return
            }
            guard let entry = tail[next] else {
                connection.advance(to: next)
                connection.beginScan()
                return
            }
            guard connection.deliver(entry) else {
                connection.advance(to: next)
                return
            }
            next += 1
            count += 1
        }
        connection.advance(to: next)
    }

    // The share of one connection, when about as many have a turn as in the last round.
    private func shareOfRound() -> Int {
        if turnCount == 0 {
            loop.performAtEndOfRound { [weak self] in
                guard let self else { return }
                lastTurnCount = max(1, turnCount)
                turnCount = 0
            }
        }
        turnCount += 1
        let share = Self.roundCountMax / max(lastTurnCount, turnCount)
        return min(max(share, Self.shareRange.lowerBound), Self.shareRange.upperBound)
    }

    /// The current checkpoint as it goes out.
    var checkpointTemplate: PublishTemplate {
        PublishTemplate(
            topicName: "$aviso/checkpoint",
            properties: Properties(),
            payload: note[...]
        )
    }
}
