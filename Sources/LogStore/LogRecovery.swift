import Base
import MerkleLog

/// Reads the segments at start, and decides what a bad record means.
///
/// What is damaged at or below a signed checkpoint stops the start; an unfinished batch past the
/// last one is cut off, since nothing of it was ever acknowledged.
struct LogRecovery<Hasher: Hashing> {
    typealias Fold = (_ index: UInt64, _ entry: ArraySlice<UInt8>) throws(LogError) -> Void

    private struct Pending {
        let offset: UInt64
        let bytes: [UInt8]
    }

    // Leaves are written to the tree files in runs of this many at least.
    private static var leafRunCount: Int { 8192 }

    let folder: LogFolder
    let index: LogIndex
    let tree: TreeFiles
    let hasher: Hasher
    let verifyNote: (_ note: [UInt8]) -> Checkpoint?
    /// What was published, at or below which everything must be there.
    let published: Checkpoint?
    let fold: Fold

    private(set) var frontier = MerkleFrontier()
    private(set) var note: [UInt8] = []
    /// The last segment.
    private(set) var segment: OpenFile?
    /// Where the last commit ends in the last segment.
    private(set) var endOffset: UInt64 = 0

    // Where the last batch begins in the last segment.
    private var batchOffset: UInt64 = 0
    private var report = RecoveryReport()
    private var batchCount = 0
    // The entries before the position that was begun at.
    private var baseSize: UInt64 = 0
    private var hasMetPublished = false
    private var pending: [Pending] = []
    // What the derived files still need, of entries of the last segment only.
    private var unwrittenLeaves: [Digest] = []
    private var unwrittenOffsets: [UInt64] = []

    init(
        folder: LogFolder,
        index: LogIndex,
        tree: TreeFiles,
        hasher: Hasher,
        verifyNote: @escaping (_ note: [UInt8]) -> Checkpoint?,
        published: Checkpoint?,
        fold: @escaping Fold
    ) {
        self.folder = folder
        self.index = index
        self.tree = tree
        self.hasher = hasher
        self.verifyNote = verifyNote
        self.published = published
        self.fold = fold
    }

    private var publishedSize: UInt64 { published?.treeSize ?? 0 }
    private var nextIndex: UInt64 { frontier.treeSize + UInt64(pending.count) }

    /// Reads the segments, from a position on if there is one to begin at.
    mutating func recover(from position: LogPosition?) throws(LogError) -> RecoveryReport {
        let segments = try folder.segments()
        if let position { try begin(at: position, segments) }
        for firstIndex in segments.dropFirst(index.segments.count) {
            let file = try open(firstIndex)
            try writeDerived()
            index.addSegment(firstIndex: firstIndex, file: file)
            segment = file
            batchOffset = 0
            endOffset = 0
            guard firstIndex == frontier.treeSize else {
                throw damaged(file, 0, "a segment before it is missing", upTo: firstIndex)
            }
            try recover(file, isLast: firstIndex == segments.last)
        }
        try checkNothingIsMissing()
        try secureLastBatch()
        try writeDerived()
        index.publish(treeSize: frontier.treeSize)
        report.treeSize = frontier.treeSize
        report.keptEntryCount = frontier.treeSize - publishedSize
        report.note = note
        return report
    }

    private func open(_ firstIndex: UInt64) throws(LogError) -> OpenFile {
        try OpenFile(existing: folder.segmentPath(firstIndex: firstIndex), folder.operations)
    }

    /// Takes over what a snapshot says of the entries before it, and reads on behind them.
    private mutating func begin(
        at position: LogPosition,
        _ segments: [UInt64]
    ) throws(LogError) {
        frontier = position.frontier
        baseSize = frontier.treeSize
        note = position.note
        if let published, published.treeSize <= frontier.treeSize {
            // A checkpoint of an earlier size was checked when the log had that size.
            hasMetPublished =
                published.treeSize < frontier.treeSize
                || published.rootHash == frontier.rootHash(using: hasher)
        }
        for (place, expected) in position.segments.enumerated() {
            guard segments.indices.contains(place), segments[place] == expected.firstIndex else {
                throw .damaged(
                    file: folder.segmentPath(firstIndex: expected.firstIndex),
                    offset: 0,
                    reason: "the segment is missing",
                    lost: expected.firstIndex..<expected.endIndex
                )
            }
            let file = try open(expected.firstIndex)
            guard try file.byteCount >= expected.byteCount else {
                throw .damaged(
                    file: file.path,
                    offset: try file.byteCount,
                    reason: "the segment had \(expected.byteCount) bytes and has fewer",
                    lost: expected.firstIndex..<expected.endIndex
                )
            }
            index.addSegment(firstIndex: expected.firstIndex, file: file)
            segment = file
            endOffset = expected.byteCount
        }
        batchOffset = endOffset
        try checkDerived(position)
        guard let segment else { return }
        try recover(segment, isLast: segments.count == position.segments.count)
    }

