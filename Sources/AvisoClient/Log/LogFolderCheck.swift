import Alerts
import Base
import CBOR
import COSE
import Crypto
import LogStore
import MerkleLog

/// What is damaged in the folder of a log.
public struct LogFolderReport: Sendable {
    /// One damaged piece.
    public struct Damage: Hashable, Sendable {
        /// The file.
        public let file: String
        /// Where in the file, in bytes.
        public let offset: UInt64
        /// What is wrong.
        public let reason: String
        /// The first entry that cannot be read or proved; nil if none is lost.
        public let firstEntry: UInt64?
        /// The last one.
        public let lastEntry: UInt64?

        init(_ damage: LogDamage) {
            file = damage.file
            offset = damage.offset
            reason = damage.reason
            firstEntry = damage.lost.isEmpty ? nil : damage.lost.lowerBound
            lastEntry = damage.lost.isEmpty ? nil : damage.lost.upperBound - 1
        }
    }

    /// The log's name.
    public let origin: String
    /// The entries that were hashed again.
    public let entryCount: UInt64
    /// The contents that were compared with the digests that the entries have of them.
    public let contentCount: UInt64
    /// The attachments that were compared with the digests that alerts cite.
    public let attachmentCount: Int
    /// Their bytes, as the alerts say.
    public let attachmentByteCount: UInt64
    /// The signed checkpoints whose tree the entries give.
    public let checkpointCount: UInt64
    /// The hashes of the tree files that were compared.
    public let treeHashCount: UInt64
    /// The size that the published checkpoint signs; nil if it cannot be read.
    public let publishedSize: UInt64?
    /// What is damaged, 1,000 pieces at most.
    public let damages: [Damage]
    /// How many damaged pieces there are.
    public let damageCount: Int
}

extension LogArchive {
    private static let damageCountMax = 1000

    /// Verifies the folder of a log without a broker, from the bytes of its entries.
    ///
    /// - Parameters:
    ///   - folder: the folder; it is read only, and may be in use.
    ///   - profile: says which log and key are trusted.
    /// - Returns: what was found; damage is no error here.
    /// - Throws: ``AvisoError`` if there is no log, or it cannot be read at all.
    public static func check(
        _ folder: String,
        profile: AvisoProfile
    ) throws(AvisoError) -> LogFolderReport {
        let visitor = FolderVisitor(profile)
        do throws(LogError) {
            let report = try LogCheck.run(
                directory: folder,
                hasher: SHA256(),
                verifyNote: { visitor.checkpoint(of: $0) },
                visit: { visitor.visit($0) }
            )
            let snapshots = try SnapshotCheck.run(
                directory: folder,
                digests: visitor.snapshots,
                hasher: SHA256()
            )
            if !visitor.erased.isEmpty { try visitor.findOrders(in: folder) }
            let attachments = AttachmentCheck(directory: folder) { SHA256Stream() }
            let cited = visitor.cited.all
            let lost = cited.compactMap { file in
                attachments.verify(file.digest, byteCount: file.byteCount, entry: file.entry)
            }
            let erased = visitor.erased.sorted { $0.key < $1.key }.map(\.value)
            let more = snapshots + erased + lost
            let damages = Array((report.damages + more).prefix(Self.damageCountMax))
            return LogFolderReport(
                origin: profile.logOrigin,
                entryCount: report.entryCount,
                contentCount: visitor.contentCount,
                attachmentCount: cited.count,
                attachmentByteCount: cited.reduce(0) { $0 + $1.byteCount },
                checkpointCount: report.checkpointCount,
                treeHashCount: report.treeHashCount,
                publishedSize: report.publishedSize,
                damages: damages.map { LogFolderReport.Damage($0) },
                damageCount: report.damageCount + more.count
            )
        } catch {
            throw .folder(error)
        }
    }
}

