import Alerts
import Base
import BrokerCore
import Crypto
import EventLoop
import LogStore
import MQTTCodec
import MerkleLog
import TLSEngine

/// Drives one connection's machine: bytes in, packets out, requests to the sequencer.
final class BrokerConnection {
    // A publisher whose unanswered alerts take more than this is not read from.
    private static let pendingByteCountMax = 8 << 20

    let id: UInt64
    private(set) var station: StationIdentity?
    private(set) var isScanning = false

    private unowned let shard: Shard
    private var stream: SecureStream?
    private var decoder: PacketDecoder
    private var machine: ConnectionMachine?
    // Set for a certificate that names no station; it has no machine.
    private var strangerRefusal: Refusal?
    private var actions: [ConnectionAction] = []
    private var pendingByteCounts: [UInt64: Int] = [:]
    private var pendingByteCount = 0
    private var isPaused = false
    private var timer: TimerToken?
    private var address = ""
    private var isDecoding = false

    init(id: UInt64, shard: Shard) {
        self.id = id
        self.shard = shard
        decoder = PacketDecoder(packetByteCountMax: shard.shared.limits.packetByteCountMax)
    }

    private var shared: BrokerShared { shard.shared }
    private var holder: SessionDirectory.Holder { .init(shard: shard.number, connection: id) }

    // MARK: - Stream

    func begin(_ accepted: consuming AcceptedConnection) {
        address = accepted.remoteAddress.description
        var limits = SecureStream.Limits()
        limits.readyMilliseconds = UInt64(shared.limits.handshakeSeconds) * 1000
        stream = SecureStream(
            loop: shard.loop,
            accepted: accepted,
            context: shared.context,
            limits: limits,
            events: SecureStream.Events(
                onReady: { [weak self] in self?.ready($0) },
                onBytes: { [weak self] in self?.received($0) },
                onDrained: { [weak self] in self?.deliverWaiting() },
                onClosed: { [weak self] in self?.closed($0) }
            )
        )
    }

    private func ready(_ certificate: PeerCertificate?) {
        let names = certificate?.uriNames ?? []
        guard let station = names.lazy.compactMap({ StationIdentity(urn: $0) }).first else {
            let refusal = Refusal(
                .tls,
                .notAuthorized,
                "the certificate names no station: it needs a URI such as "
                    + "urn:aviso:agency:CO:PONAL:station-1 as subject alternative name"
            )
            refuse(refusal)
            strangerRefusal = refusal
            armConnectTimer()
            return
        }
        self.station = station
        machine = ConnectionMachine(
            station: station,
            directory: shard.directory,
            settings: shared.settings
        )
        armConnectTimer()
    }

    private func armConnectTimer() {
        arm(shard.loop.now.adding(seconds: UInt64(shared.limits.connectSeconds)))
    }

    private func closed(_ reason: StreamCloseReason) {
        if machine == nil, strangerRefusal == nil, case .tls(let error) = reason {
            refuse(Refusal(.tls, .notAuthorized, error.message))
        }
        detach()
        if let timer { shard.loop.cancel(timer) }
        timer = nil
        shard.removed(self)
    }

    private func received(_ bytes: ArraySlice<UInt8>) {
        decoder.append(bytes)
        if let strangerRefusal {
            answer(strangerRefusal)
        } else {
            decode()
        }
    }

    // A stranger's CONNECT gets the reason, and whatever else comes in its place gets none.
    private func answer(_ refusal: Refusal) {
        do throws(MQTTDecodingError) {
            guard let packet = try decoder.next() else { return }
            if case .connect = packet { run(.send(.connAck(refusal.connAck))) }
        } catch {
            if decoder.nextIsConnect { run(.send(.connAck(refusal.connAck))) }
        }
        stream?.close(flushing: true)
    }

