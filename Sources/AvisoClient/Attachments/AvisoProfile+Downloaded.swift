import Alerts
import Base
import Crypto
import Glibc
import HTTPFetch

extension AvisoProfile {
    /// Whether a file is an attachment that was downloaded before, byte for byte.
    ///
    /// The author has signed the digest of the encrypted file: the file is encrypted once more,
    /// with the 24 bytes that stand in front of the other, which are fetched.
    ///
    /// It blocks the calling thread.
    ///
    /// - Parameters:
    ///   - attachment: of an alert that was received.
    ///   - path: the file.
    /// - Returns: false too where there is no such file.
    /// - Throws: ``AvisoError``: refused with the broker's reason, or a file that cannot be read.
    public func isDownloaded(
        _ attachment: ReceivedAttachment,
        at path: String
    ) throws(AvisoError) -> Bool {
        guard unsafe access(path, F_OK) == 0 else { return false }
        let file = try PrivateFile(reading: path)
        guard try file.byteCount() == attachment.byteCount else { return false }
        let header = try attachment.piece(
            0..<AttachmentLayout.headerByteCount,
            try LogServer(profile: self)
        )
        let key = SecretBytes(copying: attachment.sealed.key)
        guard var sealer = try? SecretStreamSealer(repeating: header[...], key: key) else {
            return false
        }
        let stream = SHA256Stream()
        stream.update(header[...])
        let chunkCount = AttachmentLayout.chunkCount(ofFile: attachment.byteCount)
        for number in 0..<chunkCount {
            let chunk = try file.read(
                Int(AttachmentLayout.chunkByteCount),
                at: number * AttachmentLayout.chunkByteCount
            )
            stream.update(sealer.seal(chunk[...], isLast: number == chunkCount - 1)[...])
        }
        return stream.finish() == attachment.sealed.reference.digest
    }
}

extension ReceivedAttachment {
    /// A part of the encrypted file, as the broker has it.
    func piece(_ range: Range<UInt64>, _ server: LogServer) throws(AvisoError) -> [UInt8] {
        let bytes = "\(range.lowerBound)-\(range.upperBound - 1)"
        let answer = try server.send(
            "GET",
            "/attachments/\(digest)?alert=\(alertIndex)",
            fields: [("Range", "bytes=\(bytes)"), ("If-Range", "\"\(digest)\"")]
        )
        guard answer.status == 206 else {
            throw AvisoError(
                answer.status == 503 ? .tryLater : .refused,
                "attachment \(number): \(answer.reason)"
            )
        }
        let total = sealed.reference.byteCount
        guard answer.body.count == Int(range.count),
            answer.fields["content-range"] == "bytes \(bytes)/\(total)"
        else {
            throw AvisoError(.notVerified, "the broker sends another part than was asked for")
        }
        return answer.body
    }
}
