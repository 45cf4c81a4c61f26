import Alerts
import Base
import HTTPFetch
import MerkleLog

extension AvisoClient {
    /// Publishes an alert over HTTPS, where MQTT is not to be had: the same rules and the same
    /// receipt.
    ///
    /// It blocks the calling thread until the broker has the alert on stable storage, for 60 s at
    /// most when its attachments are uploaded.
    ///
    /// - Parameters:
    ///   - sealed: the alert.
    ///   - profile: its author's profile, which says where the broker's HTTPS server is.
    ///   - progress: is told how far the upload of each attachment is.
    /// - Returns: the alert with its receipt, which was verified and kept in the profile, or why it
    ///   could not be kept.
    /// - Throws: ``AvisoError``: no answer, refused with the broker's reason,
    ///   ``AvisoError/Code/tryLater`` where the broker or the agency's limit left it no room, or a
    ///   receipt that does not hold.
    public static func publishOverHTTPS(
        _ sealed: SealedAlert,
        profile: AvisoProfile,
        progress: AttachmentProgress.Handler? = nil
    ) throws(AvisoError) -> PublishedAlert {
        try profile.uploadAttachments(of: sealed, progress: progress)
        let receipt = try LogServer(profile: profile).register(sealed.payload)
        let proof = try profile.verifyReceipt(receipt, statement: sealed.payload)
        profile.forgetAttachments(of: sealed)
        return profile.published(sealed, proof, receipt)
    }
}

extension LogServer {
    private static let alertType = "application/aviso-alert+cbor"

    /// Publishes a payload (draft-ietf-scitt-scrapi), and returns the receipt.
    func register(_ payload: [UInt8]) throws(AvisoError) -> [UInt8] {
        let answer = try post("/entries", body: payload, type: Self.alertType)
        guard answer.status == 201 else {
            throw AvisoError(
                answer.status == 503 || answer.status == 429 ? .tryLater : .refused,
                answer.problem ?? answer.reason
            )
        }
        return answer.body
    }
}
