package import Base
package import MerkleLog

/// How a log is opened.
package struct LogOptions: Sendable {
    /// Bytes after which a new segment begins.
    package var segmentByteCountMax: Int
    /// Whether an empty folder may become a log without the file `create` in it.
    package var isCreationPermitted = false
    /// The system calls that change something.
    package var operations = FileOperations.system

    /// Makes options.
    package init(segmentByteCountMax: Int = 64 << 20) {
        self.segmentByteCountMax = segmentByteCountMax
    }
}

/// The one writer of a log folder; belongs to the sequencer's thread.
///
/// A batch is one write of its records, behind them the signed checkpoint, and one fdatasync. Only
/// then is the checkpoint published and may acknowledgements leave.
package final class LogWriter<Hasher: Hashing> {
    /// The reader of what this writer publishes.
    package let reader: LogReader<Hasher>
    /// The frontier of the published tree.
    package private(set) var frontier: MerkleFrontier
    /// Whether an append has failed: then every further one fails (no retry).
    package private(set) var hasFailed = false

    private let folder: LogFolder
    private let options: LogOptions
    private let hasher: Hasher
    private let lock: FolderLock
    let index: LogIndex
    private let tree: TreeFiles
    private var checkpoint: CheckpointFile
    private var segment: OpenFile?
    private var offset: UInt64

    /// Opens the log of a folder, reading all of it or what stands behind a position.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - options: sizes and permissions.
    ///   - hasher: SHA-256.
    ///   - position: what a snapshot says of the entries that need not be read.
    ///   - verifyNote: gives the checkpoint of a note that the log's key has signed, else nil.
    ///   - fold: receives each entry in order.
    /// - Returns: the writer, and what the start found.
    /// - Throws: ``LogError``; nothing that was published is ever skipped or cut.
    package static func open(
        directory: String,
        options: LogOptions,
        hasher: Hasher,
        position: LogPosition? = nil,
        verifyNote: @escaping (_ note: [UInt8]) -> Checkpoint?,
        fold: @escaping (_ index: UInt64, _ entry: ArraySlice<UInt8>) throws(LogError) -> Void
    ) throws(LogError) -> (writer: LogWriter, report: RecoveryReport) {
        let folder = LogFolder(path: directory, operations: options.operations)
        let mayCreate = folder.hasPermit || options.isCreationPermitted
        let isThere = try folder.hasLog()
        guard mayCreate || isThere else { throw .missing(directory: directory) }
        let lock = try folder.lock()
        try folder.makeFolders()
        var checkpoint = try CheckpointFile(try folder.open(folder.checkpointPath))
        let published = try publishedCheckpoint(checkpoint, directory, verifyNote)
        let index = try LogIndex(folder)
        let tree = try TreeFiles(folder)
        var recovery = LogRecovery(
            folder: folder,
            index: index,
            tree: tree,
            hasher: hasher,
            verifyNote: verifyNote,
            published: published,
            fold: fold
        )
        var report = try recovery.recover(from: position)
        report.isNew = report.treeSize == 0
        guard report.treeSize > 0 || mayCreate else { throw .missing(directory: directory) }
        if !report.note.isEmpty, checkpoint.note != report.note {
            try checkpoint.publish(report.note)
        }
        if report.treeSize > 0, folder.hasPermit { try folder.removePermit() }
        let writer = LogWriter(
            folder: folder,
            options: options,
            hasher: hasher,
            lock: lock,
            index: index,
            tree: tree,
            checkpoint: checkpoint,
            recovery: recovery
        )
        return (writer, report)
    }

    private static func publishedCheckpoint(
        _ file: CheckpointFile,
        _ directory: String,
        _ verifyNote: (_ note: [UInt8]) -> Checkpoint?
    ) throws(LogError) -> Checkpoint? {
        guard let note = file.note else { return nil }
        guard let checkpoint = verifyNote(note) else {
            throw .foreign(
                directory: directory,
                reason: "its checkpoint is not signed by the configured key and origin"
            )
        }
        return checkpoint
    }

    /// Where the log ends: what a snapshot of its projections builds on.
    ///
    /// - Throws: ``LogError`` if the size of a segment cannot be had.
    package func position() throws(LogError) -> LogPosition {
        var segments: [LogPosition.Segment] = []
        let all = index.segments
        for (place, segment) in all.enumerated() {
            let isLast = place == all.count - 1
            segments.append(
                LogPosition.Segment(
                    firstIndex: segment.firstIndex,
                    endIndex: isLast ? frontier.treeSize : all[place + 1].firstIndex,
                    byteCount: isLast ? offset : try segment.file.byteCount
                )
            )
        }
        return LogPosition(frontier: frontier, note: checkpoint.note ?? [], segments: segments)
    }

    /// The snapshots beside this log; another thread may write them.
    package var snapshots: SnapshotFolder<Hasher> {
        SnapshotFolder(folder, index: index, tree: tree, hasher: hasher)
    }

    private init(
        folder: LogFolder,
        options: LogOptions,
        hasher: Hasher,
        lock: FolderLock,
        index: LogIndex,
        tree: TreeFiles,
        checkpoint: CheckpointFile,
        recovery: LogRecovery<Hasher>
    ) {
        self.folder = folder
        self.options = options
        self.hasher = hasher
        self.lock = lock
        self.index = index
        self.tree = tree
        self.checkpoint = checkpoint
        segment = recovery.segment
        frontier = recovery.frontier
        offset = recovery.endOffset
        reader = LogReader(index: index, tree: tree, hasher: hasher)
    }

    /// Appends a batch and brings it to stable storage.
    ///
    /// A crash before the sync returns leaves a torn tail, which the next start cuts off; a crash
    /// after it leaves a complete batch, which the next start keeps. After a failure the log can
    /// only be read: what is on the disk is unknown, and nothing may be promised on top of it.
    ///
    /// - Parameters:
    ///   - records: the entries, one at least.
    ///   - batch: the tree after them.
    ///   - note: the signed checkpoint of that tree.
    /// - Throws: ``LogError``; ``LogError/syncFailed`` for each append after the one that failed.
    ///   ``LogError/tooLarge(index:)`` leaves the log as it was.
    package func append(
        _ records: [PendingRecord],
        tree batch: BatchTree,
        note: [UInt8]
    ) throws(LogError) {
        guard !hasFailed else { throw .syncFailed }
        precondition(batch.base == frontier, "the batch continues another tree")
        precondition(
            batch.frontier.treeSize - frontier.treeSize == UInt64(records.count),
            "the batch has other entries than its tree"
        )
        let size = frontier.treeSize
        if let place = records.firstIndex(where: { !$0.isStorable }) {
            throw .tooLarge(index: size + UInt64(place))
        }
        guard note.count <= CheckpointFile.noteByteCountMax else { throw .tooLarge(index: size) }
        do throws(LogError) {
            try commit(records, batch, note)
        } catch {
            hasFailed = true
            throw error
        }
    }

    private func commit(
        _ records: [PendingRecord],
        _ batch: BatchTree,
        _ note: [UInt8]
    ) throws(LogError) {
        let segment = try segmentWithRoom()
        let firstIndex = frontier.treeSize
        let (bytes, offsets) = encode(records, firstIndex: firstIndex, note: note)
        // A crash in the write, or before the sync has returned: the batch may be torn, or be
        // complete. The next start cuts it or keeps it; nobody was told of it.
        try segment.write(bytes[...], at: offset)
        try segment.sync()
        // From here on the batch is kept by each start, whether the rest is done or not: the tree
        // is derived, and a checkpoint that is behind is caught up with.
        offset += UInt64(bytes.count)
        try tree.append(records.map(\.leafHash), at: firstIndex, using: hasher)
        try index.write(offsets: offsets, at: firstIndex)
        try checkpoint.publish(note)
        if firstIndex == 0 { try folder.removePermit() }
        frontier = batch.frontier
        index.publish(treeSize: frontier.treeSize)
    }

    // A record never spans segments: a new one begins when the last has reached its size.
    private func segmentWithRoom() throws(LogError) -> OpenFile {
        if let segment, offset < UInt64(options.segmentByteCountMax) { return segment }
        let path = folder.segmentPath(firstIndex: frontier.treeSize)
        let file = try OpenFile(new: path, options.operations)
        try file.reserve(options.segmentByteCountMax)
        try folder.sync(folder.segmentsPath)
        index.addSegment(firstIndex: frontier.treeSize, file: file)
        segment = file
        offset = 0
        return file
    }

    // MARK: - Encoding

    private func encode(
        _ records: [PendingRecord],
        firstIndex: UInt64,
        note: [UInt8]
    ) -> (bytes: [UInt8], offsets: [UInt64]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            records.reduce(note.count + RecordHeader.byteCount) {
                $0 + $1.entry.count + ($1.content?.count ?? 0) + 2 * RecordHeader.byteCount
            }
        )
        var offsets: [UInt64] = []
        offsets.reserveCapacity(records.count)
        for (place, record) in records.enumerated() {
            offsets.append(offset + UInt64(bytes.count))
            let index = firstIndex + UInt64(place)
            append(.entry, 0, record.entry[...], record, index, to: &bytes)
            if let content = record.content {
                append(.content, record.contentFlags.rawValue, content, record, index, to: &bytes)
            }
        }
        let commit = RecordHeader(
            kind: .commit,
            flags: 0,
            channel: 0,
            payloadByteCount: UInt32(note.count),
            payloadChecksum: Checksum.of(note[...]),
            index: firstIndex + UInt64(records.count),
            recipientMask: UInt64(records.count),
            milliseconds: records.last?.time.milliseconds ?? 0
        )
        commit.append(to: &bytes)
        bytes.append(contentsOf: note)
        return (bytes, offsets)
    }

    private func append(
        _ kind: RecordKind,
        _ flags: UInt8,
        _ payload: ArraySlice<UInt8>,
        _ record: PendingRecord,
        _ index: UInt64,
        to bytes: inout [UInt8]
    ) {
        let header = RecordHeader(
            kind: kind,
            flags: flags,
            channel: record.channel,
            payloadByteCount: UInt32(payload.count),
            payloadChecksum: Checksum.of(payload),
            index: index,
            recipientMask: record.recipientMask,
            milliseconds: record.time.milliseconds
        )
        header.append(to: &bytes)
        bytes.append(contentsOf: payload)
    }
}
