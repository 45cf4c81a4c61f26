import Base
import MerkleLog

/// The hashes of complete subtrees, one flat file for each level, as tlog-tiles cuts them.
///
/// Level L holds the roots of subtrees of height 8 x L. All of it is derived from the entries and
/// written anew by a start that reads them; a start from a snapshot believes what it had synced.
final class TreeFiles: Sendable {
    static let levelCount = 8
    private let files: [OpenFile]

    init(_ folder: LogFolder) throws(LogError) {
        var files: [OpenFile] = []
        for level in 0..<Self.levelCount {
            files.append(try folder.open("\(folder.treePath)/\(level)"))
        }
        self.files = files
    }

    /// Brings the hashes to stable storage, for a snapshot that builds on them.
    func sync() throws(LogError) {
        for file in files { try file.sync() }
    }

    /// Writes the hashes of new leaves, and of the subtrees that they complete.
    func append(
        _ leaves: [Digest],
        at firstIndex: UInt64,
        using hasher: some Hashing
    ) throws(LogError) {
        var hashes = leaves
        var first = firstIndex
        for level in 0..<Self.levelCount where !hashes.isEmpty {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(hashes.count * Digest.byteCount)
            for hash in hashes { hash.append(to: &bytes) }
            try files[level].write(bytes[...], at: first * UInt64(Digest.byteCount))
            let end = first + UInt64(hashes.count)
            let firstParent = first >> 8
            hashes = []
            for parent in firstParent..<(end >> 8) {
                hashes.append(try subtree(level: level, height: 8, index: parent, using: hasher))
            }
            first = firstParent
        }
    }

    /// The bytes of consecutive hashes of a level.
    func hashes(
        level: Int,
        first: UInt64,
        count: Int
    ) throws(LogError) -> [UInt8] {
        let byteCount = count * Digest.byteCount
        let bytes = try files[level].read(byteCount, at: first * UInt64(Digest.byteCount))
        guard bytes.count == byteCount else { throw .notFound(index: first) }
        return bytes
    }

    /// The root of the complete subtree of height `8 * level + height`.
    func subtree(
        level: Int,
        height: Int,
        index: UInt64,
        using hasher: some Hashing
    ) throws(LogError) -> Digest {
        let count = 1 << height
        let bytes = try files[level].read(
            count * Digest.byteCount,
            at: (index << UInt64(height)) * UInt64(Digest.byteCount)
        )
        guard bytes.count == count * Digest.byteCount else { throw .notFound(index: index) }
        var hashes: [Digest] = []
        for place in 0..<count {
            let start = place * Digest.byteCount
            guard let hash = Digest(bytes[start..<(start + Digest.byteCount)]) else {
                throw .notFound(index: index)
            }
            hashes.append(hash)
        }
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map {
                hasher.nodeHash(hashes[$0], hashes[$0 + 1])
            }
        }
        return hashes[0]
    }
}

/// Looks subtrees up in the tree files.
struct FileNodes<Hasher: Hashing>: MerkleNodeSource {
    let files: TreeFiles
    let hasher: Hasher

    func node(level: Int, index: UInt64) throws(LogError) -> Digest {
        try files.subtree(level: level / 8, height: level % 8, index: index, using: hasher)
    }
}
