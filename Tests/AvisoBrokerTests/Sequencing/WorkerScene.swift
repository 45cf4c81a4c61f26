import Alerts
import Base
import BrokerCore
import CBOR
import COSE
import Crypto
import Dispatch
import EventLoop
import Foundation
import LogStore
import MerkleLog
import Synchronization
import TLSEngine
import TestKit
import Testing

@testable import AvisoBroker

/// A sequencer's thread with a log of its own, and nobody else.
final class WorkerScene: Sendable {
    /// The disk, which can refuse.
    final class Disk: Sendable {
        /// Whether a write of one byte fails, as the mark of an erased content is.
        let refusesMarks = Atomic<Bool>(false)
        /// Whether nothing can be brought to stable storage.
        let refusesSyncs = Atomic<Bool>(false)

        var operations: FileOperations {
            let system = FileOperations.system
            var operations = system
            operations.write = { [self] descriptor, bytes, offset throws(FileFailure) in
                if bytes.count == 1, refusesMarks.load(ordering: .relaxed) {
                    throw FileFailure(call: "pwrite", EIO)
                }
                try system.write(descriptor, bytes, offset)
            }
            operations.sync = { [self] _ throws(FileFailure) in
                if refusesSyncs.load(ordering: .relaxed) {
                    throw FileFailure(call: "fdatasync", EIO)
                }
            }
            return operations
        }
    }

    private struct Start {
        let reader: BrokerShared.Reader
        let attachments: AttachmentFolder
        let note: [UInt8]
        let tally: TallyTree
    }

    let disk = Disk()
    let shared: BrokerShared
    let thread: LoopThread<SequencerWorker>
    let author = Ed25519SigningKey.generate()
    let operation = Ed25519SigningKey.generate()
    private let folder: String
    private let encryption = X25519PrivateKey.generate().publicKey

