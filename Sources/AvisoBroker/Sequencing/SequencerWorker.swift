import Alerts
import Base
import BrokerCore
import CBOR
import Crypto
import EventLoop
import LogStore
import MQTTCodec
import MerkleLog
import Synchronization

/// The one thread that gives entries their order: batch, root, signature, write, sync, release.
final class SequencerWorker {
    // Set before the first submission can come.
    private(set) var shared: BrokerShared?
    let signer: LogSigner
    let writer: LogWriter<SHA256>
    let attachments: AttachmentFolder
    private let archive: ReceiptArchive
    private let shardCount: Int
    private let snapshotEntryCount: UInt64
    private var snapshotSize: UInt64
    // Whether a content stands on the disk that an order has erased.
    var hasUnerased = false
    private let hasher = SHA256()
    var sequencer: Sequencer
    let loop: Loop
    private var isDrainPlanned = false
    // When the thread looks for deadlines next, whatever comes.
    var alarm: TimerToken?
    // Whether the sequencer knows entries that the log does not have, on which nothing fits.
    private(set) var hasFailed = false
    // Orders whose attachments are being overwritten on the thread beside.
    var erasingCount = 0
    private var tally: TallyTree
    private var note: [UInt8]

    init(
        loop: Loop,
        signer: LogSigner,
        opened: OpenedLog,
        shardCount: Int,
        snapshotEntryCount: UInt64
    ) {
        self.loop = loop
        self.signer = signer
        self.shardCount = shardCount
        self.snapshotEntryCount = snapshotEntryCount
        snapshotSize = opened.snapshotSize
        writer = opened.writer
        attachments = opened.attachments
        archive = ReceiptArchive(reader: opened.writer.reader, signer: signer)
        sequencer = opened.sequencer
        sequencer.entries = StoredEntries(reader: opened.writer.reader)
        sequencer.stored = StoredAttachments(folder: opened.attachments)
        tally = opened.tally
        note = opened.note
    }

    /// Tells the sequencer whom its answers go to; the first thing that it does.
    func attach(_ shared: BrokerShared) {
        self.shared = shared
        removeExpiredUploads()
    }

    /// Commits one batch of what waits, and the next one in the next round of the loop: what
    /// others ask of this thread has its turn in between, however much is published.
    func drain() {
        guard commitBatch() else {
            setAlarm()
            return
        }
        guard !isDrainPlanned else { return }
        isDrainPlanned = true
        loop.performNextRound { [weak self] in
            self?.isDrainPlanned = false
            self?.drain()
        }
    }

    /// Commits everything that waits: nothing comes after it.
    func drainAtLast() {
        while commitBatch() {}
    }

    /// Logs the changes that lead to another directory, before anything that waits.
    func setMembers(_ members: [DirectoryMember]) {
        commit(
            sequencer.directory.changes(to: members).map {
                Submission(source: nil, body: .directory($0))
            }
        )
        setAlarm()
    }

    // Whether anything waited.
    private func commitBatch() -> Bool {
        guard let shared else { return false }
        let submissions = shared.submissions.take()
        commit(submissions)
        return !submissions.isEmpty
    }

    private func commit(_ submissions: [Submission]) {
        guard !hasFailed else {
            fail(submissions)
            return
        }
        // A clock that was set back meanwhile lets nothing be logged before it was accepted.
        let now = submissions.reduce(SystemClock.wall()) { max($0, $1.body.acceptedAt ?? $0) }
        noticeDeadlines(now: now)
        guard !submissions.isEmpty else { return }
        var outcomes: [SequencingOutcome] = []
        outcomes.reserveCapacity(submissions.count)
        var entries: [SequencedEntry] = []
        for submission in submissions {
            let outcome = sequencer.sequence(resolve(submission), now: now)
            if let entry = outcome.entry { entries.append(entry) }
            outcomes.append(outcome)
        }
        var batch: BatchTree?
        var unerased: Set<UInt64> = []
        if !entries.isEmpty {
            do throws(LogError) {
                batch = try append(entries)
            } catch {
                shared?.log.log(.error, "log-failed", "\(error.message)", [:])
                fail(submissions)
                return
            }
            unerased = erase(by: entries)
        }
        let (erasing, isDone) = settleAttachments(of: entries)
        if !isDone { unerased.formUnion(entries.filter(\.isOrder).map(\.index)) }
        release(submissions, outcomes, entries, batch, erasing, unerased: unerased)
        if batch != nil { saveSnapshotIfDue() }
    }

