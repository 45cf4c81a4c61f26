import Base
import Crypto
import LogStore
import MerkleLog

/// Copies of a log that verify by themselves, and brokers that go on from them.
public struct LogArchive: Hashable, Sendable {
    /// The log's name.
    public let origin: String
    /// The number of entries.
    public let size: UInt64
    /// The signed root, base64.
    public let root: String
    /// The bytes of its segments.
    public let byteCount: UInt64
    /// The number of its segments.
    public let segmentCount: Int
    /// The number of its attachments.
    public let attachmentCount: Int
    /// The bytes of its attachments.
    public let attachmentByteCount: UInt64

    /// Copies the log of a broker, which may be running, up to its published checkpoint.
    ///
    /// Every entry is hashed again on the way, and the tree must have the signed root. The
    /// attachments that alerts with their content cite are copied and verified too.
    ///
    /// - Parameters:
    ///   - folder: the log's folder; it is read only.
    ///   - archive: the folder to make, which must be empty or not be there.
    ///   - profile: says which log and key are trusted.
    /// - Returns: what was copied.
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` for damage and a foreign log,
    ///   ``AvisoError/Code/fileFailed`` for what cannot be read or written.
    public static func export(
        _ folder: String,
        to archive: String,
        profile: AvisoProfile
    ) throws(AvisoError) -> LogArchive {
        do throws(LogError) {
            return try copy(folder, to: archive, profile)
        } catch {
            throw AvisoError(error)
        }
    }

    /// Makes the log's folder of a new broker that goes on where an archive ends.
    ///
    /// The folder says which key has signed so far; the new broker's first entry is the change to
    /// its own.
    ///
    /// - Parameters:
    ///   - archive: what ``export(_:to:profile:)`` made, or any copy of a log's folder.
    ///   - folder: the folder to make, which must be empty or not be there.
    ///   - profile: says which log and key are trusted: those of the archive.
    /// - Returns: what was copied.
    /// - Throws: ``AvisoError`` as for an export.
    public static func `import`(
        _ archive: String,
        to folder: String,
        profile: AvisoProfile
    ) throws(AvisoError) -> LogArchive {
        do throws(LogError) {
            let copied = try copy(archive, to: folder, profile)
            try LogContinuation(verifierKey: profile.logKey.description)
                .write(directory: folder, options: LogOptions())
            return copied
        } catch {
            throw AvisoError(error)
        }
    }

    private static func copy(
        _ source: String,
        to target: String,
        _ profile: AvisoProfile
    ) throws(LogError) -> LogArchive {
        let cited = CitedAttachments()
        let report = try LogCopy.copy(
            from: source,
            to: target,
            verifierKey: profile.logKey.description,
            hasher: SHA256(),
            verifyNote: { profile.checkpoint(ofNote: $0) },
            visit: { index, entry in
                cited.visit(index, entry)
                return ErasureOrder.subject(of: entry)
            }
        )
        let attachments = AttachmentCheck(directory: source) { SHA256Stream() }
        let all = cited.all
        for file in all {
            try attachments.copy(
                file.digest,
                byteCount: file.byteCount,
                entry: file.entry,
                to: target
            )
        }
        try AttachmentCheck.finishCopy(to: target)
        return LogArchive(
            origin: report.checkpoint.origin,
            size: report.checkpoint.treeSize,
            root: Base64.encode(report.checkpoint.rootHash.bytes),
            byteCount: report.byteCount,
            segmentCount: report.segmentCount,
            attachmentCount: all.count,
            attachmentByteCount: all.reduce(0) { $0 + $1.byteCount }
        )
    }
}

extension AvisoProfile {
    /// The checkpoint of a note that the trusted log key has signed, or nil.
    func checkpoint(ofNote note: [UInt8]) -> Checkpoint? {
        guard let note = SignedNote(note),
            note.isSigned(by: logKey, verifier: Cryptography()),
            let checkpoint = Checkpoint(text: note.text), checkpoint.origin == logOrigin
        else { return nil }
        return checkpoint
    }
}

extension AvisoError {
    fileprivate init(_ error: LogError) {
        switch error {
        case .failed, .notEmpty, .missing: self = .folder(error)
        default: self.init(.notVerified, error.message)
        }
    }
}