    /// Checks that what was derived from the entries before the position is still there.
    private func checkDerived(_ position: LogPosition) throws(LogError) {
        index.publish(treeSize: position.treeSize)
        var first: UInt64 = 0
        for root in position.frontier.subtreeRoots {
            // The largest subtree first, each one as large as the rest of the size allows.
            let level = UInt64.bitWidth - 1 - (position.treeSize - first).leadingZeroBitCount
            let node = try? FileNodes(files: tree, hasher: hasher)
                .node(level: level, index: first >> UInt64(level))
            guard node == root else {
                throw .unusableSnapshot(reason: "the tree's files do not give its root")
            }
            first += 1 << UInt64(level)
        }
        if position.treeSize > 0 {
            let place = try? index.place(of: position.treeSize - 1)
            guard let place, let header = try? header(at: place),
                header.index == position.treeSize - 1, header.kind == .entry
            else { throw .unusableSnapshot(reason: "the places of its entries are not known") }
        }
    }

    private func header(at place: LogIndex.Place) throws(LogError) -> RecordHeader? {
        var cursor = RecordCursor(place.segment, at: place.offset, RecordHeader.byteCount)
        return try cursor.header()
    }

    private mutating func recover(
        _ file: OpenFile,
        isLast: Bool
    ) throws(LogError) {
        var cursor = RecordCursor(file, at: endOffset, 1 << 20)
        let byteCount = try file.byteCount
        do throws(LogError) {
            while cursor.offset < byteCount {
                guard let header = try cursor.header() else {
                    throw damaged(file, cursor.offset, "there is no record where one should be")
                }
                guard byteCount - cursor.offset >= header.recordByteCount else {
                    throw damaged(file, cursor.offset, "the file ends within a record")
                }
                try take(header, &cursor)
            }
            guard pending.isEmpty else {
                throw damaged(file, endOffset, "the batch has no signed checkpoint")
            }
        } catch {
            guard case .damaged = error, isLast else { throw error }
            try cutOrStop(error, file, byteCount: byteCount)
        }
    }

    private mutating func take(
        _ header: RecordHeader,
        _ cursor: inout RecordCursor
    ) throws(LogError) {
        let offset = cursor.offset
        let payload = try cursor.payload(header)
        switch header.kind {
        case .entry:
            guard header.index == nextIndex else {
                throw damaged(cursor.file, offset, "entry \(header.index) is out of order")
            }
            pending.append(Pending(offset: offset, bytes: payload))
        case .content:
            guard !pending.isEmpty, header.index == nextIndex - 1 else {
                throw damaged(cursor.file, offset, "a content stands behind another entry")
            }
            if ContentFlags(rawValue: header.flags).contains(.erased) {
                report.erasedIndexes.append(header.index)
            }
        case .commit:
            guard header.index == nextIndex, header.batchFirstIndex == frontier.treeSize else {
                throw damaged(cursor.file, offset, "a checkpoint stands behind other entries")
            }
            try commit(payload, cursor.file, offset)
            batchOffset = endOffset
            endOffset = cursor.offset
        }
    }

    private mutating func commit(
        _ note: [UInt8],
        _ file: OpenFile,
        _ offset: UInt64
    ) throws(LogError) {
        let leaves = pending.map { hasher.leafHash($0.bytes[...]) }
        var next = frontier
        for leaf in leaves { next.append(leaf, using: hasher) }
        if next.treeSize == publishedSize, let published {
            guard published.rootHash == next.rootHash(using: hasher) else {
                throw damaged(file, 0, "the entries do not give the published root")
            }
            hasMetPublished = true
        }
        for (place, entry) in pending.enumerated() {
            try fold(frontier.treeSize + UInt64(place), entry.bytes[...])
        }
        unwrittenOffsets += pending.map(\.offset)
        frontier = next
        batchCount += 1
        self.note = note
        pending = []
        unwrittenLeaves += leaves
        if unwrittenLeaves.count >= Self.leafRunCount { try writeDerived() }
    }