/// What a check of a folder learns from the entries: keys, snapshots, digests of contents.
private final class FolderVisitor {
    private let profile: AvisoProfile
    private var logKey: NoteVerifierKey?
    private(set) var snapshots: [UInt64: Digest] = [:]
    private(set) var contentCount: UInt64 = 0
    let cited = CitedAttachments()
    // Contents that were erased, until the order for it is met.
    private(set) var erased: [UInt64: LogDamage] = [:]

    init(_ profile: AvisoProfile) {
        self.profile = profile
    }

    /// The checkpoint of a note that the key in force has signed, or nil.
    func checkpoint(of note: [UInt8]) -> Checkpoint? {
        guard let note = SignedNote(note),
            note.isSigned(by: logKey ?? profile.logKey, verifier: Cryptography()),
            let checkpoint = Checkpoint(text: note.text), checkpoint.origin == profile.logOrigin
        else { return nil }
        return checkpoint
    }

    func visit(_ stored: ScannedEntry) -> LogDamage? {
        let entry: LogEntry
        do throws(LogEntryError) {
            entry = try LogEntry(decoding: stored.bytes[...], using: LibCBOR())
        } catch {
            return damage(stored, error.message)
        }
        cited.visit(stored.index, entry.body)
        switch entry.body {
        case .genesis(let genesis): return follow(genesis.logKey, stored)
        case .policy(let policy): return follow(policy.newKey, stored)
        case .snapshot(let snapshot):
            snapshots[snapshot.treeSize] = snapshot.digest
            return nil
        case .alert(let body): return compare(stored, with: digest(of: body))
        case .redaction(let body):
            if let index = ErasureOrder.subject(of: body) { erased[index] = nil }
            return nil
        case .opaque(let body): return compare(stored, with: body.digest)
        case .directory, .session, .delivery, .refusal, .deadline, .group: return nil
        }
    }

    /// Looks for orders behind the checkpoint of the check: a broker that has the folder in use may
    /// have logged one since, and have erased the content before it was read.
    func findOrders(in folder: String) throws(LogError) {
        var scan = try LogScan(directory: folder) { note in
            SignedNote(note).flatMap { Checkpoint(text: $0.text)?.treeSize }
        }
        while !erased.isEmpty, let record = try scan.next() {
            guard case .entry(let stored) = record,
                let index = ErasureOrder.subject(of: stored.bytes)
            else { continue }
            erased[index] = nil
        }
    }

    private func follow(_ key: Ed25519PublicKey, _ stored: ScannedEntry) -> LogDamage? {
        let trusted = [profile.logKey] + profile.formerLogKeys
        logKey = NoteVerifierKey(name: profile.logOrigin, publicKey: key, using: SHA256())
        guard trusted.contains(where: { $0.publicKey == key }) else {
            return damage(
                stored,
                "it names a key for the log that the profile does not trust: "
                    + (logKey?.description ?? "")
            )
        }
        return nil
    }

    private func digest(of body: AlertEntryBody) -> Digest? {
        (try? AlertStatement(decoding: body.statement, using: LibCBOR()))?.contentDigest
    }

    private func compare(_ stored: ScannedEntry, with digest: Digest?) -> LogDamage? {
        if stored.contentFlags.contains(.erased) {
            erased[stored.index] = damage(stored, "its content is erased, and nobody ordered it")
        }
        guard let content = stored.content else { return nil }
        var bytes = content[...]
        if stored.contentFlags.contains(.wholePayload) {
            let limits = AlertLimits(
                statementByteCountMax: 64 << 10,
                contentByteCountMax: 256 << 20
            )
            guard
                let parts = try? AlertPayload(decoding: bytes, using: LibCBOR(), limits: limits)
            else { return damage(stored, "the payload beside the entry cannot be read") }
            bytes = parts.contentBytes
        }
        contentCount += 1
        guard SHA256().digest(bytes) != digest else { return nil }
        return damage(
            stored,
            "the content beside the entry is not the one whose digest was signed"
        )
    }

    private func damage(_ stored: ScannedEntry, _ reason: String) -> LogDamage {
        LogDamage(
            file: stored.file,
            offset: stored.offset,
            reason: reason,
            lost: stored.index..<(stored.index + 1)
        )
    }
}
