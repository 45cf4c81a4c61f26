import Alerts
import Base
import Crypto
import Glibc

/// An attachment that is encrypted and waits to be uploaded.
struct OutgoingAttachment: Hashable, Sendable {
    /// Where the encrypted file begins in ``file``, behind its key.
    static let offset = UInt64(AttachmentLayout.keyByteCount)

    let sealed: SealedAttachment
    /// The file of the outbox.
    let file: String
}

/// Encrypted files on their way, in the folder `outbox` of the profile.
///
/// A file is kept until its alert is accepted: whoever publishes the same file again after an
/// interruption goes on with the same ciphertext, of which the broker has a part. What nobody has
/// gone on with for a day is removed, since the broker has then removed its part too.
///
/// | bytes | |
/// |---|---|
/// | 32 | key |
/// | 24, then the chunks | the encrypted file, see ``AttachmentLayout`` |
struct AttachmentOutbox {
    private static let ageMaxSeconds = 86_400

    private let folder: String

    init(profileFolder: String) {
        folder = "\(profileFolder)/outbox"
    }

    /// Encrypts a file, or takes what an earlier attempt has left.
    ///
    /// - Throws: ``AvisoError`` for a file that cannot be read, is too large or changes meanwhile.
    func seal(_ file: AttachmentFile) throws(AvisoError) -> OutgoingAttachment {
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw PrivateFile.failure(folder)
        }
        removeOld()
        let source = try PrivateFile(reading: file.path)
        let byteCount = try source.byteCount()
        guard byteCount <= AttachmentLayout.fileByteCountMax else {
            throw AvisoError(
                .invalidInput,
                "\(file.path) has \(byteCount) bytes, and an attachment may have "
                    + "\(AttachmentLayout.fileByteCountMax)"
            )
        }
        let digest = try source.digest()
        let path = "\(folder)/\(digest).sealed"
        if let kept = try? outgoing(path, file, byteCount) { return kept }
        try encrypt(source, byteCount, digest, to: path)
        return try outgoing(path, file, byteCount)
    }

    /// Removes what was published.
    func remove(_ attachments: [OutgoingAttachment]) {
        for attachment in attachments { unsafe _ = unlink(attachment.file) }
    }

    private func outgoing(
        _ path: String,
        _ file: AttachmentFile,
        _ byteCount: UInt64
    ) throws(AvisoError) -> OutgoingAttachment {
        let sealed = try PrivateFile(reading: path)
        let encrypted = AttachmentLayout.encryptedByteCount(ofFile: byteCount)
        guard try sealed.byteCount() == encrypted + OutgoingAttachment.offset else {
            throw AvisoError(.fileFailed, "\(path) is not what was written there")
        }
        let attachment = SealedAttachment(
            reference: AttachmentReference(
                digest: try sealed.digest(from: OutgoingAttachment.offset),
                byteCount: encrypted,
                mediaType: file.mediaType
            ),
            name: file.name,
            byteCount: byteCount,
            key: try sealed.read(AttachmentLayout.keyByteCount, at: 0)
        )
        guard let attachment else {
            throw AvisoError(
                .invalidInput,
                "the name of an attachment has 1 to \(SealedAttachment.nameByteCountMax) bytes: "
                    + "\(file.name)"
            )
        }
        return OutgoingAttachment(sealed: attachment, file: path)
    }

    private func encrypt(
        _ source: PrivateFile,
        _ byteCount: UInt64,
        _ digest: Digest,
        to path: String
    ) throws(AvisoError) {
        let temporary = "\(path).\(Randomness.word())"
        let target = try PrivateFile(writing: temporary, isNew: true)
        do throws(AvisoError) {
            let key = SecretStream.makeKey()
            var sealer = SecretStreamSealer(key: key)
            try target.write(key.exposed() + sealer.header, at: 0)
            var offset = OutgoingAttachment.offset + UInt64(sealer.header.count)
            let plain = SHA256Stream()
            let chunkCount = AttachmentLayout.chunkCount(ofFile: byteCount)
            for number in 0..<chunkCount {
                let start = number * AttachmentLayout.chunkByteCount
                let chunk = try source.read(Int(AttachmentLayout.chunkByteCount), at: start)
                plain.update(chunk[...])
                let sealed = sealer.seal(chunk[...], isLast: number == chunkCount - 1)
                try target.write(sealed, at: offset)
                offset += UInt64(sealed.count)
            }
            guard plain.finish() == digest else {
                throw AvisoError(.fileFailed, "\(source.path) has changed while it was read")
            }
            try target.sync()
        } catch {
            unsafe _ = unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else { throw PrivateFile.failure(path) }
    }

    private func removeOld() {
        guard let directory = unsafe opendir(folder) else { return }
        defer { unsafe closedir(directory) }
        let now = time(nil)
        while let entry = unsafe readdir(directory) {
            // The name ends in a zero byte within its field, as POSIX has it.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            var status = stat()
            let path = "\(folder)/\(name)"
            guard name.contains(".sealed"), unsafe stat(path, &status) == 0,
                now - status.st_mtim.tv_sec > Self.ageMaxSeconds
            else { continue }
            unsafe _ = unlink(path)
        }
    }
}
