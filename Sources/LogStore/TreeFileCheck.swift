import Base
import MerkleLog

/// Holds the tree files against hashes that were computed anew, level by level, in order.
final class TreeFileCheck<Hasher: Hashing> {
    private let files: [OpenFile?]
    private let hasher: Hasher
    // What of each level is not complete yet, and how much of it came before.
    private var rest: [[Digest]]
    private var counts: [UInt64]
    private(set) var comparedCount: UInt64 = 0
    // One finding for each level: what is behind it would repeat it.
    private var shortLevels: Set<Int> = []

    /// Opens the files; nil if there are none, as in a copy.
    init?(_ folder: LogFolder, _ hasher: Hasher) {
        let files = (0..<TreeFiles.levelCount).map { level in
            try? OpenFile(reading: "\(folder.treePath)/\(level)")
        }
        guard files[0] != nil else { return nil }
        self.files = files
        self.hasher = hasher
        rest = Array(repeating: [], count: files.count)
        counts = Array(repeating: 0, count: files.count)
    }

    /// The stored leaf hashes of consecutive entries; nil where the file has them not.
    func leaves(first: UInt64, count: Int) throws(LogError) -> [Digest]? {
        try stored(level: 0, first: first, count: count)
    }

    private func stored(level: Int, first: UInt64, count: Int) throws(LogError) -> [Digest]? {
        let size = Digest.byteCount
        guard let file = files[level] else { return nil }
        let bytes = try file.read(count * size, at: first * UInt64(size))
        guard bytes.count == count * size else { return nil }
        return (0..<count).compactMap { Digest(bytes[($0 * size)..<(($0 + 1) * size)]) }
    }

    /// Compares the next leaves, and the subtrees that they complete.
    ///
    /// - Returns: what is wrong in the files.
    func compare(_ leaves: [Digest]) throws(LogError) -> [LogDamage] {
        var damages: [LogDamage] = []
        var hashes = leaves
        for level in files.indices where !hashes.isEmpty {
            damages += try compare(hashes, level: level)
            rest[level] += hashes
            counts[level] += UInt64(hashes.count)
            hashes = []
            while rest[level].count >= TilePath.fullWidth {
                hashes.append(subtree(rest[level].prefix(TilePath.fullWidth)))
                rest[level].removeFirst(TilePath.fullWidth)
            }
        }
        return damages
    }

    private func compare(_ hashes: [Digest], level: Int) throws(LogError) -> [LogDamage] {
        let first = counts[level]
        guard let stored = try stored(level: level, first: first, count: hashes.count) else {
            guard shortLevels.insert(level).inserted else { return [] }
            return [damage(level, first, "the file is missing or ends too early")]
        }
        comparedCount += UInt64(hashes.count)
        var damages: [LogDamage] = []
        for (place, pair) in zip(hashes, stored).enumerated() where pair.0 != pair.1 {
            damages.append(
                damage(
                    level,
                    first + UInt64(place),
                    "the hash is \(pair.1), and the entries give \(pair.0)"
                )
            )
        }
        return damages
    }

    // Nothing is lost with a hash: a start that reads the segments makes the tree anew.
    private func damage(_ level: Int, _ index: UInt64, _ reason: String) -> LogDamage {
        LogDamage(
            file: files[level]?.path ?? "tree/\(level)",
            offset: index * UInt64(Digest.byteCount),
            reason: reason,
            lost: 0..<0
        )
    }

    private func subtree(_ hashes: ArraySlice<Digest>) -> Digest {
        var hashes = Array(hashes)
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map {
                hasher.nodeHash(hashes[$0], hashes[$0 + 1])
            }
        }
        return hashes[0]
    }
}

/// Holds the file of the entries' places against where they stand.
struct PlaceCheck {
    private let file: OpenFile
    private let segments: [UInt64]
    private let folder: LogFolder

    /// Opens the file; nil if there is none, as in a copy.
    init?(_ folder: LogFolder) {
        guard let file = try? OpenFile(reading: "\(folder.treePath)/places"),
            let segments = try? folder.segments()
        else { return nil }
        self.file = file
        self.segments = segments
        self.folder = folder
    }

    func compare(_ entry: ScannedEntry) throws(LogError) -> LogDamage? {
        guard let number = segments.lastIndex(where: { $0 <= entry.index }) else { return nil }
        let offset = entry.index * 8
        var reader = ByteReader(try file.read(8, at: offset))
        let stored = reader.readInteger(as: UInt64.self)
        let due = UInt64(number) << 40 | entry.offset
        guard stored != due else { return nil }
        return LogDamage(
            file: file.path,
            offset: offset,
            reason: "the place of entry \(entry.index) is "
                + (stored.map { "\($0)" } ?? "missing") + ", and it stands at \(due)",
            lost: 0..<0
        )
    }
}