    private func decode() {
        guard !isDecoding, machine != nil else { return }
        isDecoding = true
        defer { isDecoding = false }
        while let machine, !machine.isClosed, !machine.isClaiming {
            do throws(MQTTDecodingError) {
                guard var packet = try decoder.next() else { return }
                if case .connect(var connect) = packet, connect.clientIdentifier.isEmpty {
                    connect.clientIdentifier = "auto-\(Hex.encode(Randomness.bytes(8)))"
                    connect.clientIdentifierIsAssigned = true
                    packet = .connect(connect)
                }
                step {
                    $0.packetReceived(
                        packet,
                        now: shard.loop.now,
                        committed: shard.committed,
                        into: &actions
                    )
                }
            } catch {
                let isConnect = decoder.nextIsConnect
                step { $0.decodingFailed(error, isConnect: isConnect, into: &actions) }
                return
            }
        }
    }

    // MARK: - Events from elsewhere

    func completed(token: UInt64, _ completion: ShardUpdate.Completion) {
        if let byteCount = pendingByteCounts.removeValue(forKey: token) {
            pendingByteCount -= byteCount
            updatePause()
        }
        switch completion {
        case .publish(let result):
            if token & Self.recordTokenBit != 0 {
                // The log cannot be written: what was to be promised is not.
                stream?.close(flushing: true)
                return
            }
            step { $0.publishCompleted(token: token, result: result, into: &actions) }
        case .recorded:
            step {
                $0.sessionRecorded(token: token & ~Self.recordTokenBit, into: &actions)
            }
        }
    }

    func sessionClaimed(_ session: Session?) {
        step {
            $0.sessionClaimed(
                session,
                now: shard.loop.now,
                committed: shard.committed,
                into: &actions
            )
        }
        decode()
    }

    func sessionRefused(_ refusal: Refusal) {
        step { $0.sessionRefused(refusal, into: &actions) }
    }

    func claimDisplaced() {
        sessionRefused(
            Refusal(
                .connect,
                .sessionTakenOver,
                "another connection of this station came with the same client identifier"
            )
        )
    }

    func isClaiming(_ key: SessionKey) -> Bool {
        machine?.isClaiming == true && machine?.sessionKey == key
    }

    func takenOver(_ key: SessionKey) {
        guard machine?.sessionKey == key else { return }
        step { $0.takenOver(into: &actions) }
    }

    func stop() {
        guard machine != nil else {
            stream?.close(flushing: false)
            return
        }
        step { $0.serverStopping(into: &actions) }
    }

    func directoryChanged(_ directory: Directory) {
        machine?.directory = directory
    }

    func startResolved(token: UInt64, index: UInt64) {
        step {
            $0.startResolved(
                token: token,
                index: index,
                committed: shard.committed,
                into: &actions
            )
        }
    }

    // MARK: - Actions

    // Marks the tokens of session records, so that they never meet packet identifiers.
    private static let recordTokenBit: UInt64 = 1 << 63

    private func step(_ event: (inout ConnectionMachine) -> Void) {
        guard var stepped = machine else { return }
        // Out of the property while it changes, so that it is not copied.
        machine = nil
        event(&stepped)
        machine = stepped
        while !actions.isEmpty {
            let pending = actions
            actions = []
            for action in pending { run(action) }
        }
        if let deadline = machine?.keepAliveDeadline, timer == nil { arm(deadline) }
    }

    private func run(_ action: ConnectionAction) {
        switch action {
        case .send(let packet):
            stream?.write { buffer in PacketEncoder.encode(packet, into: &buffer) }
        case .claimSession(let key, _):
            shard.claim(key, by: self)
        case .admit(let publish, let topicName, let token):
            admit(publish, topicName: topicName, token: token)
        case .refuse(let refusal, let token):
            refuse(refusal, token: token)
        case .resolveStart(let time, let token):
            let holder = holder
            shared.onCatchUp { $0.resolve(time, for: holder, token: token) }
        case .recordSession(let change, let token):
            record(change, token: token)
        case .sessionReady:
            sessionReady()
        case .sendCheckpoint:
            sendCheckpoint(shard.checkpointNote)
        case .deliverWaiting:
            deliverWaiting()
        case .close:
            detach()
            stream?.close(flushing: true)
        }
    }

