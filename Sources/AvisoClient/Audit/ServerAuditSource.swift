import AuditCore
import Base
import EventLoop
import MerkleLog
import Synchronization

/// The log over HTTPS: checkpoint, hash tiles and entry bundles (C2SP tlog-tiles).
final class ServerAuditSource: AuditSource {
    private static let bundleCountMax: UInt64 = 64

    // One connection for each processor; each serves one request at a time.
    private let servers: [LogServer]
    private let profile: AvisoProfile

    init(profile: AvisoProfile) throws(AvisoError) {
        self.profile = profile
        var servers: [LogServer] = []
        for _ in 0..<min(8, SystemProcessors.count) {
            servers.append(try LogServer(profile: profile))
        }
        self.servers = servers
    }

    func latestNote() throws(AvisoError) -> [UInt8] { try servers[0].get("/checkpoint") }

    var isLive: Bool { true }

    // The broker serves the cosigned one, once there is one.
    func cosignedNote(latest: [UInt8]) throws(AvisoError) -> [UInt8]? { latest }

    func root(at treeSize: UInt64, latest: Checkpoint) throws(AvisoError) -> Digest? {
        guard treeSize > 0, treeSize <= latest.treeSize else { return nil }
        return try LogTiles(server: servers[0], treeSize: latest.treeSize).rootHash(at: treeSize)
    }

    func pieces(
        from start: UInt64,
        latest: Checkpoint
    ) async throws(AvisoError) -> [AuditPiece] {
        let width = UInt64(TilePath.fullWidth)
        let first = start / width
        let end = min((latest.treeSize + width - 1) / width, first + Self.bundleCountMax)
        guard start < latest.treeSize else { return [] }
        let tiles = Array(first..<end)
        let servers = servers
        let next = Mutex(0)
        let share = (tiles.count + servers.count - 1) / servers.count
        let results = await Parallel.map(tiles, inSlicesOf: share) { slice in
            // As many slices as connections, so that no two share one.
            let server = servers[
                next.withLock { place in
                    defer { place += 1 }
                    return place % servers.count
                }
            ]
            return slice.map { Self.piece($0, from: start, latest, server) }
        }
        var pieces: [AuditPiece] = []
        for result in results.joined() { pieces.append(try result.get()) }
        return pieces
    }

    private static func piece(
        _ tile: UInt64,
        from start: UInt64,
        _ latest: Checkpoint,
        _ server: LogServer
    ) -> Result<AuditPiece, AvisoError> {
        do throws(AvisoError) {
            return .success(try read(tile, from: start, latest, server))
        } catch {
            guard error.code == .refused else { return .failure(error) }
            return .success(
                .violation(
                    AuditViolation(
                        .missing,
                        at: max(start, tile * UInt64(TilePath.fullWidth)),
                        "the log does not give what its signed size promises",
                        expected: "a tile and its entries",
                        found: error.message
                    )
                )
            )
        }
    }

    private static func read(
        _ tile: UInt64,
        from start: UInt64,
        _ latest: Checkpoint,
        _ server: LogServer
    ) throws(AvisoError) -> AuditPiece {
        let first = tile * UInt64(TilePath.fullWidth)
        let count = Int(min(UInt64(TilePath.fullWidth), latest.treeSize - first))
        let bundle = try server.get(TilePath(.entries, index: tile, width: count).path)
        let hashes = try server.get(TilePath(.hashes(level: 0), index: tile, width: count).path)
        guard let entries = EntryBundle.decode(bundle, count: count),
            let leaves = LogTiles.digests(hashes, count: count)
        else {
            return .violation(
                AuditViolation(
                    .encoding,
                    at: first,
                    "the tile or the entry bundle is not that of so many entries",
                    expected: "\(count) entries",
                    found: "\(bundle.count) and \(hashes.count) bytes"
                )
            )
        }
        // The first tile of an audit that goes on may have been read in part before.
        let known = Int(start > first ? start - first : 0)
        return .entries(
            first: first + UInt64(known),
            Array(entries[known...]),
            leaves: Array(leaves[known...])
        )
    }
}