    // The state is taken between two batches and written elsewhere: no acknowledgement waits.
    private func saveSnapshotIfDue() {
        let treeSize = writer.frontier.treeSize
        // A start from a snapshot sees no order in front of it that is still to be carried out.
        guard let shared, snapshotEntryCount > 0, !hasUnerased, erasingCount == 0,
            treeSize - snapshotSize >= snapshotEntryCount,
            !shared.isSavingSnapshot.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        snapshotSize = treeSize
        do throws(LogError) {
            let position = try writer.position()
            let snapshot = SequencerSnapshot(sequencer)
            shared.onSnapshots { $0.save(snapshot, position) }
        } catch {
            shared.log.log(.warning, "snapshot-failed", error.message, [:])
            shared.isSavingSnapshot.store(false, ordering: .releasing)
        }
    }

    func append(_ entries: [SequencedEntry]) throws(LogError) -> BatchTree {
        let records = entries.map { entry in
            entry.record(leafHash: hasher.leafHash(entry.bytes[...]))
        }
        // Of the counts of an agency in this batch, the last one stands in its tree.
        var counts: [AgencyID: UInt64] = [:]
        for entry in entries {
            for count in entry.counts { counts[count.agency] = count.count }
        }
        tally.set(counts.map { ($0.key.description, $0.value) }, using: hasher)
        let batch = BatchTree(records.map(\.leafHash), onto: writer.frontier, using: hasher)
        let checkpoint = Checkpoint(
            origin: signer.origin,
            treeSize: batch.frontier.treeSize,
            rootHash: batch.rootHash,
            extensionLines: [tally.extensionLine(using: hasher)]
        )
        let note = signer.note(checkpoint)
        do throws(LogError) {
            try writer.append(records, tree: batch, note: note)
        } catch {
            hasFailed = true
            throw error
        }
        self.note = note
        return batch
    }

    // MARK: - Answers

    func release(
        _ submissions: [Submission],
        _ outcomes: [SequencingOutcome],
        _ entries: [SequencedEntry],
        _ batch: BatchTree?,
        _ erasing: [Digest],
        unerased: Set<UInt64> = []
    ) {
        var completions = Completions(shardCount: shardCount)
        var held: [HeldAnswer] = []
        var batchSignature: [UInt8]?
        var hasDirectoryChange = false
        for (submission, outcome) in zip(submissions, outcomes) {
            if case .directory = submission.body { hasDirectoryChange = true }
            guard let source = submission.source else { continue }
            var completion = completion(of: outcome, submission.body, batch, &batchSignature)
            var order: UInt64?
            if case .sequenced(let entry) = outcome, entry.isOrder {
                order = entry.index
                if unerased.contains(entry.index) { completion = .unerased(by: entry.index) }
            }
            // Orders are acknowledged when nothing is left of what they erase, each in its turn
            // (MQTT 5.0 4.6, [MQTT-4.6.0-2]).
            if case .redaction = submission.body, !erasing.isEmpty || erasingCount > 0 {
                held.append(HeldAnswer(source: source, completion: completion, order: order))
            } else {
                completions.append(completion, for: source)
            }
        }
        if !erasing.isEmpty || !held.isEmpty { erase(erasing, then: held) }
        shared?.metrics.count(outcomes)
        if batch != nil { publish(hasDirectoryChange: hasDirectoryChange) }
        answerHTTPS(completions)
        let committed = entries.map(CommittedEntry.init)
        for shard in 0..<shardCount where !(committed.isEmpty && completions[shard].isEmpty) {
            let update = ShardUpdate(
                entries: committed,
                treeSize: writer.frontier.treeSize,
                note: note,
                directory: hasDirectoryChange ? sequencer.directory : nil,
                completions: completions[shard]
            )
            shared?.onShard(shard) { $0.apply(update) }
        }
    }

