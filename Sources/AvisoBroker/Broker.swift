import Alerts
import Base
import BrokerCore
import CBOR
import COSE
import Configuration
import Crypto
package import DaemonConfiguration
import EventLoop
import HTTPEngine
import LogStore
import MerkleLog
import Synchronization
import TLSEngine

/// The daemon: log, sequencer, loops and listener, from start to stop.
package final class Broker: Sendable {
    /// The name and version that CONNECT and the genesis tell.
    package static let version = "avisod 0.1"

    /// The bound port.
    package let port: UInt16
    /// The bound port of the listener without TLS, if the configuration has one.
    package let plainPort: UInt16?
    /// The bound port of the HTTPS server, if the configuration has one.
    package let httpsPort: UInt16?

    private let configuration: BrokerConfiguration
    private let shared: BrokerShared
    private let sequencer: LoopThread<SequencerWorker>
    private let catchUp: LoopThread<CatchUp>
    private let snapshots: LoopThread<SnapshotKeeper>
    private let attachments: LoopThread<AttachmentKeeper>
    private let witnesses: [LoopThread<WitnessAsker>]
    private let shards: [LoopThread<Shard>]
    private let https: HTTPServer?
    // Whether a stop waits for nobody any more.
    private let isHurried = Atomic<Bool>(false)

    /// Reads and checks everything that a start needs, without starting or changing anything.
    ///
    /// - Returns: the verifier key of the log, for the `log.vkey` of profiles.
    /// - Throws: an error with a sentence for the operator.
    package static func check(_ configuration: BrokerConfiguration) throws -> String {
        try Parts(configuration).signer.verifierKey.description
    }

    /// Starts the broker: when this returns, it serves.
    ///
    /// - Throws: an error with a sentence for the operator.
    package init(_ configuration: BrokerConfiguration, log: StructuredLog) throws {
        self.configuration = configuration
        let parts = try Parts(configuration)
        let shardCount =
            configuration.threads > 0 ? configuration.threads : SystemProcessors.count
        let handover = Handover()
        let sequencer = try Broker.startSequencer(configuration, parts.signer, shardCount) {
            start in
            handover.start.withLock { $0 = start }
        }
        guard let start = handover.start.withLock({ $0 }) else {
            preconditionFailure("the sequencer started without its log")
        }
        self.sequencer = sequencer
        Broker.tell(start, log)
        let shared = BrokerShared(
            limits: configuration.limits,
            settings: ConnectionSettings(
                limits: configuration.limits,
                topics: TopicSpace(opaqueChannels: configuration.opaqueChannels),
                serverVersion: Broker.version,
                logOrigin: configuration.log.origin,
                plainDiagnostics: configuration.plainDiagnostics
            ),
            context: parts.context,
            reader: start.reader,
            attachments: start.attachments,
            log: log,
            submissions: SubmissionQueue(),
            waiting: WaitingSubmissions(countMax: configuration.httpsSubmissionsMax),
            sessions: Broker.sessionDirectory(start, configuration.limits),
            published: start.published(with: parts.members),
            cosigning: parts.cosigning
        )
        self.shared = shared
        let socket = try ListeningSocket(
            host: configuration.listen.host,
            port: configuration.listen.port
        )
        port = socket.address.port
        let plainSocket = try configuration.plainListen.map(Broker.bind)
        plainPort = plainSocket?.address.port
        let httpsSocket = try configuration.https.map(Broker.bind)
        httpsPort = httpsSocket?.address.port
        Broker.warn(configuration, log)
        shards = try Broker.startShards(shardCount, shared, start)
        catchUp = try LoopThread.start(name: "catch-up") { _ in CatchUp(shared: shared) }
        https = try httpsSocket.map { socket throws(HTTPError) in
            try Broker.startHTTPS(socket, shared, parts.signer, start.formerKeys, configuration)
        }
        snapshots = try LoopThread.start(name: "snapshots") { _ in
            SnapshotKeeper(folder: start.snapshots, shared: shared)
        }
        attachments = try LoopThread.start(name: "attachments") { loop in
            AttachmentKeeper(loop: loop, shared: shared)
        }
        shared.publish(
            shards: shards,
            catchUp: catchUp,
            snapshots: snapshots,
            attachments: attachments,
            sequencer: sequencer
        )
        sequencer.execute { $0.attach(shared) }
        try parts.cosigning?.keep(in: configuration.log.directory)
        witnesses = try Broker.startWitnesses(shared)
        shared.submissions.setWake { sequencer.execute { $0.drain() } }
        begin(with: parts.members, on: [(socket, false)] + (plainSocket.map { [($0, true)] } ?? []))
    }

    // Loops listen only when they know the members; and whoever is told that the broker is ready
    // finds a member where there is one.
    private func begin(
        with members: [DirectoryMember],
        on sockets: [(socket: ListeningSocket, isPlain: Bool)]
    ) {
        let shared = shared
        let isBegun = Flag()
        setMembers(members) {
            shared.onAllShards { shard in
                do throws(SystemError) {
                    for (socket, isPlain) in sockets {
                        try shard.listen(socket, isPlain: isPlain)
                    }
                } catch {
                    shared.log.log(.error, "listen-failed", error.message)
                }
            }
            isBegun.set()
        }
        isBegun.wait()
    }

    private static func bind(
        _ listen: BrokerConfiguration.Listen
    ) throws(NetworkError) -> ListeningSocket {
        try ListeningSocket(host: listen.host, port: listen.port)
    }

    private static func sessionDirectory(
        _ start: LogStart,
        _ limits: BrokerLimits
    ) -> SessionDirectory {
        var sessions = SessionDirectory(
            sessionsPerStationMax: limits.sessionsPerStationMax,
            connectionsPerAgencyMax: limits.connectionsPerAgencyMax
        )
        for session in start.sessions {
            sessions.restore(session, now: SystemClock.monotonic())
        }
        return sessions
    }

    private static func startShards(
        _ count: Int,
        _ shared: BrokerShared,
        _ start: LogStart
    ) throws -> [LoopThread<Shard>] {
        try (0..<count).map { number in
            try LoopThread.start(name: "loop-\(number)") { loop in
                Shard(
                    loop: loop,
                    number: number,
                    shared: shared,
                    directory: start.directory,
                    treeSize: start.treeSize,
                    note: start.note,
                    retained: start.retained
                )
            }
        }
    }

    private static func startWitnesses(
        _ shared: BrokerShared
    ) throws -> [LoopThread<WitnessAsker>] {
        guard let cosigning = shared.cosigning else { return [] }
        return try cosigning.peers.indices.map { number in
            try LoopThread.start(name: "witness-\(number)") { loop in
                WitnessAsker(loop: loop, number: number, cosigning: cosigning, shared: shared)
            }
        }
    }

    private static func startHTTPS(
        _ socket: ListeningSocket,
        _ shared: BrokerShared,
        _ signer: LogSigner,
        _ formerKeys: [Ed25519PublicKey],
        _ configuration: BrokerConfiguration
    ) throws(HTTPError) -> HTTPServer {
        let plane = HTTPPlane(
            shared: shared,
            signer: signer,
            formerKeys: formerKeys,
            hasPlainListener: configuration.plainListen != nil,
            bodyByteCountMax: configuration.httpsLimits.bodyByteCountMax
        )
        return try HTTPServer(
            socket: socket,
            context: shared.context,
            limits: configuration.httpsLimits,
            handler: { request, reply in plane.answer(request, reply) }
        )
    }

    // The log is opened on the thread that will write it, and never leaves it.
    private static func startSequencer(
        _ configuration: BrokerConfiguration,
        _ signer: LogSigner,
        _ shardCount: Int,
        _ report: @escaping @Sendable (LogStart) -> Void
    ) throws -> LoopThread<SequencerWorker> {
        try LoopThread.start(name: "sequencer") { loop in
            let opened = try OpenedLog.open(
                directory: configuration.log.directory,
                options: LogOptions(segmentByteCountMax: configuration.log.segmentByteCountMax),
                signer: signer,
                limits: configuration.limits,
                createdBy: Broker.version
            )
            report(LogStart(opened))
            return SequencerWorker(
                loop: loop,
                signer: signer,
                opened: opened,
                shardCount: shardCount,
                snapshotEntryCount: UInt64(configuration.log.snapshotEntryCount)
            )
        }
    }

    /// Reads the directory file again, and logs what has changed.
    package func reload() throws {
        setMembers(try DirectoryFile.read(configuration.directory))
    }

    /// Cuts a stop short that waits for clients; what was promised is brought to the disk all the
    /// same.
    package func hurry() {
        isHurried.store(true, ordering: .releasing)
    }

    private func mayWait(until deadline: MonotonicTime) -> Bool {
        SystemClock.monotonic() < deadline && !isHurried.load(ordering: .acquiring)
    }

    /// Stops: no new connections, everything begun is finished, everything promised is on disk.
    package func stop() {
        for witness in witnesses { witness.stop() }
        let deadline = SystemClock.monotonic().adding(
            seconds: UInt64(configuration.drainSeconds)
        )
        shared.waiting.close()
        while shared.waiting.count > 0, mayWait(until: deadline) {
            SystemProcessors.pause(milliseconds: 10)
        }
        https?.stop()
        shared.onAllShards { $0.stop() }
        while shared.connectionCount.load(ordering: .relaxed) > 0,
            mayWait(until: deadline)
        {
            SystemProcessors.pause(milliseconds: 10)
        }
        for shard in shards { shard.stop() }
        for shard in shards { shard.join() }
        for witness in witnesses { witness.join() }
        keepCosigned()
        // A snapshot that is being written is waited for: its entry still finds its place.
        snapshots.stop()
        snapshots.join()
        sequencer.execute { $0.drainAtLast() }
        sequencer.stop()
        sequencer.join()
        // What is not erased yet is erased at the next start.
        attachments.stop()
        attachments.join()
        catchUp.stop()
        catchUp.join()
        shared.forgetThreads()
    }

    private func keepCosigned() {
        do throws(LogError) {
            try shared.cosigning?.keepCosigned(isLast: true)
        } catch {
            shared.log.log(.warning, "cosigned-unkept", error.message, [:])
        }
    }

    private func setMembers(
        _ members: [DirectoryMember],
        then body: @escaping @Sendable () -> Void = {}
    ) {
        sequencer.execute { worker in
            worker.setMembers(members)
            body()
        }
    }

    // What an operator must not overlook.
    private static func warn(_ configuration: BrokerConfiguration, _ log: StructuredLog) {
        for channel in configuration.opaqueChannels {
            log.log(
                .warning,
                "opaque-channel-open",
                "An opaque channel is open: its messages are neither signed nor encrypted.",
                ["prefix": LogValue(channel.prefix)]
            )
        }
        if let listen = configuration.plainListen {
            log.log(
                .warning,
                "plain-listener-open",
                "A listener without TLS is open, for test suites alone: never in production.",
                ["host": LogValue(listen.host)]
            )
        }
    }

    private static func tell(_ start: LogStart, _ log: StructuredLog) {
        let report = start.report
        let missing = start.missingAttachments
        for digest in missing.prefix(10) {
            log.log(
                .error,
                "attachment-missing",
                "An attachment that an alert cites is not there: restore it from a copy.",
                ["digest": LogValue("\(digest)"), "missing": LogValue(missing.count)]
            )
        }
        for reason in start.snapshotProblems {
            log.log(.warning, "snapshot-unusable", reason, [:])
        }
        if report.isNew {
            log.log(.info, "log-created", "A new log begins.", [:])
        }
        if report.cutByteCount > 0 {
            log.log(
                .warning,
                "log-tail-cut",
                "The end of an unfinished batch was cut off; nothing of it was acknowledged.",
                [
                    "bytes": LogValue(report.cutByteCount),
                    "entries": LogValue(report.cutEntryCount),
                ]
            )
        }
        log.log(
            .info,
            "log-opened",
            "The log was read and verified.",
            [
                "entries": LogValue(report.treeSize),
                "snapshot": LogValue(start.snapshotSize),
            ]
        )
    }

    /// What the configuration names, read and checked.
    private struct Parts {
        let context: TLSContext
        let signer: LogSigner
        let members: [DirectoryMember]
        let cosigning: Cosigning?

        init(_ configuration: BrokerConfiguration) throws {
            cosigning = try configuration.witnesses.map { witnesses throws(ConfigurationError) in
                try Cosigning(witnesses)
            }
            context = try TLSContext(
                role: .server,
                files: TLSIdentityFiles(
                    certificate: configuration.tls.certificate,
                    privateKey: configuration.tls.key,
                    authority: configuration.tls.authority
                )
            )
            signer = LogSigner(
                origin: configuration.log.origin,
                key: try PEMKeyFile.readSigningKey(configuration.log.key)
            )
            members = try DirectoryFile.read(configuration.directory)
        }
    }

    /// Something that one thread waits for and another brings about.
    private final class Flag: Sendable {
        private let isSet = Atomic<Bool>(false)

        func set() { isSet.store(true, ordering: .releasing) }

        func wait() {
            while !isSet.load(ordering: .acquiring) { SystemProcessors.pause(milliseconds: 1) }
        }
    }

    private final class Handover: Sendable {
        let start = Mutex<LogStart?>(nil)
    }

    /// What the other threads need to know of the log that was opened.
    private struct LogStart: Sendable {
        let report: RecoveryReport
        let reader: BrokerShared.Reader
        let attachments: AttachmentFolder
        let missingAttachments: [Digest]
        let sessions: [Session]
        let retained: [CommittedEntry]
        let directory: Directory
        let treeSize: UInt64
        let note: [UInt8]
        let tally: TallyTree
        let formerKeys: [Ed25519PublicKey]
        let groups: GroupDirectory
        let snapshots: SnapshotFolder<SHA256>
        let snapshotSize: UInt64
        let snapshotProblems: [String]

        // With the members of the directory file, whose changes are about to be logged: the HTTPS
        // server may be asked before they are.
        func published(with members: [DirectoryMember]) -> PublishedState {
            var current = directory
            for change in directory.changes(to: members) {
                current.apply(change, coding: LibCBOR(), hasher: SHA256())
            }
            return PublishedState(note: note, tally: tally, directory: current, groups: groups)
        }

        init(_ log: OpenedLog) {
            report = log.report
            attachments = log.attachments
            missingAttachments = log.missingAttachments
            snapshots = log.writer.snapshots
            snapshotSize = log.snapshotSize
            snapshotProblems = log.snapshotProblems
            reader = log.writer.reader
            sessions = log.sequencer.sessions.sessions
            let reader = log.writer.reader
            retained = log.sequencer.retained.indexes.compactMap { index in
                (try? reader.entry(at: index)).flatMap { CommittedEntry($0) }
            }
            directory = log.sequencer.directory
            groups = log.sequencer.groups
            treeSize = log.writer.frontier.treeSize
            note = log.note
            tally = log.tally
            formerKeys = log.sequencer.keyChanges.reversed().map(\.oldKey)
        }
    }
}
