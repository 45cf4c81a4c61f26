package import Base
package import MerkleLog

/// Copies a log that may be in use, up to its published checkpoint, and verifies every byte of it.
///
/// Nothing is believed but the checkpoint's signature: each entry is hashed again, and the tree of
/// all must have the signed root. What is derived is left out; the next start makes it anew.
///
/// A content can be erased while the copy is under way, by an order behind the checkpoint. No log
/// begins with an erased content that nobody orders: then the copy goes on to a later checkpoint.
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

    /// Sees an entry that is copied, and tells the one whose content it orders to be erased.
    package typealias Visit = (_ index: UInt64, _ entry: [UInt8]) -> UInt64?
    /// Gives the checkpoint of a note that the log's key has signed, else nil.
    package typealias Verify = (_ note: [UInt8]) -> Checkpoint?

    private struct Segment {
        let firstIndex: UInt64
        let from: OpenFile
        let to: OpenFile
        // The end of the batches that were copied.
        var offset: UInt64 = 0
    }

    private let source: LogFolder
    private let target: LogFolder
    private let hasher: Hasher
    private var published: (checkpoint: Checkpoint, note: [UInt8])
    private var frontier = MerkleFrontier()
    private var segment: Segment?
    private var segmentCount = 0
    private var byteCount: UInt64 = 0
    private var erased: Set<UInt64> = []
    private var ordered: Set<UInt64> = []

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
        verifyNote: Verify,
        visit: Visit = { _, _ in nil }
    ) throws(LogError) -> Report {
        let source = LogFolder(path: directory, operations: options.operations)
        guard try source.hasLog() else { throw .missing(directory: directory) }
        let published = try latest(source, verifyNote)
        let made = LogFolder(path: target, operations: options.operations)
        try made.makeEmpty()
        var copy = LogCopy(
            source: source,
            target: made,
            published: published,
            hasher: hasher
        )
        let report = try copy.run(verifyNote, visit)
        let size = report.checkpoint.treeSize
        try CosignedFile.copy(from: directory, to: made, treeSize: size)
        let key = try OpenFile(new: "\(target)/vkey", options.operations)
        try key.write(Array((verifierKey + "\n").utf8)[...], at: 0)
        try key.sync()
        try made.sync(target)
        return report
    }

    private static func latest(
        _ source: LogFolder,
        _ verify: Verify
    ) throws(LogError) -> (checkpoint: Checkpoint, note: [UInt8]) {
        let file = try CheckpointFile(try OpenFile(reading: source.checkpointPath))
        guard let note = file.note, let checkpoint = verify(note) else {
            throw .foreign(
                directory: source.path,
                reason: "its checkpoint is missing or not signed by the trusted key and origin"
            )
        }
        return (checkpoint, note)
    }

    private init(
        source: LogFolder,
        target: LogFolder,
        published: (checkpoint: Checkpoint, note: [UInt8]),
        hasher: Hasher
    ) {
        self.source = source
        self.target = target
        self.published = published
        self.hasher = hasher
    }

    private var size: UInt64 { published.checkpoint.treeSize }

    private mutating func run(_ verify: Verify, _ visit: Visit) throws(LogError) -> Report {
        try copyEntries(visit)
        while let index = erased.subtracting(ordered).min() {
            // An order is published before a content is marked, which is when it is met here.
            let next = try Self.latest(source, verify)
            guard next.checkpoint.treeSize > size else {
                throw .foreign(
                    directory: source.path,
                    reason: "the content of entry \(index) is marked as erased, and no entry "
                        + "orders it"
                )
            }
            published = next
            try copyEntries(visit)
        }
        try target.sync(target.segmentsPath)
        var file = try CheckpointFile(try target.open(target.checkpointPath))
        try file.publish(published.note)
        try target.sync(target.path)
        return Report(
            checkpoint: published.checkpoint,
            byteCount: byteCount,
            segmentCount: segmentCount
        )
    }

    // Goes on to the published size, whose root the entries must have.
    private mutating func copyEntries(_ visit: Visit) throws(LogError) {
        try copySegment(visit)
        let last = segment?.firstIndex
        for firstIndex in try source.segments() where frontier.treeSize < size {
            if let last, firstIndex <= last { continue }
            guard firstIndex == frontier.treeSize else { break }
            segment = Segment(
                firstIndex: firstIndex,
                from: try OpenFile(reading: source.segmentPath(firstIndex: firstIndex)),
                to: try OpenFile(
                    new: target.segmentPath(firstIndex: firstIndex),
                    target.operations
                )
            )
            segmentCount += 1
            try copySegment(visit)
        }
        guard frontier.treeSize == size else {
            throw .damaged(
                file: source.segmentPath(firstIndex: frontier.treeSize),
                offset: 0,
                reason: "the checkpoint says \(size) entries and there are "
                    + "\(frontier.treeSize)",
                lost: frontier.treeSize..<max(frontier.treeSize, size)
            )
        }
        guard frontier.rootHash(using: hasher) == published.checkpoint.rootHash else {
            throw .damaged(
                file: source.checkpointPath,
                offset: 0,
                reason: "the entries do not give the signed root",
                lost: 0..<size
            )
        }
    }

    // One batch after the other, so that the copy ends with a signed checkpoint as the log does.
    private mutating func copySegment(_ visit: Visit) throws(LogError) {
        guard var segment else { return }
        let from = segment.from
        let end = try from.byteCount
        var cursor = RecordCursor(from, at: segment.offset, 1 << 20)
        var leaves: [Digest] = []
        while frontier.treeSize < size, cursor.offset < end {
            let offset = cursor.offset
            guard let header = try cursor.header() else {
                throw damaged(from, offset, "there is no record where one should be")
            }
            switch header.kind {
            case .entry:
                guard header.index == frontier.treeSize + UInt64(leaves.count) else {
                    throw damaged(from, offset, "entry \(header.index) is out of order")
                }
                let payload = try cursor.payload(header)
                leaves.append(hasher.leafHash(payload[...]))
                if let index = visit(header.index, payload) { ordered.insert(index) }
            case .content:
                // It is looked at in the bytes that are written: it may change meanwhile.
                cursor.skip(header)
            case .commit:
                _ = try cursor.payload(header)
                for leaf in leaves { frontier.append(leaf, using: hasher) }
                leaves = []
                guard header.index == frontier.treeSize else {
                    throw damaged(from, offset, "a checkpoint stands behind other entries")
                }
                let batch = try batch(from, segment.offset..<cursor.offset)
                try segment.to.write(batch[...], at: segment.offset)
                byteCount += UInt64(batch.count)
                segment.offset = cursor.offset
            }
        }
        try segment.to.sync()
        self.segment = segment
    }

    // The bytes of a batch, with nothing left of the contents that are erased. One that is being
    // erased is marked before it changes: if its checksum does not hold, a second look tells.
    private mutating func batch(
        _ file: OpenFile,
        _ range: Range<UInt64>
    ) throws(LogError) -> [UInt8] {
        var isSecond = false
        look: while true {
            var bytes = try file.read(range.count, at: range.lowerBound)
            var place = 0
            while let header = RecordHeader(bytes[place...]) {
                let start = place + RecordHeader.byteCount
                let next = start + Int(header.payloadByteCount)
                defer { place = next }
                guard header.kind == .content else { continue }
                guard next <= bytes.count else { break }
                if ContentFlags(rawValue: header.flags).contains(.erased) {
                    erased.insert(header.index)
                    for byte in start..<next { bytes[byte] = 0 }
                } else if Checksum.of(bytes[start..<next]) != header.payloadChecksum {
                    let offset = range.lowerBound + UInt64(place)
                    guard !isSecond else {
                        throw damaged(file, offset, "the checksum of the record does not hold")
                    }
                    isSecond = true
                    continue look
                }
            }
            return bytes
        }
    }

    private func damaged(_ file: OpenFile, _ offset: UInt64, _ reason: String) -> LogError {
        .damaged(
            file: file.path,
            offset: offset,
            reason: reason,
            lost: frontier.treeSize..<max(frontier.treeSize, size)
        )
    }
}
