import Alerts
import Base
import BrokerCore
import CBOR
import COSE
import Crypto
import EventLoop
import LogStore
import MerkleLog

/// A log folder that has been read: its writer and the state that its entries fold to.
struct OpenedLog {
    let writer: LogWriter<SHA256>
    /// The encrypted files beside it.
    let attachments: AttachmentFolder
    /// Those that alerts cite and that are not there.
    let missingAttachments: [Digest]
    let report: RecoveryReport
    private(set) var sequencer: Sequencer
    private(set) var tally: TallyTree
    private(set) var note: [UInt8]

    /// The size of the log at which the snapshot was taken that the start began at; 0 for none.
    private(set) var snapshotSize: UInt64 = 0
    /// Why snapshots could not be used, a sentence each.
    private(set) var snapshotProblems: [String] = []

    /// Opens the folder and folds its entries; begins a new log with its genesis.
    ///
    /// The newest snapshot that is whole, and that the log names, saves reading what lies before
    /// it. Whatever is wrong with a snapshot, the log itself decides.
    static func open(
        directory: String,
        options: LogOptions,
        signer: LogSigner,
        limits: BrokerLimits,
        createdBy: String
    ) throws -> OpenedLog {
        let folder = Folder(
            directory: directory,
            options: options,
            signer: signer,
            former: try formerKey(directory, options, signer),
            limits: limits
        )
        var problems: [String] = []
        for treeSize in try SnapshotFolder<SHA256>.sizes(directory: directory) {
            do throws(LogError) {
                let snapshot = try folder.snapshot(treeSize)
                var log = try folder.open(from: snapshot)
                log.snapshotSize = treeSize
                log.snapshotProblems = problems
                return log
            } catch {
                guard case .unusableSnapshot = error else { throw error }
                problems.append("snapshot \(treeSize): \(error.message)")
            }
        }
        var log = try folder.open(from: nil)
        log.snapshotProblems = problems
        if log.report.treeSize == 0 { try log.begin(signer: signer, createdBy: createdBy) }
        if let former = folder.former {
            try log.takeOver(from: former, signer: signer, continuedBy: createdBy)
            try LogContinuation.remove(directory: directory, options: options)
        }
        return log
    }

    private struct Folder {
        let directory: String
        let options: LogOptions
        let signer: LogSigner
        // The key that an imported log was signed with so far.
        let former: NoteVerifierKey?
        let limits: BrokerLimits

        func snapshot(_ treeSize: UInt64) throws(LogError) -> StoredSnapshot {
            guard
                let snapshot = try SnapshotFolder.read(
                    treeSize: treeSize,
                    directory: directory,
                    using: SHA256()
                )
            else { throw .unusableSnapshot(reason: "its checksum does not hold") }
            return snapshot
        }

        func open(from snapshot: StoredSnapshot?) throws(LogError) -> OpenedLog {
            let fold = try Fold(snapshot, limits: limits)
            let (writer, report) = try LogWriter.open(
                directory: directory,
                options: options,
                hasher: SHA256(),
                position: snapshot?.position,
                verifyNote: { note in
                    signer.checkpoint(of: note)
                        ?? former.flatMap { signer.checkpoint(of: note, signedBy: $0) }
                },
                fold: { index, entry throws(LogError) in
                    try fold.take(entry, index: index, directory: directory)
                }
            )
            try fold.check(signer, former, directory: directory)
            try erase(fold.redactedIndexes, writer, report)
            let attachments = try AttachmentFolder(
                directory: directory,
                operations: options.operations,
                limits: AttachmentFolder.Limits(limits),
                makeDigest: { SHA256Stream() }
            )
            let missing = try attachments.settle(
                cited: fold.sequencer.attachments.all.map(\.digest),
                orphaned: fold.takeOrphanedAttachments()
            )
            var tally = TallyTree(coding: LibCBOR())
            tally.set(
                fold.sequencer.counts.map { ($0.key.description, $0.value) },
                using: SHA256()
            )
            return OpenedLog(
                writer: writer,
                attachments: attachments,
                missingAttachments: missing,
                report: report,
                sequencer: fold.sequencer,
                tally: tally,
                note: report.note
            )
        }

        // A crash between the order's entry and the erasure leaves the content: it is erased now.
        // One that is marked as erased without an order is damage, or somebody's doing.
        private func erase(
            _ indexes: [UInt64],
            _ writer: LogWriter<SHA256>,
            _ report: RecoveryReport
        ) throws(LogError) {
            let redacted = Set(indexes)
            if let index = report.erasedIndexes.first(where: { !redacted.contains($0) }) {
                throw .foreign(
                    directory: directory,
                    reason: "the content of entry \(index) is marked as erased, and no entry "
                        + "orders it"
                )
            }
            for index in redacted.sorted() { try writer.erase(contentOf: index) }
        }
    }

    // The key that an import names as the one that signed so far; nil where there was no import.
    private static func formerKey(
        _ directory: String,
        _ options: LogOptions,
        _ signer: LogSigner
    ) throws(LogError) -> NoteVerifierKey? {
        guard let permit = try LogContinuation.read(directory: directory, options: options) else {
            return nil
        }
        guard let key = NoteVerifierKey(permit.verifierKey, using: SHA256()) else {
            throw .foreign(
                directory: directory,
                reason: "its file \"continue\" holds no verifier key"
            )
        }
        guard key.name == signer.origin else {
            throw .foreign(
                directory: directory,
                reason: "its origin is \(key.name), and log.origin says \(signer.origin)"
            )
        }
        return key
    }

