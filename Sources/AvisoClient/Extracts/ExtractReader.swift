import Alerts
import Base
import CBOR
import COSE
import Crypto
import MerkleLog

/// Reads what the log says about one thing, extract by extract, and goes on later where it ended.
struct ExtractReader {
    private let server: LogServer
    private let path: String
    /// Where the next extract begins.
    private(set) var next: UInt64

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - server: the broker.
    ///   - path: the resource, to which the index to begin at is added.
    ///   - start: the index to begin at.
    init(_ server: LogServer, path: String, from start: UInt64) {
        self.server = server
        self.path = path
        next = start
    }

    /// Reads on to the end of the log.
    ///
    /// - Parameter body: gets each item, in the order of the log.
    /// - Throws: ``AvisoError``: no answer, the server's refusal, an answer that was not asked for,
    ///   or what `body` throws.
    mutating func readOn(
        _ body: (LogExtract.Item) throws(AvisoError) -> Void
    ) throws(AvisoError) {
        while true {
            let resource = "\(path)/\(next)"
            let bytes = try server.get(resource)
            guard let extract = LogExtract(decoding: bytes, from: next, using: LibCBOR()) else {
                throw AvisoError(.notVerified, "\(resource) is no extract of the log from there on")
            }
            for item in extract.items { try body(item) }
            next = extract.next
            if extract.isLast { return }
        }
    }
}

/// Proves that entries stand in the tree of one checkpoint.
struct EntryInclusion {
    private let checkpoint: Checkpoint
    private let tiles: LogTiles

    /// Takes the latest checkpoint, with the cosignatures that the profile asks for.
    init(_ server: LogServer, _ profile: AvisoProfile) throws(AvisoError) {
        checkpoint = try profile.shownCheckpoint(try server.get("/checkpoint")).signed
        tiles = LogTiles(server: server, treeSize: checkpoint.treeSize)
    }

    /// Verifies that an entry stands at an index.
    ///
    /// - Returns: false for an entry that is newer than the checkpoint.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` if it is not there.
    func holds(_ entry: [UInt8], at index: UInt64) throws(AvisoError) -> Bool {
        guard index < checkpoint.treeSize else { return false }
        let root = MerkleProof.root(
            ofLeaf: SHA256().leafHash(entry[...]),
            index: index,
            treeSize: checkpoint.treeSize,
            path: try tiles.inclusionProof(index: index),
            using: SHA256()
        )
        guard root == checkpoint.rootHash else {
            throw AvisoError(
                .notVerified,
                "entry \(index) does not lead to the signed root of the checkpoint"
            )
        }
        return true
    }
}
