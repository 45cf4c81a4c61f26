import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import Synchronization

@testable import LogStore

/// A log with made-up entries, and what must be in it.
struct TestLog {
    static let origin = "log.example/test"

    let key: Ed25519SigningKey
    let hasher = SHA256()

    init() {
        key = Ed25519SigningKey.generate()
    }

    var verifierKey: NoteVerifierKey {
        NoteVerifierKey(name: Self.origin, publicKey: key.publicKey, using: hasher)
    }

    /// What a start yields.
    struct Opened {
        let writer: LogWriter<SHA256>
        let report: RecoveryReport
        let entries: [[UInt8]]
    }

    func options(
        segmentByteCountMax: Int = 64 << 20,
        isCreationPermitted: Bool = true,
        faults: Faults? = nil
    ) -> LogOptions {
        var options = LogOptions(segmentByteCountMax: segmentByteCountMax)
        options.isCreationPermitted = isCreationPermitted
        options.operations = (faults ?? Faults()).operations
        return options
    }

    func open(
        _ folder: TestFolder,
        _ options: LogOptions? = nil,
        position: LogPosition? = nil
    ) throws(LogError) -> Opened {
        let entries = Mutex<[[UInt8]]>([])
        let (writer, report) = try LogWriter.open(
            directory: folder.path,
            options: options ?? self.options(),
            hasher: hasher,
            position: position,
            verifyNote: { checkpoint(of: $0) },
            fold: { _, entry throws(LogError) in entries.withLock { $0.append(Array(entry)) } }
        )
        return Opened(writer: writer, report: report, entries: entries.withLock { $0 })
    }

    func checkpoint(of note: [UInt8]) -> Checkpoint? {
        guard let note = SignedNote(note),
            note.isSigned(by: verifierKey, verifier: Cryptography())
        else { return nil }
        return Checkpoint(text: note.text)
    }

    func note(_ tree: BatchTree) -> [UInt8] {
        let text = Checkpoint(
            origin: Self.origin,
            treeSize: tree.frontier.treeSize,
            rootHash: tree.rootHash
        ).text
        let signature = SignedNote.Signature(
            name: Self.origin,
            keyHash: verifierKey.keyHash,
            bytes: key.sign(Array(text.utf8)[...])
        )
        return SignedNote(text: text, signatures: [signature]).bytes
    }

    /// The entry with an index: every third with a content, channels 0 to 2, one recipient each.
    func record(_ index: UInt64, byteCount: Int = 30) -> PendingRecord {
        let entry =
            Array("entry \(index) ".utf8)
            + [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: byteCount)
        return PendingRecord(
            entry: entry,
            leafHash: hasher.leafHash(entry[...]),
            time: Self.time(index),
            channel: UInt16(index % 3),
            recipientMask: index % 3 == 0 ? 0 : 1 << (index % 5),
            content: index % 3 == 1 ? Self.content(index)[...] : nil,
            contentFlags: index % 2 == 0 ? .wholePayload : []
        )
    }

    static func time(_ index: UInt64) -> WallTime { WallTime(milliseconds: 1000 + index / 2 * 10) }

    static func content(_ index: UInt64) -> [UInt8] { Array("content \(index)".utf8) }

    /// Appends the next `count` entries as one batch.
    func append(_ count: Int, to writer: LogWriter<SHA256>) throws(LogError) {
        let first = writer.frontier.treeSize
        let records = (first..<first + UInt64(count)).map { record($0) }
        let tree = BatchTree(records.map(\.leafHash), onto: writer.frontier, using: hasher)
        try writer.append(records, tree: tree, note: note(tree))
    }

    /// What the first `count` entries must be.
    func entries(_ count: UInt64) -> [[UInt8]] { (0..<count).map { record($0).entry } }

    func root(_ count: UInt64) -> Digest {
        var frontier = MerkleFrontier()
        for index in 0..<count { frontier.append(record(index).leafHash, using: hasher) }
        return frontier.rootHash(using: hasher)
    }
}