    private mutating func begin(signer: LogSigner, createdBy: String) throws(LogError) {
        let genesis = GenesisBody(
            origin: signer.origin,
            logKey: signer.key.publicKey,
            createdBy: createdBy
        )
        try append(sequencer.sequenceGenesis(genesis, now: SystemClock.wall()), signer: signer)
    }

    // The first entry under another key says so; a start that ended behind it has said it already.
    private mutating func takeOver(
        from former: NoteVerifierKey,
        signer: LogSigner,
        continuedBy: String
    ) throws(LogError) {
        guard signer.checkpoint(of: note) == nil else { return }
        let change = PolicyBody(
            oldKey: former.publicKey,
            newKey: signer.key.publicKey,
            continuedBy: continuedBy
        )
        let outcome = sequencer.sequence(
            Submission(source: nil, body: .policy(change)),
            now: SystemClock.wall()
        )
        guard case .sequenced(let entry) = outcome else { return }
        try append(entry, signer: signer)
    }

    private mutating func append(
        _ entry: SequencedEntry,
        signer: LogSigner
    ) throws(LogError) {
        let hasher = SHA256()
        let record = PendingRecord(
            entry: entry.bytes,
            leafHash: hasher.leafHash(entry.bytes[...]),
            time: entry.time
        )
        let batch = BatchTree([record.leafHash], onto: writer.frontier, using: hasher)
        note = signer.note(
            Checkpoint(
                origin: signer.origin,
                treeSize: batch.frontier.treeSize,
                rootHash: batch.rootHash,
                extensionLines: [tally.extensionLine(using: hasher)]
            )
        )
        try writer.append([record], tree: batch, note: note)
    }

    /// What the entries fold to.
    private final class Fold {
        private(set) var sequencer: Sequencer
        /// The alerts whose contents an order has erased, as far as the log was read.
        private(set) var redactedIndexes: [UInt64] = []
        private var logKey: Ed25519PublicKey?
        // What the log has to name, if the fold began at a snapshot.
        private var awaited: SnapshotBody?

        init(_ snapshot: StoredSnapshot?, limits: BrokerLimits) throws(LogError) {
            guard let snapshot else {
                sequencer = Sequencer(
                    limits: limits,
                    coding: LibCBOR(),
                    hasher: SHA256(),
                    seed: Randomness.word()
                )
                return
            }
            guard
                let restored = Sequencer(
                    restoring: snapshot.state,
                    limits: limits,
                    coding: LibCBOR(),
                    hasher: SHA256()
                ), restored.nextIndex == snapshot.position.treeSize
            else { throw .unusableSnapshot(reason: "its state cannot be read") }
            sequencer = restored
            awaited = SnapshotBody(
                treeSize: snapshot.position.treeSize,
                digest: snapshot.digest
            )
        }

        func takeOrphanedAttachments() -> [Digest] { sequencer.takeOrphanedAttachments() }

        /// Checks what only the whole log can tell.
        func check(
            _ signer: LogSigner,
            _ former: NoteVerifierKey?,
            directory: String
        ) throws(LogError) {
            guard awaited == nil else {
                throw .unusableSnapshot(reason: "no entry of the log names its digest")
            }
            // A log that was begun at a snapshot has its key in the checkpoint of that snapshot.
            guard let logKey, logKey != signer.key.publicKey, logKey != former?.publicKey
            else { return }
            throw .foreign(
                directory: directory,
                reason: "it names another key than log.key as the one that signs it"
            )
        }

        func take(
            _ bytes: ArraySlice<UInt8>,
            index: UInt64,
            directory: String
        ) throws(LogError) {
            let reason: String
            do throws(LogEntryError) {
                let entry = try LogEntry(decoding: bytes, using: LibCBOR())
                do throws(FoldError) {
                    try sequencer.fold(entry, index: index)
                    guard !takeNotice(of: entry.body) else { return }
                    reason = "the key that it replaces never signed the log"
                } catch {
                    reason = error.message
                }
            } catch {
                reason = error.message
            }
            throw .foreign(directory: directory, reason: "entry \(index): \(reason)")
        }

        // What the log says of itself; false for a change of key that does not follow.
        private func takeNotice(of body: EntryBody) -> Bool {
            switch body {
            case .genesis(let genesis):
                logKey = genesis.logKey
            case .policy(let policy):
                guard logKey == nil || logKey == policy.oldKey else { return false }
                logKey = policy.newKey
            case .redaction(let redaction):
                let statement = try? RedactionStatement(
                    decoding: redaction.statement,
                    using: LibCBOR()
                )
                guard let draft = statement?.draft, draft.act == .order else { break }
                redactedIndexes.append(draft.index)
            case .snapshot(let snapshot) where snapshot == awaited:
                awaited = nil
            default:
                break
            }
            return true
        }
    }
}

extension AttachmentFolder.Limits {
    fileprivate init(_ limits: BrokerLimits) {
        self.init(
            byteCountMax: UInt64(limits.attachmentByteCountMax),
            countPerOwnerMax: limits.uploadsPerAgencyMax,
            byteCountPerOwnerMax: UInt64(limits.uploadedBytesPerAgencyMax),
            freeByteCountMin: UInt64(limits.uploadFreeByteCountMin),
            ageMaxMilliseconds: UInt64(limits.uploadSecondsMax) * 1000
        )
    }
}