    private func admit(_ publish: PublishPacket, topicName: String, token: UInt64) {
        guard let station else { return }
        let body: Submission.Body
        do throws(Refusal) {
            body = .alert(
                try shared.checker.check(
                    topicName: topicName,
                    payload: publish.payload,
                    station: station,
                    directory: shard.directory,
                    now: SystemClock.wall()
                )
            )
        } catch {
            body = .refusal(error, station: station, address: address)
        }
        submit(body, token: token)
    }

    private func refuse(_ refusal: Refusal, token: UInt64? = nil) {
        shared.log.log(
            .info,
            "refused",
            "\(refusal.text)",
            [
                "request": LogValue(refusal.request.rawValue),
                "reason": LogValue(refusal.reasonCode.rawValue),
                "station": LogValue(station?.urn ?? ""), "address": LogValue(address),
            ]
        )
        submit(.refusal(refusal, station: station, address: address), token: token)
    }

    private func record(_ change: SessionChange, token: UInt64?) {
        guard let key = machine?.sessionKey else { return }
        submit(.session(change.body(of: key)), token: token.map { $0 | Self.recordTokenBit })
    }

    private func submit(_ body: Submission.Body, token: UInt64?) {
        let source = token.map {
            Submission.Source(shard: shard.number, connection: id, token: $0)
        }
        let submission = Submission(source: source, body: body)
        if let token {
            pendingByteCounts[token] = submission.byteCount
            pendingByteCount += submission.byteCount
            updatePause()
        }
        shard.submit(submission)
    }

    private func updatePause() {
        let pauses =
            pendingByteCount > Self.pendingByteCountMax
            || (pendingByteCount > 0 && shared.submissions.isFull)
        guard pauses != isPaused else { return }
        isPaused = pauses
        stream?.setPaused(pauses)
    }

    // MARK: - Session

    private func sessionReady() {
        guard let session = machine?.session else { return }
        shard.route(self, scopes: Set(session.subscriptions.map(\.scope)))
        deliverWaiting()
    }

    private func detach() {
        guard let key = machine?.sessionKey else { return }
        report()
        let session = machine?.takeSession(committed: shard.committed)
        machine?.forgetClaim()
        if let station { shard.route(self, scopes: []); _ = station }
        shard.release(session, key: key, connection: id)
    }

    /// Reports to the log what the client has acknowledged since the last report.
    func report() {
        guard let key = machine?.session?.key, let (acknowledged, skipped) = takeReport(),
            let cursor = machine?.session?.cursor(committed: shard.committed)
        else { return }
        let body = DeliveryBody(
            station: key.station.urn,
            client: key.clientIdentifier,
            cursor: cursor,
            acknowledged: acknowledged,
            skipped: skipped
        )
        shard.submit(Submission(source: nil, body: .delivery(body)))
    }

    private func takeReport() -> (acknowledged: [UInt64], skipped: [UInt64])? {
        guard let report = machine?.takeReport() else { return nil }
        return report.acknowledged.isEmpty && report.skipped.isEmpty ? nil : report
    }

    // MARK: - Delivery

    /// Where this connection's session must read on; nil while it is live.
    var backlogStart: UInt64? { machine?.session?.backlogStart }

    func advance(to index: UInt64) {
        machine?.advance(to: index, committed: shard.committed)
    }

    func deliverWaiting() {
        if machine?.isConnected == true, backlogStart != nil { shard.pump(self) }
    }

    func deliverLive(_ entry: CommittedEntry, _ template: DeliveryTemplate) {
        guard machine?.isConnected == true, backlogStart == nil else { return }
        if !send(entry, template) { machine?.fallBehind(at: entry.index) }
    }

