import Alerts
package import Base
import MQTTCodec
import MerkleLog

/// The files beside the log as the sequencer sees them.
package protocol AttachmentSource: Sendable {
    /// The size of an encrypted file that is completely on stable storage; nil for any other.
    func byteCount(of digest: Digest) -> UInt64?
}

extension Sequencer {
    /// Checks that the files that an alert names were uploaded: what is accepted is not lost, and
    /// that goes for all of it.
    func checkAttachments(of alert: VerifiedAlert) throws(Refusal) {
        for reference in alert.header.attachments {
            let byteCount = stored?.byteCount(of: reference.digest)
            guard byteCount != reference.byteCount else { continue }
            throw Refusal(
                .publish,
                .payloadFormatInvalid,
                Sentence.attachmentMissing(reference, stored: byteCount),
                alert: alert.alert,
                payloadDigest: hasher.digest(alert.payload[...])
            )
        }
    }
}
