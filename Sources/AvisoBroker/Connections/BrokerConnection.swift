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
    let id: UInt64
    private(set) var station: StationIdentity?
    /// What the directory has of its agency at this moment.
    private(set) var member: DirectoryMember?
    var isScanning = false
    /// What was read last for the session, or is being read.
    var reading: LogReading?

    unowned let shard: Shard
    private(set) var stream: ClientStream?
    private var decoder: PacketDecoder
    var machine: ConnectionMachine?
    // Set for who is refused before CONNECT, such as a certificate that names no station; it has no
    // machine.
    private var earlyRefusal: Refusal?
    /// What the agency does on all its connections; nil where nobody measures it.
    var meter: AgencyMeter?
    /// Whether it waits for its CONNECT only to be told why it is refused.
    var isBeingTold = false
    var actions: [ConnectionAction] = []
    var undecided = UndecidedSubmissions()
    var pause = ReadingPause()
    private var lastUnanswered: UInt64 = 0
    // A SUBSCRIBE that came behind what the sequencer has not decided.
    private var heldBack: ControlPacket?
    private(set) var isAwaitingDecisions = false
    private var timer: TimerToken?
    private var address = ""
    private var isDecoding = false
    // The connection has ended, and its session stays until the sequencer has decided.
    private var isLeaving = false
    private var hasClosed = false
    // Whether it came over the listener without TLS.
    private var isPlain = false

    init(id: UInt64, shard: Shard) {
        self.id = id
        self.shard = shard
        decoder = PacketDecoder(
            packetByteCountMax: shard.shared.limits.packetByteCountMax,
            isForClients: true
        )
    }

    var shared: BrokerShared { shard.shared }
    var holder: SessionDirectory.Holder { .init(shard: shard.number, connection: id) }

    /// Whether its session has a subscription to a topic.
    func reads(_ topicName: String) -> Bool {
        machine?.session?.subscriptions.contains { $0.filter.matches(topicName) } ?? false
    }

    // MARK: - Stream

    func begin(_ accepted: consuming AcceptedConnection, isPlain: Bool) {
        address = accepted.remoteAddress.description
        self.isPlain = isPlain
        var limits = SecureStream.Limits()
        limits.readyMilliseconds = UInt64(shared.limits.handshakeSeconds) * 1000
        let events = SecureStream.Events(
            onReady: { [weak self] in isPlain ? self?.plainReady() : self?.ready($0) },
            onBytes: { [weak self] in self?.received($0) },
            onDrained: { [weak self] in self?.drained() },
            onClosed: { [weak self] in self?.closed($0) }
        )
        if isPlain {
            stream = .plain(
                PlainStream(loop: shard.loop, accepted: accepted, limits: limits, events: events)
            )
        } else {
            stream = .secure(
                SecureStream(
                    loop: shard.loop,
                    accepted: accepted,
                    context: shared.context,
                    limits: limits,
                    events: events
                )
            )
        }
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
            refuseEarly(refusal)
            return
        }
        begin(station, isLoopback: false)
    }

    private func plainReady() {
        if let station = StationIdentity.loopback { begin(station, isLoopback: true) }
    }

    private func begin(_ station: StationIdentity, isLoopback: Bool) {
        self.station = station
        member = shard.directory[station.agency]?.member
        if let refusal = beginMetering(station, isLoopback: isLoopback) {
            refuseEarly(refusal)
            return
        }
        machine = ConnectionMachine(
            station: station,
            directory: shard.directory,
            settings: shared.settings,
            isLoopback: isLoopback
        )
        armConnectTimer()
    }

    // The reason is told in the answer to CONNECT, so that one is waited for.
    private func refuseEarly(_ refusal: Refusal) {
        refuse(refusal)
        earlyRefusal = refusal
        guard mayBeTold() else {
            stream?.close(flushing: false)
            return
        }
        armConnectTimer()
    }

    private func armConnectTimer() {
        arm(shard.loop.now.adding(seconds: UInt64(shared.limits.connectSeconds)))
    }

    private func closed(_ reason: StreamCloseReason) {
        if machine == nil, earlyRefusal == nil {
            switch reason {
            case .tls(let error): refuse(Refusal(.tls, .notAuthorized, error.message))
            case .handshakeTimedOut: handshakeTimedOut()
            default: break
            }
        }
        endTelling()
        detach()
        if let timer { shard.loop.cancel(timer) }
        timer = nil
        hasClosed = true
        if !isLeaving { shard.removed(self) }
    }

    private func received(_ bytes: ArraySlice<UInt8>) {
        decoder.append(bytes)
        if let earlyRefusal {
            answer(earlyRefusal)
        } else {
            decode()
        }
    }

    // The CONNECT gets the reason, and whatever else comes in its place gets none.
    private func answer(_ refusal: Refusal) {
        do throws(MQTTDecodingError) {
            guard let packet = try decoder.next() else { return }
            if case .connect(let connect) = packet { send(refusal.connAck, connect.version) }
        } catch {
            if decoder.hasFailedAtConnect, decoder.version == .v5 { send(refusal.connAck, .v5) }
        }
        stream?.close(flushing: true)
    }

    private func send(_ connAck: ConnAckPacket, _ version: ProtocolVersion) {
        write(.connAck(connAck), version)
    }

    private func write(_ packet: ControlPacket, _ version: ProtocolVersion) {
        let isBare = isPlain && !shared.settings.plainDiagnostics
        // CONNACK and DISCONNECT with the reason are a MAY and a SHOULD (3.1.4, 4.13.1).
        if isBare, decoder.failure?.needsNoAnswer == true { return }
        let packet = isBare ? packet.withoutDiagnostics : packet
        stream?.write { PacketEncoder.encode(packet, version: version, into: &$0) }
        noticeUnread()
    }

    private func decode() {
        guard !isDecoding, machine != nil else { return }
        isDecoding = true
        defer { isDecoding = false }
        while isDecodable {
            do throws(MQTTDecodingError) {
                guard var packet = try nextPacket() else { return }
                if case .connect(var connect) = packet, connect.clientIdentifier.isEmpty {
                    connect.clientIdentifier = Self.newIdentifier()
                    connect.clientIdentifierIsAssigned = true
                    packet = .connect(connect)
                }
                if let refusal = refusal(of: packet) {
                    step {
                        $0.requestRefused(packet, refusal, now: shard.loop.now, into: &actions)
                    }
                    continue
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
                step { $0.decodingFailed(error, decoder: decoder, into: &actions) }
                return
            }
        }
    }

    private var isDecodable: Bool {
        machine?.isClosed == false && machine?.isClaiming == false
            && machine?.isResolvingStart == false
    }

    // The next packet, unless it has to wait. A SUBSCRIBE waits for what its loop took before it:
    // that was there already, retained or not, and is nothing new.
    private func nextPacket() throws(MQTTDecodingError) -> ControlPacket? {
        guard !isAwaitingDecisions else { return nil }
        if let packet = heldBack {
            heldBack = nil
            return packet
        }
        guard let packet = try decoder.next() else { return nil }
        guard case .subscribe = packet, shard.awaitDecisions(for: self) else { return packet }
        heldBack = packet
        isAwaitingDecisions = true
        updatePause()
        return nil
    }

    /// What the loop had taken is decided, and it knows the entries.
    func decisionsCame() {
        isAwaitingDecisions = false
        updatePause()
        decode()
    }

    private static func newIdentifier() -> String {
        "auto-\(UUID(version7At: SystemClock.wall(), random: Randomness.words()))"
    }

    // MARK: - Events from elsewhere

    func completed(token: UInt64, _ completion: ShardUpdate.Completion, isForNobody: Bool) {
        if undecided.remove(token: token) { updatePause() }
        guard Self.isAnswered(token: token) else { return }
        switch completion {
        case .publish(let result):
            if token & Self.recordTokenBit != 0 {
                // The log cannot be written: what was to be promised is not.
                guard case .refused(let refusal) = result else { return }
                step {
                    $0.sessionUnrecorded(
                        token: token & ~Self.recordTokenBit,
                        refusal,
                        into: &actions
                    )
                }
                return
            }
            step {
                $0.publishCompleted(
                    token: token,
                    result: result,
                    isForNobody: isForNobody,
                    into: &actions
                )
            }
            leaveIfDecided()
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
        updatePause()
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
        member = station.flatMap { directory[$0.agency]?.member }
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
        updatePause()
        decode()
    }

    // MARK: - Actions

    // Marks the tokens of session records, so that they never meet packet identifiers.
    private static let recordTokenBit: UInt64 = 1 << 63
    // Marks the tokens of what is counted and not answered, such as publishes with QoS 0.
    private static let unansweredTokenBit: UInt64 = 1 << 62

    func step(_ event: (inout ConnectionMachine) -> Void) {
        // In its place, since a copy of the machine costs more than many a packet.
        guard machine?.take(event) != nil else { return }
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
            write(packet, machine?.version ?? .v5)
        case .claimSession(let key, _):
            shard.claim(key, by: self)
            updatePause()
        case .admit(let publish, let topicName, let token):
            admit(publish, topicName: topicName, token: token)
        case .publishOpaque(let publish, let topicName, let token):
            submit(publish, topicName: topicName, token: token)
        case .publishWill(let message):
            submit(.opaque(message), token: nil)
        case .refuse(let refusal, let token):
            refuse(refusal, token: token)
        case .resolveStart(let time, let token):
            let holder = holder
            shared.onCatchUp { $0.resolve(time, for: holder, token: token) }
            updatePause()
        case .recordSession(let change, let token):
            record(change, token: token)
        case .sessionReady:
            sessionReady()
        case .sendCheckpoint:
            sendCheckpoint(shard.checkpointTemplate)
        case .deliverWaiting:
            deliverWaiting()
        case .deliverRetained(let subscription):
            holdRetained(for: subscription)
        case .resendHeld(let packetIdentifier):
            resendHeld(packetIdentifier)
        case .joinShare(let subscription):
            join(subscription)
        case .leaveShare(let filter):
            leave(filter)
        case .close:
            detach()
            stream?.close(flushing: true)
        }
    }

    private func admit(_ publish: PublishPacket, topicName: String, token: UInt64) {
        guard let station, mayPublish(publish, token: token) else { return }
        let body: Submission.Body
        do throws(Refusal) {
            body = try check(publish, topicName: topicName, station)
        } catch {
            body = .refusal(error, station: station, address: address)
        }
        submit(body, token: token)
    }

    private func submit(_ publish: PublishPacket, topicName: String, token: UInt64?) {
        guard let sender = machine?.sessionKey, mayPublish(publish, token: token) else { return }
        let message = OpaqueMessage(
            publish,
            topicName: topicName,
            sender: sender,
            now: SystemClock.wall()
        )
        submit(.opaque(message), token: token)
    }

    /// Whether the client waits for an answer to what a token stands for.
    static func isAnswered(token: UInt64) -> Bool { token & unansweredTokenBit == 0 }

    private func unansweredToken() -> UInt64 {
        lastUnanswered += 1
        return lastUnanswered | Self.unansweredTokenBit
    }

    func refuse(_ refusal: Refusal, token: UInt64? = nil) {
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
        submit(refusal, token: token)
    }

    /// Has a refusal recorded, and answered where there is a token.
    func submit(_ refusal: Refusal, token: UInt64?) {
        submit(.refusal(refusal, station: station, address: address), token: token)
    }

    private func record(_ change: SessionChange, token: UInt64?) {
        guard let key = machine?.sessionKey else { return }
        submit(.session(change.body(of: key)), token: token.map { $0 | Self.recordTokenBit })
    }

    private func submit(_ body: Submission.Body, token: UInt64?) {
        // Whether or not anybody is answered, it is counted until it is decided.
        let token = token ?? unansweredToken()
        let source = Submission.Source(shard: shard.number, connection: id, token: token)
        let submission = Submission(source: source, body: body)
        undecided.add(token: token, byteCount: submission.byteCount)
        updatePause()
        shard.submit(submission)
    }

    // MARK: - Session

    private func sessionReady() {
        guard let session = machine?.session else { return }
        shard.route(self, scopes: session.scopes)
        deliverWaiting()
    }

    // The session goes on once it is known what was taken: a client that comes back sends again
    // what was not answered, and a QoS 2 message is taken once [MQTT-4.3.3-10].
    private func detach() {
        guard let key = machine?.sessionKey else { return }
        isLeaving = machine?.hasUndecidedPublishes == true
        guard !isLeaving else {
            machine?.connectionLost(committed: shard.committed)
            return
        }
        report()
        publishWill(of: key)
        let session = machine?.takeSession(committed: shard.committed)
        machine?.forgetClaim()
        shard.route(self, scopes: [])
        if let session { leaveShares(of: session) }
        shard.release(session, key: key, connection: id)
    }

    private func leaveIfDecided() {
        guard isLeaving, machine?.hasUndecidedPublishes == false else { return }
        detach()
        if hasClosed { shard.removed(self) }
    }

    private func publishWill(of key: SessionKey) {
        guard let (publish, delaySeconds) = machine?.takeWill() else { return }
        let message = OpaqueMessage(
            publish,
            topicName: publish.topicName,
            sender: key,
            now: SystemClock.wall()
        )
        if delaySeconds > 0 {
            let dueAt = shard.loop.now.adding(seconds: UInt64(delaySeconds))
            machine?.parkWill(PendingWill(message: message, dueAt: dueAt))
        } else {
            submit(.opaque(message), token: nil)
        }
    }

    /// Ends the connection for a reason of the broker's own.
    func end(_ reasonCode: ReasonCode, _ text: String) {
        step { $0.disconnect(reasonCode, text, into: &actions) }
    }

    // MARK: - Time

    private func arm(_ deadline: MonotonicTime) {
        if let timer { shard.loop.cancel(timer) }
        timer = shard.loop.schedule(at: deadline) { [weak self] in self?.timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard earlyRefusal == nil else {
            stream?.close(flushing: false)
            return
        }
        guard machine?.isClosed == false else { return }
        guard machine?.isConnected == true || machine?.isClaiming == true else {
            step {
                $0.connectTimedOut(into: &actions)
            }
            return
        }
        silenceNoticed()
    }
}

extension ConnectionMachine {
    fileprivate mutating func take(_ event: (inout ConnectionMachine) -> Void) { event(&self) }
}
