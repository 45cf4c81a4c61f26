import Alerts
import Base
import MerkleLog

/// The sentences of refusals: each says what is wrong and what to mend.
enum Sentence {
    static func topicUnknown(_ topicName: String) -> String {
        "topic \(quoted(topicName)) names no channel and kind: publish to alerts/<channel>/<kind>"
    }

    static func topicReserved(_ topicName: String) -> String {
        "topic \(quoted(topicName)) is the broker's: it cannot be published to"
    }

    static func onlyAgencies(_ who: String) -> String {
        "only agencies publish alerts, and this is the station of \(who)"
    }

    static func topicDisagrees(_ topic: AlertTopic, _ header: AlertHeader) -> String {
        "topic \(topic) disagrees with the signed header, which says "
            + "\(header.channel.rawValue)/\(header.kind.rawValue): "
            + "publish to the signed channel and kind"
    }

    static func foreignIssuer(_ issuer: AgencyID, certificate: AgencyID) -> String {
        "issuer \(issuer) is not the agency of the TLS certificate, \(certificate): "
            + "publish with a station of the agency that signs"
    }

    static func unknownAgency(_ agency: AgencyID) -> String {
        "agency \(agency) is not in the directory, or has no signing key there: "
            + "ask the operator to register it"
    }

    static func foreignKey(_ agency: AgencyID) -> String {
        "kid is not the thumbprint of \(agency)'s registered signing key: "
            + "sign with the registered key or have the new one registered"
    }

    static func signatureInvalid(_ agency: AgencyID) -> String {
        "the signature does not verify under \(agency)'s registered key: "
            + "the statement was altered or signed with another key"
    }

    static let contentAltered =
        "SHA-256 of the content differs from the digest that the statement signs: "
        + "the content was altered after signing"

    static let recipientsNotDistinct =
        "`to` must name at least one agency, and each agency once"

    static func unknownRecipient(_ agency: AgencyID) -> String {
        "recipient \(agency) is not in the directory, or has no encryption key there: "
            + "take the current directory"
    }

    static func unknownRecipientKey(_ keyID: ArraySlice<UInt8>) -> String {
        "the content is encrypted to key \(Hex.encode(keyID.prefix(8)))…, which no agency has "
            + "registered: take the current directory"
    }

    static func recipientOutside(_ agency: AgencyID) -> String {
        "the content is encrypted to \(agency), which `to` does not name: "
            + "name it in `to` or leave it out"
    }

    static func recipientTwice(_ agency: AgencyID) -> String {
        "the content is encrypted to \(agency) twice: one recipient entry for each agency"
    }

    static func recipientMissing(_ agency: AgencyID) -> String {
        "`to` names \(agency), but the content is not encrypted to it: add its recipient entry"
    }

    static func mayNotPublish(_ agency: AgencyID, channel: Channel) -> String {
        "\(agency) may not publish on \(channel.rawValue): ask the operator for the permission"
    }

    static func issuedInFuture(_ issuedAt: WallTime, now: WallTime) -> String {
        "issued at \(RFC3339.format(issuedAt)), but it is \(RFC3339.format(now)) here: "
            + "set the author's clock"
    }

    static func issuedTooLongAgo(_ issuedAt: WallTime, _ seconds: Int) -> String {
        "issued at \(RFC3339.format(issuedAt)), more than \(seconds) s ago: issue the alert anew"
    }

    static func expired(_ expires: WallTime) -> String {
        "expired at \(RFC3339.format(expires)): issue the alert anew"
    }

    static func replayed(_ alert: UUID, index: UInt64) -> String {
        "alert urn:uuid:\(alert) stands at index \(index) with other bytes: "
            + "give a new alert a new identifier"
    }

    static func cannotCompare(_ index: UInt64) -> String {
        "the alert may stand in the log at \(index), which cannot be read: the operator must look "
            + "at the log, then publish it again"
    }

    static let entryTooLarge =
        "it would be an entry of more than \(LogEntry.byteCountMax) bytes, which the log does not "
        + "take"

    // What a peer wrote goes into logs and to other peers: bounded, and without control characters.
    private static func quoted(_ text: String) -> String {
        let printable = text.unicodeScalars.prefix(80).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
        }
        return "\"" + printable.joined() + (text.unicodeScalars.count > 80 ? "…\"" : "\"")
    }

    static func retainedFull(_ limits: BrokerLimits) -> String {
        "the broker keeps \(limits.retainedCountMax) retained messages of "
            + "\(limits.retainedByteCountMax) bytes in all, on topics of up to "
            + "\(OpaqueBody.topicByteCountMax) bytes"
    }
}
