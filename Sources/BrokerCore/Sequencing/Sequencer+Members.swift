import Alerts
import Base
import MQTTCodec

/// The directory may have changed between admission and the place in the log: what an entry says
/// holds under the directory as the entries before it have it, which is how an auditor reads it.
extension Sequencer {
    /// Checks that the key of an alert is still its author's, that its author may publish, and that
    /// each recipient can receive.
    func checkMembers(of alert: VerifiedAlert) throws(Refusal) {
        guard let author = directory[alert.issuer], author.member.signingKey != nil else {
            throw refusal(of: alert, .notAuthorized, Sentence.unknownAgency(alert.issuer))
        }
        guard alert.keyID.hasSameBytes(as: author.signingKeyID[...]) else {
            throw refusal(of: alert, .notAuthorized, Sentence.foreignKey(alert.issuer))
        }
        for agency in alert.recipients where !canReceive(agency) {
            throw refusal(of: alert, .payloadFormatInvalid, Sentence.unknownRecipient(agency))
        }
        guard author.member.publish.contains(alert.channel) else {
            let text = Sentence.mayNotPublish(alert.issuer, channel: alert.channel)
            throw refusal(of: alert, .notAuthorized, text)
        }
    }

    /// Checks that the key of a statement is still its author's, and its role too.
    func checkAuthor(of statement: some MemberStatement) throws(Refusal) {
        let issuer = statement.issuer
        guard let author = directory[issuer], author.member.role == statement.role,
            author.member.signingKey != nil
        else { throw Refusal(.publish, .notAuthorized, Sentence.unknownAgency(issuer)) }
        guard statement.keyID.hasSameBytes(as: author.signingKeyID[...]) else {
            throw Refusal(.publish, .notAuthorized, Sentence.signatureInvalid(issuer))
        }
    }

    /// Whether an alert can be encrypted to a member.
    func canReceive(_ agency: AgencyID) -> Bool {
        directory[agency]?.encryptionKeyID.isEmpty == false
    }

    private func refusal(
        of alert: VerifiedAlert,
        _ reasonCode: ReasonCode,
        _ text: String
    ) -> Refusal {
        Refusal(
            .publish,
            reasonCode,
            text,
            alert: alert.alert,
            payloadDigest: hasher.digest(alert.payload[...])
        )
    }
}
