import Alerts
import Base

/// The sentences of refusals that are about attachments.
extension Sentence {
    static func attachmentMissing(_ reference: AttachmentReference, stored: UInt64?) -> String {
        guard let stored else {
            return "attachment \(reference.digest) is not stored: upload its "
                + "\(reference.byteCount) bytes over HTTPS to /attachments/\(reference.digest), "
                + "then publish the alert again"
        }
        return "attachment \(reference.digest) has \(stored) bytes, and the signed header says "
            + "\(reference.byteCount): sign the size of the encrypted file"
    }
}
