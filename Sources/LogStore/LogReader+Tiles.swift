package import MerkleLog

extension LogReader {
    /// Reads a tile of hashes or an entry bundle, as C2SP tlog-tiles has it.
    ///
    /// - Parameter path: which one, and how wide.
    /// - Returns: its bytes; nil if the published tree has no such tile, or none so wide.
    /// - Throws: ``LogError/damaged(file:offset:reason:lost:)`` for what cannot be read.
    package func tile(_ path: TilePath) throws(LogError) -> [UInt8]? {
        guard path.width <= path.widthMax(treeSize: treeSize) else { return nil }
        let first = path.index * UInt64(TilePath.fullWidth)
        switch path.content {
        case .hashes(let level):
            return try tree.hashes(level: level, first: first, count: path.width)
        case .entries:
            return EntryBundle.encode(try entries(from: first, count: path.width))
        }
    }

    // A scan ends early where the contents beside the entries are large.
    private func entries(from first: UInt64, count: Int) throws(LogError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        let end = first + UInt64(count)
        var next = first
        while next < end {
            let found = try scan(from: next, upTo: end, filter: .all, countMax: count)
            guard found.nextIndex > next else { throw .notFound(index: next) }
            entries += found.entries.map(\.bytes)
            next = found.nextIndex
        }
        return entries
    }
}
