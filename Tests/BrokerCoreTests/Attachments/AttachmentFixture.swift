import Alerts
import Base
import Testing

@testable import BrokerCore

/// Attachments that need no files.
enum AttachmentFixture {
    /// What the broker would have stored.
    struct Store: AttachmentSource {
        private let byteCounts: [Digest: UInt64]

        init(_ attachments: [SealedAttachment]) {
            byteCounts = Dictionary(
                attachments.map { ($0.reference.digest, $0.reference.byteCount) },
                uniquingKeysWith: { first, _ in first }
            )
        }

        func byteCount(of digest: Digest) -> UInt64? { byteCounts[digest] }
    }

    static func attachment(_ number: UInt8, byteCount: UInt64 = 1000) throws -> SealedAttachment {
        let reference = AttachmentReference(
            digest: try #require(Digest([UInt8](repeating: number, count: 32))),
            byteCount: AttachmentLayout.encryptedByteCount(ofFile: byteCount),
            mediaType: "image/png"
        )
        return try #require(
            SealedAttachment(
                reference: reference,
                name: "photo \(number).png",
                byteCount: byteCount,
                key: [UInt8](repeating: number, count: 32)
            )
        )
    }
}
