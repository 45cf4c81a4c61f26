import Alerts
import Base
import Crypto
import MerkleLog
import Synchronization

/// The hashes of a log of one size, fetched tile by tile (C2SP tlog-tiles).
///
/// Nothing of it is believed: a root or path that is computed from tiles is compared with a signed
/// checkpoint by whoever asks for it.
final class LogTiles: MerkleNodeSource {
    private static let cachedCountMax = 4096

    private let server: LogServer
    private let treeSize: UInt64
    private let cache = Mutex<[TilePath: [Digest]]>([:])

    init(server: LogServer, treeSize: UInt64) {
        self.server = server
        self.treeSize = treeSize
    }

    func node(level: Int, index: UInt64) throws(AvisoError) -> Digest {
        let (tileLevel, height) = (level / 8, level % 8)
        let first = index << UInt64(height)
        let hashes = try tile(level: tileLevel, index: first >> 8)
        let start = Int(first & 0xFF)
        guard start + 1 << height <= hashes.count else {
            throw AvisoError(.notVerified, "a tile of level \(tileLevel) has too few hashes")
        }
        var nodes = Array(hashes[start..<(start + 1 << height)])
        while nodes.count > 1 {
            nodes = stride(from: 0, to: nodes.count, by: 2).map {
                SHA256().nodeHash(nodes[$0], nodes[$0 + 1])
            }
        }
        return nodes[0]
    }

    func rootHash(at size: UInt64) throws(AvisoError) -> Digest {
        try MerkleTree.rootHash(treeSize: size, nodes: self, using: SHA256())
    }

    func inclusionProof(index: UInt64) throws(AvisoError) -> [Digest] {
        try MerkleTree.inclusionProof(
            index: index,
            treeSize: treeSize,
            nodes: self,
            using: SHA256()
        )
    }

    private func tile(level: Int, index: UInt64) throws(AvisoError) -> [Digest] {
        let full = TilePath(.hashes(level: level), index: index, width: TilePath.fullWidth)
        let width = full.widthMax(treeSize: treeSize)
        if let known = cache.withLock({ $0[full] }) { return known }
        let path = TilePath(.hashes(level: level), index: index, width: max(1, width))
        guard let hashes = Self.digests(try server.get(path.path), count: path.width) else {
            throw AvisoError(.notVerified, "\(path.path) has not \(path.width) hashes")
        }
        cache.withLock { cache in
            if cache.count >= Self.cachedCountMax { cache.removeAll() }
            cache[full] = hashes
        }
        return hashes
    }

    /// The hashes of a tile's bytes, or nil if there are not so many.
    static func digests(_ bytes: [UInt8], count: Int) -> [Digest]? {
        guard bytes.count == count * Digest.byteCount else { return nil }
        return (0..<count).compactMap { place in
            Digest(bytes[(place * Digest.byteCount)..<((place + 1) * Digest.byteCount)])
        }
    }
}