    // The batch's one signature, made for the first that needs it, serves all its receipts.
    private func completion(
        of outcome: SequencingOutcome,
        _ body: Submission.Body,
        _ batch: BatchTree?,
        _ batchSignature: inout [UInt8]?
    ) -> ShardUpdate.Completion {
        switch outcome {
        case .sequenced(let entry):
            guard let accepted = entry.acceptance, let batch else {
                guard case .opaque = entry.subject else { return .recorded }
                return .publish(.accepted(index: entry.index, receipt: nil))
            }
            let signature = batchSignature ?? signer.sign(rootHash: batch.rootHash)
            batchSignature = signature
            let receipt = signer.receipt(
                treeSize: batch.frontier.treeSize,
                index: entry.index,
                path: batch.inclusionProof(index: entry.index),
                signature: signature,
                time: entry.time,
                accepted: accepted.time,
                counts: accepted.counts.map {
                    .init(agency: $0.agency.description, count: $0.count)
                }
            )
            return .publish(.accepted(index: entry.index, receipt: Base64.encodeURL(receipt)))
        case .repeated(let index):
            return .publish(repeatedReceipt(index, of: body))
        case .refused(let refusal, _), .refusedUnrecorded(let refusal):
            return .publish(.refused(refusal))
        }
    }

    private func answerHTTPS(_ completions: Completions) {
        for (source, completion) in completions.ofHTTPS {
            guard case .publish(let result) = completion else { continue }
            shared?.waiting.complete(token: source.token, result)
        }
    }

    private func publish(hasDirectoryChange: Bool) {
        let directory = hasDirectoryChange ? sequencer.directory : nil
        let groups = sequencer.groups
        shared?.published.withLock { state in
            state.note = note
            state.tally = tally
            state.hasLogFailed = false
            if let directory { state.directory = directory }
            // A copy that shares its storage until a group changes.
            state.groups = groups
        }
    }

    // The same again gets the same receipt: of the batch in which it was committed.
    private func repeatedReceipt(_ index: UInt64, of body: Submission.Body) -> PublishResult {
        let type: EntryType = if case .group = body { .group } else { .alert }
        do {
            guard let item = try archive.item(at: index, latest: note, of: type) else {
                throw LogError.notFound(index: index)
            }
            return .accepted(index: index, receipt: Base64.encodeURL(item.receipt))
        } catch {
            shared?.log.log(.error, "receipt-failed", "\(error)", ["index": LogValue(index)])
            let text = "it is in the log at \(index), but its receipt cannot be made again"
            return .refused(Refusal(.publish, .unspecifiedError, text))
        }
    }

    func fail(_ submissions: [Submission]) {
        shared?.published.withLock { $0.hasLogFailed = true }
        shared?.metrics.refused.add(UInt64(submissions.count), ordering: .relaxed)
        answer(
            submissions.compactMap(\.source).map { ($0, .publish(.refused(.logUnwritable))) }
        )
    }

    /// Answers submissions without an entry of theirs.
    func answer(
        _ answers: [(source: Submission.Source, completion: ShardUpdate.Completion)]
    ) {
        var completions = Completions(shardCount: shardCount)
        for (source, completion) in answers { completions.append(completion, for: source) }
        answerHTTPS(completions)
        for shard in 0..<shardCount where !completions[shard].isEmpty {
            let update = ShardUpdate(
                entries: [],
                treeSize: writer.frontier.treeSize,
                note: note,
                directory: nil,
                completions: completions[shard]
            )
            shared?.onShard(shard) { $0.apply(update) }
        }
    }
}

