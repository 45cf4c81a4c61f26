package import Base

/// The attachments of a folder that no broker need have: a copy, or one that is in use.
package struct AttachmentCheck: Sendable {
    private let directory: String
    private let makeDigest: @Sendable () -> any DigestStream

    /// Names a folder of a log.
    package init(directory: String, makeDigest: @escaping @Sendable () -> any DigestStream) {
        self.directory = directory
        self.makeDigest = makeDigest
    }

    /// Verifies a file that an alert cites.
    ///
    /// - Parameters:
    ///   - digest: the file.
    ///   - byteCount: its size, as the alert says.
    ///   - entry: the alert's entry.
    /// - Returns: what is wrong with it; nil if it is whole.
    package func verify(_ digest: Digest, byteCount: UInt64, entry: UInt64) -> LogDamage? {
        let path = Self.path(digest, in: directory)
        func damage(_ reason: String) -> LogDamage {
            LogDamage(file: path, offset: 0, reason: reason, lost: entry..<(entry + 1))
        }
        do throws(LogError) {
            let file = try OpenFile(reading: path)
            let size = try file.byteCount
            guard size == byteCount else {
                return damage("it has \(size) bytes, and the alert that cites it says \(byteCount)")
            }
            guard try file.digest(makeDigest()) == digest else {
                return damage("its bytes are not those whose digest was signed")
            }
            return nil
        } catch {
            return damage("an alert cites it, and it cannot be read: \(error.message)")
        }
    }

    /// Copies a file that an alert cites into another folder, and verifies it on the way.
    ///
    /// - Throws: ``LogError``: it is damaged or missing, or the copy cannot be written.
    package func copy(
        _ digest: Digest,
        byteCount: UInt64,
        entry: UInt64,
        to target: String,
        operations: FileOperations = .system
    ) throws(LogError) {
        let source = try OpenFile(reading: Self.path(digest, in: directory))
        let copy = try OpenFile(new: Self.path(digest, in: target), operations)
        let stream = makeDigest()
        var offset: UInt64 = 0
        while true {
            let piece = try source.read(1 << 20, at: offset)
            guard !piece.isEmpty else { break }
            stream.update(piece[...])
            try copy.write(piece[...], at: offset)
            offset += UInt64(piece.count)
        }
        try copy.sync()
        guard offset == byteCount, stream.finish() == digest else {
            throw .damaged(
                file: source.path,
                offset: 0,
                reason: "its bytes are not those whose digest was signed",
                lost: entry..<(entry + 1)
            )
        }
    }

    /// Brings the names of what was copied to stable storage.
    package static func finishCopy(
        to target: String,
        operations: FileOperations = .system
    ) throws(LogError) {
        let folder = LogFolder(path: target, operations: operations)
        try folder.sync(folder.attachmentsPath)
    }

    private static func path(_ digest: Digest, in directory: String) -> String {
        let folder = LogFolder(path: directory, operations: .system)
        return "\(folder.attachmentsPath)/\(AttachmentName.stored(digest).text)"
    }
}