    /// Checks the end against what was published and against its own signed checkpoint.
    private func checkNothingIsMissing() throws(LogError) {
        guard frontier.treeSize >= publishedSize, published == nil || hasMetPublished else {
            throw .damaged(
                file: segment?.path ?? folder.segmentPath(firstIndex: 0),
                offset: endOffset,
                reason: "the checkpoint says \(publishedSize) entries and there are "
                    + "\(frontier.treeSize)",
                lost: frontier.treeSize..<max(frontier.treeSize, publishedSize)
            )
        }
        // A crash before the first checkpoint leaves one batch without any, never more.
        guard published != nil || baseSize == 0 && batchCount <= 1 else {
            throw .damaged(
                file: folder.checkpointPath,
                offset: 0,
                reason: "it cannot be read, and \(frontier.treeSize) entries are in the segments",
                lost: 0..<0
            )
        }
        guard let segment, frontier.treeSize > 0 else { return }
        guard let checkpoint = verifyNote(note), checkpoint.treeSize == frontier.treeSize,
            checkpoint.rootHash == frontier.rootHash(using: hasher)
        else {
            throw .damaged(
                file: segment.path,
                offset: endOffset,
                reason: "the entries do not give the root of the last signed checkpoint",
                lost: publishedSize..<max(publishedSize, frontier.treeSize)
            )
        }
    }

    /// Brings a batch that no checkpoint had published to stable storage, before it is published.
    ///
    /// Its sync may never have returned, or have failed: then the kernel shows pages as clean that
    /// never reached the disk, and another sync would do nothing. So the last batch, the only one
    /// that can be in doubt, is written anew with the bytes that it has.
    private func secureLastBatch() throws(LogError) {
        guard frontier.treeSize > publishedSize, let segment, batchOffset < endOffset else {
            return
        }
        let batch = try segment.read(Int(endOffset - batchOffset), at: batchOffset)
        try segment.write(batch[...], at: batchOffset)
        try segment.sync()
    }

    private mutating func cutOrStop(
        _ error: LogError,
        _ file: OpenFile,
        byteCount: UInt64
    ) throws(LogError) {
        guard frontier.treeSize >= publishedSize, published != nil || frontier.treeSize == 0,
            try !hasLaterCommit(file, byteCount: byteCount)
        else { throw error }
        report.cutByteCount = byteCount - endOffset
        report.cutEntryCount = UInt64(pending.count)
        pending = []
        try file.truncate(to: endOffset)
        try file.sync()
    }

    // A batch is written only when the one before it is on stable storage: the signed checkpoint
    // of a later batch says that the bad record was once complete. That of the same batch does
    // not, since parts of one write can reach the disk in any order. Nor does a signed checkpoint
    // that somebody has copied into a content: it is of a size that was published before.
    private func hasLaterCommit(
        _ file: OpenFile,
        byteCount: UInt64
    ) throws(LogError) -> Bool {
        let tail = try file.read(Int(byteCount - endOffset), at: endOffset)
        guard tail.count >= RecordHeader.byteCount else { return false }
        for start in 0...(tail.count - RecordHeader.byteCount)
        where tail[start] == RecordHeader.firstByte {
            // What is longer than any note is none: else a tail of many such headers would be
            // read once for each of them.
            guard let header = RecordHeader(tail[start...]), header.kind == .commit,
                header.batchFirstIndex > frontier.treeSize,
                Int(header.payloadByteCount) <= CheckpointFile.noteByteCountMax
            else { continue }
            let note = tail.dropFirst(start + RecordHeader.byteCount)
                .prefix(Int(header.payloadByteCount))
            if verifyNote(Array(note))?.treeSize == header.index { return true }
        }
        return false
    }

    private mutating func writeDerived() throws(LogError) {
        guard !unwrittenLeaves.isEmpty else { return }
        let start = frontier.treeSize - UInt64(unwrittenLeaves.count)
        try tree.append(unwrittenLeaves, at: start, using: hasher)
        try index.write(offsets: unwrittenOffsets, at: start)
        unwrittenLeaves = []
        unwrittenOffsets = []
    }

    private func damaged(
        _ file: OpenFile,
        _ offset: UInt64,
        _ reason: String,
        upTo end: UInt64 = 0
    ) -> LogError {
        let first = frontier.treeSize
        return .damaged(
            file: file.path,
            offset: offset,
            reason: reason,
            lost: first..<max(first, publishedSize, end)
        )
    }
}
