package import MerkleLog

/// What C2SP tlog-tiles serves.
extension LogReader {
    /// Whether the published tree has a tile, and one so wide.
    package func has(_ path: TilePath) -> Bool {
        path.width <= path.widthMax(treeSize: treeSize)
    }

    /// Reads the hashes of a tile.
    ///
    /// - Parameters:
    ///   - level: its level.
    ///   - path: which one, and how wide; the tree must have it.
    /// - Returns: the hashes, one after the other.
    /// - Throws: ``LogError`` for what cannot be read.
    package func hashes(level: Int, _ path: TilePath) throws(LogError) -> [UInt8] {
        try tree.hashes(level: level, first: path.firstIndex, count: path.width)
    }

    /// Reads some entries, without the contents beside them.
    ///
    /// - Parameters:
    ///   - first: the first one.
    ///   - end: the index to stop at, which must be published.
    ///   - byteCountMax: stops after the entry that reaches it.
    /// - Returns: the entries, one at least, and the index to go on at.
    /// - Throws: ``LogError`` for what cannot be read.
    package func entries(
        from first: UInt64,
        upTo end: UInt64,
        byteCountMax: Int
    ) throws(LogError) -> (entries: [[UInt8]], nextIndex: UInt64) {
        let found = try scan(
            from: first,
            upTo: end,
            filter: .all,
            countMax: .max,
            byteCountMax: byteCountMax,
            withContents: false
        )
        guard found.nextIndex > first else { throw .notFound(index: first) }
        return (found.entries.map(\.bytes), found.nextIndex)
    }
}

extension TilePath {
    /// The first of the hashes or entries that the tile is made of.
    package var firstIndex: UInt64 { index * UInt64(TilePath.fullWidth) }
}
