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
}

extension AvisoProfile {
    /// Checks a draft, encrypts its form to the recipients and signs it.
    ///
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/invalidInput`` naming field, value and rule.
    public func seal(_ draft: AlertDraft) throws(AvisoError) -> SealedAlert {
        let header = try header(of: draft)
        do throws(AlertForm.Failure) {
            _ = try AlertForm.read(draft.form[...], header: header)
        } catch {
            throw AvisoError(.invalidInput, error.messages.joined(separator: "\n"))
        }
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
        let now = SystemClock.wall()
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
                    expires: draft.expiresAfterSeconds.map {
                        now.adding(
                            milliseconds: $0.multipliedReportingOverflow(by: 1000).partialValue
                        )
                    }
                ),
                key: signingKey,
                recipients: keys
            )
            return SealedAlert(
                topic: AlertTopic(kind: header.kind).name,
                payload: payload,
                alert: alert.urn
            )
        } catch {
            throw AvisoError(.invalidInput, error.message)
        }
    }

    private func header(of draft: AlertDraft) throws(AvisoError) -> AlertHeader {
        guard let channel = Channel(rawValue: draft.channel) else {
            throw AvisoError(.invalidInput, "there is no channel \(draft.channel)")
        }
        guard let kind = AlertKind(rawValue: draft.kind), kind.channel == channel else {
            throw AvisoError(.invalidInput, "channel \(channel) has no kind \(draft.kind)")
        }
        let label = draft.tlp.hasPrefix("TLP:") ? draft.tlp : "TLP:" + draft.tlp
        guard let tlp = TLP(label: label) else {
            throw AvisoError(.invalidInput, "\(draft.tlp) is no label of TLP 2.0")
        }
        guard let status = Status(rawValue: draft.status) else {
            throw AvisoError(
                .invalidInput,
                "status \(draft.status) is not actual, exercise or test"
            )
        }
        guard let message = MessageType(rawValue: draft.message) else {
            throw AvisoError(.invalidInput, "there is no message type \(draft.message)")
        }
        var recipients: [AgencyID] = []
        for text in draft.recipients {
            guard let agency = AgencyID(text) else {
                throw AvisoError(.invalidInput, "\(text) is no agency: write it as CO:PONAL")
            }
            recipients.append(agency)
        }
        do throws(AlertHeaderError) {
            return try AlertHeader(
                kind: kind,
                to: recipients,
                tlp: tlp,
                status: status,
                message: message
            )
        } catch {
            throw AvisoError(.invalidInput, error.message)
        }
    }
}
