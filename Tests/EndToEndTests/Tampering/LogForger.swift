import Alerts
import Base
import CBOR
import COSE
import Crypto
import Foundation
import LogStore
import MerkleLog
import Testing

/// Rewrites the log of a stopped broker: with the log's key, as a dishonest operator could, or
/// without it, as whoever gets at the disk could.
struct LogForger {
    /// An entry of the log with the content beside it.
    struct Stored {
        var bytes: [UInt8]
        let content: [UInt8]?
        let flags: ContentFlags

        func entry() throws -> LogEntry { try LogEntry(decoding: bytes[...], using: LibCBOR()) }
    }

    let network: TestNetwork

    private var folder: String { network.path("broker/log") }

    // MARK: - With the log's key

    /// Replaces the log by one of other entries, with valid checkpoints.
    func rewrite(_ change: (inout [Stored]) throws -> Void) throws {
        var entries: [Stored] = []
        var scan = try LogScan(directory: folder) { _ in nil }
        while let record = try scan.next() {
            if case .entry(let entry) = record {
                entries.append(
                    Stored(
                        bytes: entry.bytes,
                        content: entry.content,
                        flags: entry.contentFlags
                    )
                )
            }
        }
        try change(&entries)
        try FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try write(entries)
    }

    private func write(_ entries: [Stored]) throws {
        let key = try PEMKeyFile.readSigningKey(network.path("broker/log.key"))
        var options = LogOptions()
        options.isCreationPermitted = true
        let (writer, _) = try LogWriter.open(
            directory: folder,
            options: options,
            hasher: SHA256(),
            verifyNote: { _ in nil },
            fold: { _, _ in }
        )
        var tally = TallyTree(coding: LibCBOR())
        let verifier = try #require(NoteVerifierKey(network.verifierKey, using: SHA256()))
        for stored in entries {
            let entry = try stored.entry()
            if case .alert(let body) = entry.body {
                tally.set(body.counts.map { ($0.agency, $0.count) }, using: SHA256())
            }
            let record = PendingRecord(
                entry: stored.bytes,
                leafHash: SHA256().leafHash(stored.bytes[...]),
                time: entry.time,
                content: stored.content.map { $0[...] },
                contentFlags: stored.flags
            )
            let batch = BatchTree([record.leafHash], onto: writer.frontier, using: SHA256())
            let text = Checkpoint(
                origin: verifier.name,
                treeSize: batch.frontier.treeSize,
                rootHash: batch.rootHash,
                extensionLines: [tally.extensionLine(using: SHA256())]
            ).text
            let signature = SignedNote.Signature(
                name: verifier.name,
                keyHash: verifier.keyHash,
                bytes: key.sign(Array(text.utf8)[...])
            )
            let note = SignedNote(text: text, signatures: [signature]).bytes
            try writer.append([record], tree: batch, note: note)
        }
    }

    /// An alert with other counts.
    static func recount(
        _ stored: inout Stored,
        _ change: (AlertEntryBody.Count) -> AlertEntryBody.Count
    ) throws {
        let entry = try stored.entry()
        guard case .alert(let body) = entry.body else { return }
        let changed = AlertEntryBody(
            statement: body.statement,
            accepted: body.accepted,
            counts: body.counts.map(change)
        )
        stored.bytes = LogEntry(time: entry.time, body: .alert(changed)).encode(using: LibCBOR())
    }

    // MARK: - Without it

    /// One record of a segment, as `Sources/LogStore/Record.swift` describes it.
    struct Place {
        let offset: Int
        let index: UInt64
        let kind: UInt8
        let byteCount: Int

        var payload: Range<Int> { offset + 48..<offset + 48 + byteCount }
    }

    var segment: String { folder + "/segments/00000000000000000000.seg" }

    /// The records of the first segment.
    func places(_ bytes: [UInt8]) -> [Place] {
        var places: [Place] = []
        var offset = 0
        while offset + 48 <= bytes.count, bytes[offset] == 0x41 {
            let place = Place(
                offset: offset,
                index: Self.integer(bytes[(offset + 16)..<(offset + 24)]),
                kind: bytes[offset + 4],
                byteCount: Int(Self.integer(bytes[(offset + 8)..<(offset + 12)]))
            )
            places.append(place)
            offset = place.payload.upperBound
        }
        return places
    }

    /// Changes the bytes of the first segment.
    func edit(_ change: (inout [UInt8]) throws -> Void) throws {
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: segment)))
        try change(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: segment))
    }

    /// Puts another payload of the same length into a record, with checksums that hold.
    static func replace(_ place: Place, with payload: [UInt8], in bytes: inout [UInt8]) {
        bytes.replaceSubrange(place.payload, with: payload)
        put(crc32c(payload[...]), at: place.offset + 12, in: &bytes)
        put(
            crc32c(bytes[place.offset..<(place.offset + 44)]),
            at: place.offset + 44,
            in: &bytes
        )
    }

    private static func put(_ value: UInt32, at offset: Int, in bytes: inout [UInt8]) {
        for byte in 0..<4 { bytes[offset + byte] = UInt8(value >> UInt32(24 - 8 * byte) & 0xFF) }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// CRC-32C (Castagnoli), bit by bit: independent of the table that is tested.
    private static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
            }
        }
    }
}
