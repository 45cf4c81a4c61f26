import Alerts
import Base
import Crypto
import Foundation

/// An attachment that a test encrypts itself, as Docs/PROTOCOL.md has it.
struct AttachmentSample {
    let encrypted: Data
    let sealed: SealedAttachment

    var digest: String { "\(sealed.reference.digest)" }

    init(bytes: Data, name: String = "sample.bin") {
        let key = SecretStream.makeKey()
        var sealer = SecretStreamSealer(key: key)
        var encrypted = Data(sealer.header)
        let chunkByteCount = Int(AttachmentLayout.chunkByteCount)
        for start in stride(from: 0, to: bytes.count, by: chunkByteCount) {
            let end = min(start + chunkByteCount, bytes.count)
            let chunk = Array(bytes[bytes.startIndex + start..<bytes.startIndex + end])
            encrypted.append(contentsOf: sealer.seal(chunk[...], isLast: end == bytes.count))
        }
        self.encrypted = encrypted
        let reference = AttachmentReference(
            digest: SHA256().digest(Array(encrypted)[...]),
            byteCount: UInt64(encrypted.count),
            mediaType: "application/octet-stream"
        )
        guard
            let sealed = SealedAttachment(
                reference: reference,
                name: name,
                byteCount: UInt64(bytes.count),
                key: key.exposed()
            )
        else { preconditionFailure("the sample is an attachment") }
        self.sealed = sealed
    }
}
