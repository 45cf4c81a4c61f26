package import Base
package import MerkleLog

/// Copies a log that may be in use, up to its published checkpoint, and verifies every byte of it.
///
/// Nothing is believed but the checkpoint's signature: each entry is hashed again, and the tree of
/// all must have the signed root. What is derived is left out; the next start makes it anew.
package struct LogCopy<Hasher: Hashing> {
    /// What became of a copy.
    package struct Report: Hashable, Sendable {
        /// The checkpoint that was copied up to.
        package let checkpoint: Checkpoint
        /// The bytes of the segments.
        package let byteCount: UInt64
        /// The number of segments.
        package let segmentCount: Int
    }

    private let source: LogFolder
    private let target: LogFolder
    private let checkpoint: Checkpoint
    private let note: [UInt8]
    private let hasher: Hasher
    private var frontier = MerkleFrontier()
    private var byteCount: UInt64 = 0

    /// Copies a log.
    ///
    /// - Parameters:
    ///   - directory: the folder of the log; it is read only.
    ///   - target: the folder to make; it must be empty or not be there.
    ///   - options: the system calls.
    ///   - verifierKey: the key that has signed the checkpoint, for the file `vkey` of the copy.
    ///   - hasher: SHA-256.
    ///   - verifyNote: gives the checkpoint of a note that the log's key has signed, else nil.
    ///   - visit: sees each entry that is copied, in order.
    /// - Returns: what was copied.
    /// - Throws: ``LogError``: damage, a foreign checkpoint, or a target that is not empty.
    package static func copy(
        from directory: String,
        to target: String,
        options: LogOptions = LogOptions(),
        verifierKey: String,
        hasher: Hasher,
        verifyNote: (_ note: [UInt8]) -> Checkpoint?,
        visit: (_ index: UInt64, _ entry: [UInt8]) -> Void = { _, _ in }
    ) throws(LogError) -> Report {
        let source = LogFolder(path: directory, operations: options.operations)
        guard try source.hasLog() else { throw .missing(directory: directory) }
        let file = try CheckpointFile(try OpenFile(reading: source.checkpointPath))
        guard let note = file.note, let checkpoint = verifyNote(note) else {
            throw .foreign(
                directory: directory,
                reason: "its checkpoint is missing or not signed by the trusted key and origin"
            )
        }
        let made = LogFolder(path: target, operations: options.operations)
        try made.makeEmpty()
        var copy = LogCopy(
            source: source,
            target: made,
            checkpoint: checkpoint,
            note: note,
            hasher: hasher
        )
        let report = try copy.run(visit)
        try CosignedFile.copy(from: directory, to: made, treeSize: checkpoint.treeSize)
        let key = try OpenFile(new: "\(target)/vkey", options.operations)
        try key.write(Array((verifierKey + "\n").utf8)[...], at: 0)
        try key.sync()
        try made.sync(target)
        return report
    }

    private init(
        source: LogFolder,
        target: LogFolder,
        checkpoint: Checkpoint,
        note: [UInt8],
        hasher: Hasher
    ) {
        self.source = source
        self.target = target
        self.checkpoint = checkpoint
        self.note = note
        self.hasher = hasher
    }

    private typealias Visit = (_ index: UInt64, _ entry: [UInt8]) -> Void

    private mutating func run(_ visit: Visit) throws(LogError) -> Report {
        var segmentCount = 0
        for firstIndex in try source.segments() where frontier.treeSize < checkpoint.treeSize {
            guard firstIndex == frontier.treeSize else { break }
            try copySegment(firstIndex, visit)
            segmentCount += 1
        }
        guard frontier.treeSize == checkpoint.treeSize else {
            throw .damaged(
                file: source.segmentPath(firstIndex: frontier.treeSize),
                offset: 0,
                reason: "the checkpoint says \(checkpoint.treeSize) entries and there are "
                    + "\(frontier.treeSize)",
                lost: frontier.treeSize..<max(frontier.treeSize, checkpoint.treeSize)
            )
        }
        guard frontier.rootHash(using: hasher) == checkpoint.rootHash else {
            throw .damaged(
                file: source.checkpointPath,
                offset: 0,
                reason: "the entries do not give the signed root",
                lost: 0..<checkpoint.treeSize
            )
        }
        try target.sync(target.segmentsPath)
        var published = try CheckpointFile(try target.open(target.checkpointPath))
        try published.publish(note)
        try target.sync(target.path)
        return Report(
            checkpoint: checkpoint,
            byteCount: byteCount,
            segmentCount: segmentCount
        )
    }

    // One batch after the other, so that the copy ends with a signed checkpoint as the log does.
    private mutating func copySegment(_ firstIndex: UInt64, _ visit: Visit) throws(LogError) {
        let from = try OpenFile(reading: source.segmentPath(firstIndex: firstIndex))
        let to = try OpenFile(
            new: target.segmentPath(firstIndex: firstIndex),
            target.operations
        )
        let size = try from.byteCount
        var cursor = RecordCursor(from, at: 0, 1 << 20)
        var batchOffset: UInt64 = 0
        var leaves: [Digest] = []
        while frontier.treeSize < checkpoint.treeSize, cursor.offset < size {
            let offset = cursor.offset
            guard let header = try cursor.header() else {
                throw damaged(from, offset, "there is no record where one should be")
            }
            let payload = try cursor.payload(header)
            switch header.kind {
            case .entry:
                guard header.index == frontier.treeSize + UInt64(leaves.count) else {
                    throw damaged(from, offset, "entry \(header.index) is out of order")
                }
                leaves.append(hasher.leafHash(payload[...]))
                visit(header.index, payload)
            case .content:
                break
            case .commit:
                for leaf in leaves { frontier.append(leaf, using: hasher) }
                leaves = []
                guard header.index == frontier.treeSize else {
                    throw damaged(from, offset, "a checkpoint stands behind other entries")
                }
                let batch = try from.read(Int(cursor.offset - batchOffset), at: batchOffset)
                try to.write(batch[...], at: batchOffset)
                batchOffset = cursor.offset
            }
        }
        byteCount += batchOffset
        try to.sync()
    }

    private func damaged(_ file: OpenFile, _ offset: UInt64, _ reason: String) -> LogError {
        .damaged(
            file: file.path,
            offset: offset,
            reason: reason,
            lost: frontier.treeSize..<max(frontier.treeSize, checkpoint.treeSize)
        )
    }
}