/// The answers to a batch, sorted by those who wait for them.
private struct Completions {
    typealias Item = (source: Submission.Source, completion: ShardUpdate.Completion)

    private var ofShards: [[Item]]
    private(set) var ofHTTPS: [Item] = []

    init(shardCount: Int) {
        ofShards = Array(repeating: [], count: shardCount)
    }

    subscript(shard: Int) -> [Item] { ofShards[shard] }

    mutating func append(_ completion: ShardUpdate.Completion, for source: Submission.Source) {
        if source.shard == Submission.Source.httpsShard {
            ofHTTPS.append((source, completion))
        } else {
            ofShards[source.shard].append((source, completion))
        }
    }
}

extension SequencedEntry {
    // What gets a receipt: when it was taken, and the counts that its entry has.
    fileprivate var acceptance: (time: WallTime, counts: [RecipientCount])? {
        switch subject {
        case .alert(let alert, let counts): (alert.acceptedAt, counts)
        case .redaction(let redaction): (redaction.acceptedAt, redaction.counts)
        case .group(let group): (group.acceptedAt, [])
        case .opaque, .deadline, .record: nil
        }
    }
}

extension SequencingOutcome {
    fileprivate var entry: SequencedEntry? {
        switch self {
        case .sequenced(let entry), .refused(_, let entry): entry
        case .repeated, .refusedUnrecorded: nil
        }
    }
}

extension CommittedEntry {
    fileprivate convenience init(_ entry: SequencedEntry) {
        var alert: CommittedEntry.Alert?
        var opaque: OpaqueMessage?
        var notice: CommittedEntry.Notice?
        switch entry.subject {
        case .alert(let verified, let counts):
            alert = CommittedEntry.Alert(
                topicName: verified.topicName,
                channel: verified.channel,
                payload: verified.payload[...],
                counts: counts,
                qos: verified.qos
            )
        case .opaque(let message, _): opaque = message
        case .redaction(let redaction): notice = CommittedEntry.Notice(redaction)
        case .deadline(let deadline):
            notice = CommittedEntry.Notice(deadline.body, entry: entry.bytes[...])
        case .group, .record: break
        }
        self.init(
            index: entry.index,
            typeName: entry.type.rawValue,
            bytes: entry.bytes[...],
            alert: alert,
            opaque: opaque,
            notice: notice
        )
    }
}

extension SequencedEntry {
    fileprivate func record(leafHash: Digest) -> PendingRecord {
        switch subject {
        case .alert(let alert, _):
            var flags: ContentFlags = alert.isCanonical ? [] : .wholePayload
            if alert.qos == .exactlyOnce { flags.insert(.exactlyOnce) }
            return PendingRecord(
                entry: bytes,
                leafHash: leafHash,
                time: time,
                channel: alert.channel.number,
                recipientMask: alert.recipientMask,
                content: alert.isCanonical ? alert.content : alert.payload[...],
                contentFlags: flags
            )
        case .opaque(_, let content):
            return PendingRecord(
                entry: bytes,
                leafHash: leafHash,
                time: time,
                channel: OpaqueMessage.channelNumber,
                recipientMask: .max,
                content: content[...]
            )
        case .redaction(let redaction) where redaction.isOrder:
            // So that a reader of the log who lags finds it among the alerts of its channels.
            return PendingRecord(
                entry: bytes,
                leafHash: leafHash,
                time: time,
                channel: redaction.channel?.number ?? 0,
                recipientMask: redaction.recipientMask
            )
        case .deadline(let deadline):
            return PendingRecord(
                entry: bytes,
                leafHash: leafHash,
                time: time,
                channel: deadline.channel.number,
                recipientMask: deadline.recipientMask
            )
        case .redaction, .group, .record:
            return PendingRecord(entry: bytes, leafHash: leafHash, time: time)
        }
    }
}