    /// Begins a log with three members: an author, a recipient and the operator.
    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-worker-\(Foundation.UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        folder = url.path
        let start = Handover()
        let (directory, operations) = (url.path, disk.operations)
        thread = try LoopThread.start(name: "sequencer") { loop in
            var options = LogOptions(segmentByteCountMax: 1 << 20)
            options.isCreationPermitted = true
            options.operations = operations
            let signer = LogSigner(origin: "aviso.test/log", key: Ed25519SigningKey.generate())
            let opened = try OpenedLog.open(
                directory: directory,
                options: options,
                signer: signer,
                limits: BrokerLimits(),
                createdBy: "test"
            )
            start.value.withLock {
                $0 = Start(
                    reader: opened.writer.reader,
                    attachments: opened.attachments,
                    note: opened.note,
                    tally: opened.tally
                )
            }
            return SequencerWorker(
                loop: loop,
                signer: signer,
                opened: opened,
                shardCount: 0,
                snapshotEntryCount: 0
            )
        }
        shared = try Self.shared(try #require(start.value.withLock { $0 }))
        let (shared, thread) = (shared, thread)
        thread.execute { $0.attach(shared) }
        shared.submissions.setWake { thread.execute { $0.drain() } }
        setMembers(try members())
    }

    deinit {
        thread.stop()
        thread.join()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private final class Handover: Sendable {
        let value = Mutex<Start?>(nil)
    }

    private static func shared(_ start: Start) throws -> BrokerShared {
        let (limits, certificates) = (BrokerLimits(), TestCertificates.shared)
        return BrokerShared(
            limits: limits,
            settings: ConnectionSettings(
                limits: limits,
                topics: TopicSpace(),
                serverVersion: "test",
                logOrigin: "aviso.test/log"
            ),
            context: try TLSContext(
                role: .server,
                files: TLSIdentityFiles(
                    certificate: certificates.server.certificate,
                    privateKey: certificates.server.privateKey,
                    authority: certificates.authority.certificate
                )
            ),
            reader: start.reader,
            attachments: start.attachments,
            log: StructuredLog(
                level: .error,
                form: .json,
                now: { (SystemClock.monotonic(), SystemClock.wall()) },
                write: { _ in }
            ),
            submissions: SubmissionQueue(),
            waiting: WaitingSubmissions(countMax: 100),
            sessions: SessionDirectory(sessionsPerStationMax: 4),
            published: PublishedState(
                note: start.note,
                tally: start.tally,
                directory: Directory(),
                groups: GroupDirectory()
            ),
            cosigning: nil
        )
    }

    // MARK: - Members

    func members() throws -> [DirectoryMember] {
        [
            try member("CO:PONAL", .agency, author.publicKey, nil),
            try member("MX:FGR", .agency, nil, encryption),
            try member("OAS:BROKER", .operatorStation, operation.publicKey, nil),
        ]
    }

    func member(
        _ id: String,
        _ role: Role,
        _ signingKey: Ed25519PublicKey? = nil,
        _ encryptionKey: X25519PublicKey? = nil
    ) throws -> DirectoryMember {
        DirectoryMember(
            id: try #require(AgencyID(id)),
            role: role,
            name: id,
            signingKey: signingKey,
            encryptionKey: encryptionKey,
            publish: signingKey == nil ? [] : Set(Channel.allCases),
            subscribe: []
        )
    }

    func setMembers(_ members: [DirectoryMember]) {
        onWorker { $0.setMembers(members) }
    }

    // MARK: - The thread

    /// Runs work on the thread and waits for it.
    func onWorker(_ work: @escaping @Sendable (SequencerWorker) -> Void) {
        let isDone = DispatchSemaphore(value: 0)
        thread.execute { worker in
            work(worker)
            isDone.signal()
        }
        isDone.wait()
    }

    /// Holds the thread up while `body` runs, so that all that it puts waits together.
    func holdingUp(_ body: () throws -> Void) rethrows {
        let (begun, isDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        thread.execute { _ in
            begun.signal()
            isDone.wait()
        }
        begun.wait()
        defer { isDone.signal() }
        try body()
    }

    // MARK: - Submissions

    /// What becomes of something, once it is decided.
    final class Answer: Sendable {
        private let result = Mutex<PublishResult?>(nil)
        private let isThere = DispatchSemaphore(value: 0)

        fileprivate func set(_ result: PublishResult) {
            self.result.withLock { $0 = result }
            isThere.signal()
        }

        func wait() throws -> PublishResult {
            isThere.wait()
            return try #require(result.withLock { $0 })
        }
    }

    func submit(_ body: Submission.Body) throws -> Answer {
        let answer = Answer()
        let token = try #require(shared.waiting.begin { answer.set($0) })
        let source = Submission.Source(
            shard: Submission.Source.httpsShard,
            connection: 0,
            token: token
        )
        shared.submissions.put([Submission(source: source, body: body)])
        return answer
    }

    func alert() throws -> VerifiedAlert {
        let now = SystemClock.wall()
        let payload = try AlertSealer(
            coding: LibCBOR(),
            hasher: SHA256(),
            cryptography: Cryptography()
        ).seal(
            form: Array("{}".utf8),
            draft: AlertSealer.Draft(
                header: AlertHeader(
                    kind: .diversionIncident,
                    to: [try #require(AgencyID("MX:FGR"))],
                    tlp: .amber
                ),
                issuer: try #require(AgencyID("CO:PONAL")),
                alert: Base.UUID(version7At: now, random: Randomness.words()),
                issuedAt: now,
                expires: nil
            ),
            key: author,
            recipients: [encryption]
        )
        return try shared.checker.check(
            topicName: nil,
            payload: payload,
            station: try #require(StationIdentity(urn: "urn:aviso:agency:CO:PONAL:station-1")),
            directory: shared.published.withLock { $0.directory },
            now: now
        )
    }

    func order(_ alert: VerifiedAlert, at index: UInt64) throws -> VerifiedRedaction {
        let now = SystemClock.wall()
        let statement = RedactionStatement.sign(
            RedactionStatement.Draft(
                act: .order,
                issuer: try #require(AgencyID("OAS:BROKER")),
                identifier: Base.UUID(version7At: now, random: Randomness.words()),
                issuedAt: now,
                index: index,
                alert: alert.alert,
                basis: SHA256().digest([1]),
                reason: nil
            ),
            key: operation,
            coding: LibCBOR(),
            hasher: SHA256()
        )
        return VerifiedRedaction(
            statement: try RedactionStatement(decoding: statement[...], using: LibCBOR()),
            station: try #require(StationIdentity(urn: "urn:aviso:operator:OAS:BROKER:station-1")),
            acceptedAt: now
        )
    }
}
