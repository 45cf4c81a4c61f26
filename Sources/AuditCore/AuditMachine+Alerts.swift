import Alerts
import Base
import COSE
import MerkleLog

/// The rules on what stands in the entries: alerts and acknowledgements.
extension AuditMachine {
    mutating func check(
        _ alert: AuditEntry.Alert,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) -> SignatureCheck {
        let statement = alert.statement
        let author = statement.issuer.description
        let key = try keyInForce(of: author, keyID: statement.keyID, index)
        try checkPermission(of: statement, index)
        try checkRecipients(statement, index)
        try checkGroups(of: statement, at: time, index)
        try checkCounts(alert, index)
        try checkLabels(statement, index)
        try checkTimes(of: statement, accepted: alert.body.accepted, at: time, index)
        guard state.alerts.updateValue(alert.mark, forKey: statement.alert) == nil else {
            throw AuditViolation(
                .duplicate,
                at: index,
                "the alert stands in the log already",
                expected: "an identifier of its own",
                found: statement.alert.urn
            )
        }
        return SignatureCheck(
            index: index,
            author: author,
            key: key,
            signature: statement.sign1.signature,
            message: alert.message
        )
    }

    /// The key of a signer that is in force at an entry.
    private func keyInForce(
        of signer: String,
        keyID: ArraySlice<UInt8>,
        _ index: UInt64
    ) throws(AuditViolation) -> Ed25519PublicKey {
        guard let key = state.members[signer]?.signingKey else {
            throw AuditViolation(
                .author,
                at: index,
                "the author is no member with a signing key",
                expected: "a member of the directory at this entry",
                found: signer
            )
        }
        let due = COSEKeyThumbprint.of(key, coding: tools.coding, hasher: tools.hasher)
        guard keyID.elementsEqual(due) else {
            throw AuditViolation(
                .author,
                at: index,
                "\(signer) signed with another key than the one in force",
                expected: Hex.encode(due),
                found: Hex.encode(Array(keyID))
            )
        }
        return key
    }

    private func checkPermission(
        of statement: AlertStatement,
        _ index: UInt64
    ) throws(AuditViolation) {
        let author = statement.issuer.description
        let permitted = state.members[author]?.publish ?? []
        let channel = statement.header.channel.rawValue
        guard permitted.contains(channel) else {
            throw AuditViolation(
                .permission,
                at: index,
                "\(author) may not publish on the channel",
                expected: permitted.sorted().joined(separator: ", "),
                found: channel
            )
        }
    }

    /// The signature of a statement beside alerts, by a member that has the role for it, and in
    /// its time.
    func signature<Statement: MemberStatement>(
        of signed: AuditEntry.Signed<Statement>,
        breaking kind: AuditViolation.Kind,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) -> SignatureCheck {
        let statement = signed.statement
        let issuer = statement.issuer.description
        let key = try keyInForce(of: issuer, keyID: statement.keyID, index)
        let role = state.members[issuer]?.role ?? ""
        guard role == statement.role.rawValue else {
            throw AuditViolation(
                kind,
                at: index,
                "\(issuer) has not the role that the act needs",
                expected: statement.role.rawValue,
                found: role
            )
        }
        let issuedAt = statement.envelope.claims.issuedAt
        try checkAcceptance(signed.accepted, issuedAt: issuedAt, at: time, index)
        return SignatureCheck(
            index: index,
            author: issuer,
            key: key,
            signature: statement.sign1.signature,
            message: signed.message
        )
    }

    private func checkLabels(
        _ statement: AlertStatement,
        _ index: UInt64
    ) throws(AuditViolation) {
        do throws(AlertHeaderError) {
            try LabelPolicy.standard.check(statement.header)
        } catch {
            throw AuditViolation(
                .labels,
                at: index,
                "the labels do not go together",
                expected: "labels that the broker lets pass",
                found: error.message
            )
        }
    }

    private func checkRecipients(
        _ statement: AlertStatement,
        _ index: UInt64
    ) throws(AuditViolation) {
        let named = statement.header.to.map(\.description)
        guard Set(named).count == named.count, !named.isEmpty else {
            throw AuditViolation(
                .recipients,
                at: index,
                "the recipients are not each named once",
                expected: "different agencies",
                found: named.joined(separator: ", ")
            )
        }
        for agency in named where state.members[agency]?.isRecipient != true {
            throw AuditViolation(
                .recipients,
                at: index,
                "a recipient is no member that can receive",
                expected: "a member of the directory at this entry",
                found: agency
            )
        }
    }

    private mutating func checkCounts(
        _ alert: AuditEntry.Alert,
        _ index: UInt64
    ) throws(AuditViolation) {
        let named = Set(alert.statement.header.to.map(\.description))
        let counted = alert.body.counts.map(\.agency)
        guard Set(counted) == named, counted.count == named.count else {
            throw AuditViolation(
                .count,
                at: index,
                "the counts are not for the agencies that the statement names",
                expected: named.sorted().joined(separator: ", "),
                found: counted.sorted().joined(separator: ", ")
            )
        }
        for count in alert.body.counts {
            let expected = state.counts[count.agency, default: 0] + 1
            guard count.count == expected else {
                throw AuditViolation(
                    .count,
                    at: index,
                    "the count of \(count.agency) is false",
                    expected: "\(expected)",
                    found: "\(count.count)"
                )
            }
            state.counts[count.agency] = expected
            state.unacknowledged[count.agency, default: []].insert(index)
        }
    }

    mutating func acknowledge(_ delivery: DeliveryBody) {
        guard let station = StationIdentity(urn: delivery.station) else { return }
        let agency = station.agency.description
        for index in delivery.acknowledged { state.unacknowledged[agency]?.remove(index) }
    }
}
