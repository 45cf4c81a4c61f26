import Alerts
import COSE
import MerkleLog

/// The rules on orders to erase a content, and on their confirmations.
extension AuditMachine {
    func check(redaction body: AlertEntryBody, _ index: UInt64) throws(AuditViolation) {
        let statement: RedactionStatement
        do throws(AlertError) {
            statement = try RedactionStatement(decoding: body.statement, using: tools.coding)
        } catch {
            throw AuditViolation(
                .redaction,
                at: index,
                "the statement cannot be read",
                expected: "an order to erase, or a confirmation",
                found: error.message
            )
        }
        let issuer = statement.draft.issuer.description
        guard let key = state.members[issuer]?.signingKey,
            statement.isSigned(
                by: key,
                coding: tools.coding,
                hasher: tools.hasher,
                verifier: tools.verifier
            )
        else {
            throw AuditViolation(
                .redaction,
                at: index,
                "the statement on an erasure is not signed by its issuer",
                expected: "a signature of \(issuer) with the key in force",
                found: "another, or none"
            )
        }
        guard statement.draft.index < index else {
            throw AuditViolation(
                .redaction,
                at: index,
                "the statement names what is not in front of it",
                expected: "an index below \(index)",
                found: "\(statement.draft.index)"
            )
        }
    }
}