    /// Delivers one entry where it is wanted.
    ///
    /// - Returns: false if it must wait.
    func deliver(_ entry: CommittedEntry) -> Bool {
        guard machine?.isConnected == true, let station, let session = machine?.session else {
            return false
        }
        let scopes = Set(session.subscriptions.map(\.scope))
        if scopes.contains(.log), !send(entry, DeliveryTemplate(entry: entry)) { return false }
        guard scopes.contains(.alerts), let alert = entry.alert,
            let count = alert.counts.first(where: { $0.agency == station.agency })?.count,
            let template = DeliveryTemplate(alert: alert, index: entry.index, count)
        else { return true }
        return send(entry, template)
    }

    private func send(_ entry: CommittedEntry, _ template: DeliveryTemplate) -> Bool {
        guard let stream, let station,
            stream.pendingByteCount < shared.limits.outboundByteCountMax
        else { return false }
        if template.scope == .alerts {
            // The permission at this moment, whatever it was when the client subscribed.
            guard let alert = entry.alert,
                shard.directory[station.agency]?.member.subscribe.contains(alert.channel) == true
            else { return true }
        } else if shard.directory[station.agency]?.member.role == .agency {
            return true
        }
        let delivery = machine?.planDelivery(
            index: entry.index,
            topicName: template.topicName,
            scope: template.scope,
            byteCount: template.publish.byteCount
        )
        switch delivery {
        case nil, .some(.none), .tooLarge: return true
        case .windowFull: return false
        case .send(let qos, let packetIdentifier, let isDuplicate, let identifiers):
            stream.write { buffer in
                template.publish.append(
                    qos: qos,
                    packetIdentifier: packetIdentifier,
                    isDuplicate: isDuplicate,
                    identifiers: identifiers,
                    to: &buffer
                )
            }
            return true
        }
    }

    func beginScan(from index: UInt64) {
        guard let station, let record = shard.directory[station.agency],
            let session = machine?.session
        else { return }
        isScanning = true
        let isLog = session.subscriptions.contains { $0.scope == .log }
        let filter =
            isLog
            ? RecordFilter.all
            : RecordFilter(
                channels: Set(record.member.subscribe.map(\.number)),
                recipientMask: record.mask
            )
        let holder = holder
        shared.onCatchUp { $0.scan(for: holder, from: index, filter: filter) }
    }

    func scanCompleted(_ entries: [CommittedEntry], next: UInt64) {
        isScanning = false
        guard machine?.isConnected == true, let start = backlogStart else { return }
        // A subscription from the past may have taken the session back meanwhile.
        guard entries.first.map({ $0.index >= start }) ?? (next >= start) else {
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
        step {
            $0.disconnect(
                .unspecifiedError,
                "the log cannot be read: the operator has been told",
                into: &actions
            )
        }
    }

    func sendCheckpoint(_ note: [UInt8]) {
        guard machine?.isConnected == true, let stream,
            stream.pendingByteCount < shared.limits.outboundByteCountMax
        else { return }
        let packet = PublishPacket(
            topicName: "$aviso/checkpoint",
            qos: .atMostOnce,
            packetIdentifier: nil,
            payload: note
        )
        stream.write { buffer in PacketEncoder.encode(.publish(packet), into: &buffer) }
    }

    // MARK: - Time

    private func arm(_ deadline: MonotonicTime) {
        if let timer { shard.loop.cancel(timer) }
        timer = shard.loop.schedule(at: deadline) { [weak self] in self?.timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard strangerRefusal == nil else {
            stream?.close(flushing: false)
            return
        }
        guard let machine, !machine.isClosed else { return }
        guard machine.isConnected || machine.isClaiming else {
            step {
                $0.connectTimedOut(into: &actions)
            }
            return
        }
        step { $0.keepAliveExpired(now: shard.loop.now, into: &actions) }
    }
}
