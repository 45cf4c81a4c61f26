import Alerts
import Base
import Crypto
import Glibc
import HTTPFetch

extension AvisoProfile {
    /// Downloads an attachment, verifies it and writes it to a file of its own.
    ///
    /// It blocks the calling thread. What has come of an interrupted download is kept beside the
    /// file, as `<path>.aviso-part`, and gone on with. Nothing unverified ever stands at the path.
    ///
    /// - Parameters:
    ///   - attachment: of an alert that was received.
    ///   - path: the file to make, which must not be there; only its owner may read it.
    ///   - progress: is told how far it is.
    /// - Throws: ``AvisoError``: refused with the broker's reason, ``AvisoError/Code/notVerified``
    ///   if the bytes are not those that the alert's author signed, ``AvisoError/Code/fileFailed``.
    public func download(
        _ attachment: ReceivedAttachment,
        to path: String,
        progress: AttachmentProgress.Handler? = nil
    ) throws(AvisoError) {
        guard unsafe access(path, F_OK) != 0 else {
            throw AvisoError(.fileFailed, "\(path) is there already")
        }
        let part = try PrivateFile(writing: path + ".aviso-part", isNew: false)
        var download = AttachmentDownload(attachment, part, progress)
        try download.run(profile: self)
        guard try part.digest() == attachment.sealed.reference.digest else {
            unsafe _ = unlink(part.path)
            throw AvisoError(
                .notVerified,
                "attachment \(attachment.number): its bytes are not those whose digest was signed"
            )
        }
        try open(attachment, part, to: path)
        unsafe _ = unlink(part.path)
    }

    private func open(
        _ attachment: ReceivedAttachment,
        _ part: PrivateFile,
        to path: String
    ) throws(AvisoError) {
        let temporary = "\(path).\(Randomness.word())"
        let target = try PrivateFile(writing: temporary, isNew: true)
        defer { unsafe _ = unlink(temporary) }
        try decrypt(attachment, part, to: target)
        try target.sync()
        // Unlike a rename this never replaces a file.
        guard unsafe link(temporary, path) == 0 else { throw PrivateFile.failure(path) }
    }

    private func decrypt(
        _ attachment: ReceivedAttachment,
        _ part: PrivateFile,
        to target: PrivateFile
    ) throws(AvisoError) {
        let chunkByteCount = AttachmentLayout.chunkByteCount + AttachmentLayout.overheadByteCount
        let wrong = AvisoError(
            .notVerified,
            "attachment \(attachment.number): it was not encrypted as its alert says"
        )
        var (offset, written) = (AttachmentLayout.headerByteCount, UInt64(0))
        let header = try part.read(Int(offset), at: 0)
        let key = SecretBytes(copying: attachment.sealed.key)
        var opener: SecretStreamOpener
        do throws(CryptoError) {
            opener = try SecretStreamOpener(header: header[...], key: key)
        } catch {
            throw wrong
        }
        while !opener.isAtEnd {
            let chunk = try part.read(Int(chunkByteCount), at: offset)
            let plain: [UInt8]
            do throws(CryptoError) {
                plain = try opener.open(chunk[...])
            } catch {
                throw wrong
            }
            try target.write(plain, at: written)
            offset += UInt64(chunk.count)
            written += UInt64(plain.count)
        }
        guard offset == attachment.sealed.reference.byteCount, written == attachment.byteCount
        else { throw wrong }
    }
}

/// An encrypted file on its way here.
private struct AttachmentDownload {
    private static let pieceByteCount: UInt64 = 1 << 20

    private let attachment: ReceivedAttachment
    private let part: PrivateFile
    private let progress: AttachmentProgress.Handler?
    private var offset: UInt64 = 0
    private var total: UInt64 { attachment.sealed.reference.byteCount }

    init(
        _ attachment: ReceivedAttachment,
        _ part: PrivateFile,
        _ progress: AttachmentProgress.Handler?
    ) {
        self.attachment = attachment
        self.part = part
        self.progress = progress
    }

    /// Goes on from what is there already, to the end.
    mutating func run(profile: AvisoProfile) throws(AvisoError) {
        offset = try part.byteCount()
        if offset > total {
            try part.truncate(to: 0)
            offset = 0
        }
        let start = offset
        var patience = TransferPatience()
        while offset < total {
            do throws(AvisoError) {
                // The broker may have another port when it has started anew.
                let server = try LogServer(profile: profile)
                while offset < total {
                    try takePiece(server)
                    patience.gotOn()
                    progress?(
                        AttachmentProgress(
                            name: attachment.name,
                            done: offset,
                            total: total,
                            start: start
                        )
                    )
                }
            } catch {
                try patience.wait(after: error)
            }
        }
    }

    private mutating func takePiece(_ server: LogServer) throws(AvisoError) {
        let count = min(Self.pieceByteCount, total - offset)
        try part.write(try attachment.piece(offset..<(offset + count), server), at: offset)
        offset += count
    }
}
