package import Base
import MerkleLog

/// Reads what has been published; any number of threads may use it at once.
package final class LogReader<Hasher: Hashing>: Sendable {
    private let index: LogIndex
    let tree: TreeFiles
    private let hasher: Hasher

    // Runs of records are read in pieces of this size, single ones in smaller pieces.
    private let pieceByteCount = 256 << 10
    private let singlePieceByteCount = 8 << 10
    private let fewCountMax = 8
    private let fewPieceByteCount = 32 << 10
    /// A scan looks at this many entries at most, so that a filter that wants little does not keep
    /// its thread from others.
    static var scanCountMax: UInt64 { 16_384 }

    init(index: LogIndex, tree: TreeFiles, hasher: Hasher) {
        self.index = index
        self.tree = tree
        self.hasher = hasher
    }

    /// The number of published entries.
    package var treeSize: UInt64 { index.treeSize }

    /// Reads one entry with its content.
    ///
    /// - Throws: ``LogError/notFound(index:)``, or damage.
    package func entry(at index: UInt64) throws(LogError) -> StoredEntry {
        guard index < treeSize else { throw .notFound(index: index) }
        let found = try scan(from: index, upTo: index + 1, filter: .all, countMax: 1)
        guard let entry = found.entries.first else { throw .notFound(index: index) }
        return entry
    }

    /// Reads the entries that a filter wants, skipping the others by their headers.
    ///
    /// - Parameters:
    ///   - start: the first index to look at.
    ///   - end: the index to stop at.
    ///   - filter: which entries are wanted.
    ///   - countMax: how many to return at most.
    ///   - byteCountMax: stops after the entry that reaches it.
    ///   - withContents: whether the contents beside the entries are read too.
    /// - Returns: the entries, and the index to go on at; there may be more even where no entry is
    ///   returned.
    /// - Throws: ``LogError/damaged(file:offset:reason:lost:)`` for a record that cannot be read.
    package func scan(
        from start: UInt64,
        upTo end: UInt64,
        filter: RecordFilter,
        countMax: Int,
        byteCountMax: Int = 8 << 20,
        withContents: Bool = true
    ) throws(LogError) -> (entries: [StoredEntry], nextIndex: UInt64) {
        var entries: [StoredEntry] = []
        var byteCount = 0
        var next = start
        let end = min(end, index.treeSize, start.addingOrMax(Self.scanCountMax))
        let pieceByteCount =
            end - min(start, end) <= 1
            ? singlePieceByteCount : countMax <= fewCountMax ? fewPieceByteCount : pieceByteCount
        guard next < end else { return ([], next) }
        let hidden = index.hidden
        var place = try index.place(of: next)
        var cursor = RecordCursor(place.segment, at: place.offset, pieceByteCount)
        while next < end, entries.count < countMax, byteCount < byteCountMax {
            guard let header = try cursor.header() else {
                // The next entry begins another segment, or there is damage.
                guard let following = index.place(after: place, of: next) else {
                    throw damage(place, next)
                }
                place = following
                cursor = RecordCursor(place.segment, at: place.offset, pieceByteCount)
                continue
            }
            guard header.kind == .entry else {
                cursor.skip(header)
                continue
            }
            guard header.index == next else { throw damage(place, next) }
            next += 1
            if filter.wants(header) {
                let stored = try cursor.read(header, withContent: withContents)
                let entry = hidden.contains(stored.index) ? stored.erased : stored
                byteCount += entry.bytes.count + (entry.content?.count ?? 0)
                entries.append(entry)
            } else {
                cursor.skip(header)
            }
        }
        return (entries, next)
    }

    /// The index of the first entry at or after a time; the size of the log if there is none.
    ///
    /// - Complexity: O(log n) reads.
    package func firstIndex(atOrAfter time: WallTime) throws(LogError) -> UInt64 {
        var low: UInt64 = 0
        var high = index.treeSize
        while low < high {
            let middle = low + (high - low) / 2
            let place = try index.place(of: middle)
            var cursor = RecordCursor(place.segment, at: place.offset, RecordHeader.byteCount)
            guard let header = try cursor.header() else { throw damage(place, middle) }
            if header.milliseconds < time.milliseconds {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The signed note of the batch in which an entry was committed.
    package func note(covering entryIndex: UInt64) throws(LogError) -> [UInt8] {
        let place = try index.place(of: entryIndex)
        var cursor = RecordCursor(place.segment, at: place.offset, singlePieceByteCount)
        while let header = try cursor.header() {
            if header.kind == .commit { return try cursor.payload(header) }
            cursor.skip(header)
        }
        throw damage(place, entryIndex)
    }

    /// The inclusion path of an entry in the tree of a published size.
    package func inclusionProof(index: UInt64, treeSize: UInt64) throws(LogError) -> [Digest] {
        guard index < treeSize, treeSize <= self.treeSize else { throw .notFound(index: index) }
        return try MerkleTree.inclusionProof(
            index: index,
            treeSize: treeSize,
            nodes: FileNodes(files: tree, hasher: hasher),
            using: hasher
        )
    }

    /// The consistency proof between two published sizes.
    package func consistencyProof(from: UInt64, to: UInt64) throws(LogError) -> [Digest] {
        guard from > 0, from <= to, to <= treeSize else { throw .notFound(index: to) }
        return try MerkleTree.consistencyProof(
            from: from,
            to: to,
            nodes: FileNodes(files: tree, hasher: hasher),
            using: hasher
        )
    }

    /// The root of the tree of a published size.
    package func rootHash(treeSize: UInt64) throws(LogError) -> Digest {
        guard treeSize <= self.treeSize else { throw .notFound(index: treeSize) }
        return try MerkleTree.rootHash(
            treeSize: treeSize,
            nodes: FileNodes(files: tree, hasher: hasher),
            using: hasher
        )
    }

    private func damage(_ place: LogIndex.Place, _ entryIndex: UInt64) -> LogError {
        .damaged(
            file: place.segment.path,
            offset: place.offset,
            reason: "the record of the entry cannot be read",
            lost: entryIndex..<(entryIndex + 1)
        )
    }
}

extension UInt64 {
    fileprivate func addingOrMax(_ other: UInt64) -> UInt64 {
        let (sum, isOverflow) = addingReportingOverflow(other)
        return isOverflow ? .max : sum
    }
}
