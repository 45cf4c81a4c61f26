import Alerts
import Base
import CBOR
import COSE
import Crypto
import EventLoop

/// An alert that is ready to be published, by this library or by any MQTT 5 client.
public struct SealedAlert: Hashable, Sendable {
    /// The topic to publish to.
    public let topic: String
    /// The payload of the PUBLISH.
    public let payload: [UInt8]
    /// The alert's identifier, `urn:uuid:…`.
    public let alert: String
    /// The SHA-256 of each encrypted file that goes with it, in hexadecimal.
    public var attachmentDigests: [String] { attachments.map { "\($0.sealed.reference.digest)" } }
    // The files that are to be uploaded before it is published.
    let attachments: [OutgoingAttachment]
}

extension AvisoProfile {
    /// Checks a draft, encrypts its form and its files to the recipients and signs it.
    ///
    /// The encrypted files stand in the folder `outbox` of the profile until the alert is accepted.
    ///
    /// Where the draft names groups, their members are recipients too; the groups are read over
    /// HTTPS, which blocks the calling thread for 60 s at most.
    ///
    /// - Throws: ``AvisoError``: ``AvisoError/Code/invalidInput`` naming field, value and rule, or
    ///   as ``group(_:)``.
    public func seal(_ draft: AlertDraft) throws(AvisoError) -> SealedAlert {
        try seal(draft, to: try groups(named: draft.groups))
    }

    /// Encrypts a form to the recipients of its header, and signs it.
    func seal(
        _ header: AlertHeader,
        of draft: AlertDraft,
        at now: WallTime,
        with outgoing: [OutgoingAttachment]
    ) throws(AvisoError) -> SealedAlert {
        var keys: [X25519PublicKey] = []
        for agency in header.to {
            guard let key = members[agency]?.encryptionKey else {
                throw AvisoError(
                    .invalidInput,
                    "\(agency) is not in the directory, or has no encryption key there"
                )
            }
            keys.append(key)
        }
        let expires = try expiry(of: draft, at: now)
        let alert = UUID(version7At: now, random: Randomness.words())
        let sealer = AlertSealer(
            coding: LibCBOR(),
            hasher: SHA256(),
            cryptography: Cryptography()
        )
        do throws(AlertError) {
            let payload = try sealer.seal(
                form: draft.form,
                draft: AlertSealer.Draft(
                    header: header,
                    issuer: identity.agency,
                    alert: alert,
                    issuedAt: now,
                    expires: expires
                ),
                key: signingKey,
                recipients: keys,
                attachments: outgoing.map(\.sealed)
            )
            return SealedAlert(
                topic: AlertTopic(kind: header.kind).name,
                payload: payload,
                alert: alert.urn,
                attachments: outgoing
            )
        } catch {
            throw AvisoError(.invalidInput, error.wording)
        }
    }

    // What the years of RFC 3339 can write, which also is far from what overflows.
    private static let lastMilliseconds: UInt64 = 253_402_300_799_000

    private func expiry(
        of draft: AlertDraft,
        at now: WallTime
    ) throws(AvisoError) -> WallTime? {
        guard let seconds = draft.expiresAfterSeconds else { return nil }
        let secondsMax = (Self.lastMilliseconds - now.milliseconds) / 1000
        guard seconds <= secondsMax else {
            throw AvisoError(
                .invalidInput,
                "an alert cannot expire \(seconds) seconds from now: the years end with 9999"
            )
        }
        return now.adding(milliseconds: seconds * 1000)
    }
}
