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
    private var hasMetPublished = false
    private var pending: [Pending] = []
    private var unwrittenLeaves: [Digest] = []

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

    /// Reads all segments.
    mutating func recover() throws(LogError) -> RecoveryReport {
        let segments = try folder.segments()
        for firstIndex in segments {
            let file = try OpenFile(
                existing: folder.segmentPath(firstIndex: firstIndex),
                folder.operations
            )
            try recover(file, firstIndex: firstIndex, isLast: firstIndex == segments.last)
        }
        try checkNothingIsMissing()
        try secureLastBatch()
        try writeTree()
        report.treeSize = frontier.treeSize
        report.keptEntryCount = frontier.treeSize - publishedSize
        report.note = note
        return report
    }

    private mutating func recover(
        _ file: OpenFile,
        firstIndex: UInt64,
        isLast: Bool
    ) throws(LogError) {
        guard firstIndex == frontier.treeSize else {
            throw damaged(
                file,
                0,
                "a segment before it is missing",
                upTo: firstIndex
            )
        }
        index.addSegment(firstIndex: firstIndex, file: file)
        segment = file
        batchOffset = 0
        endOffset = 0
        var cursor = RecordCursor(file, at: 0, 1 << 20)
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
        index.publish(offsets: pending.map(\.offset), treeSize: next.treeSize)
        frontier = next
        batchCount += 1
        self.note = note
        pending = []
        unwrittenLeaves += leaves
        if unwrittenLeaves.count >= Self.leafRunCount { try writeTree() }
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
        guard published != nil || batchCount <= 1 else {
            throw .damaged(
                file: folder.checkpointPath,
                offset: 0,
                reason: "it cannot be read, and \(frontier.treeSize) entries are in the segments",
                lost: 0..<0
            )
        }
        guard let segment, batchCount > 0 else { return }
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
        guard frontier.treeSize >= publishedSize, published != nil || batchCount == 0,
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
            guard let header = RecordHeader(tail[start...]), header.kind == .commit,
                header.batchFirstIndex > frontier.treeSize
            else { continue }
            let note = tail.dropFirst(start + RecordHeader.byteCount)
                .prefix(Int(header.payloadByteCount))
            if verifyNote(Array(note))?.treeSize == header.index { return true }
        }
        return false
    }

    private mutating func writeTree() throws(LogError) {
        let start = frontier.treeSize - UInt64(unwrittenLeaves.count)
        try tree.append(unwrittenLeaves, at: start, using: hasher)
        unwrittenLeaves = []
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
