import Alerts
import Base
import MerkleLog

/// The rules on erasures: who orders them and confirms them, and of what.
extension AuditMachine {
    /// An operator orders an erasure, a recipient confirms it, both of an alert in front of it.
    mutating func check(
        _ redaction: AuditEntry.Signed<RedactionStatement>,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) -> SignatureCheck {
        let check = try signature(of: redaction, breaking: .redaction, at: time, index)
        switch redaction.statement.draft.act {
        case .order: try checkOrder(redaction, index)
        case .confirmation: try checkConfirmation(redaction, index)
        }
        return check
    }

    // Its counts tell which of an agency's alerts has no content any more.
    private mutating func checkOrder(
        _ order: AuditEntry.Signed<RedactionStatement>,
        _ index: UInt64
    ) throws(AuditViolation) {
        let draft = order.statement.draft
        guard draft.index < index, let mark = state.alerts[draft.alert] else {
            throw AuditViolation(
                .redaction,
                at: index,
                "there is no such alert in front of the order",
                expected: "an alert before index \(index)",
                found: "\(draft.alert.urn) at index \(draft.index)"
            )
        }
        let found = AlertMark.of(draft.index, order.counts, using: tools.hasher)
        guard mark == AlertMark.unknown || mark == found else {
            throw AuditViolation(
                .redaction,
                at: index,
                "the order has not the index and the counts of its alert",
                expected: "those of \(draft.alert.urn)",
                found: "index \(draft.index); \(Self.words(order.counts))"
            )
        }
        let digest = tools.hasher.digest(order.statement.canonicalBytes[...])
        let erasure = AuditState.Erasure(index: draft.index, counts: order.counts)
        state.erasures[draft.alert, default: erasure].orders.append(digest)
    }

    private func checkConfirmation(
        _ confirmation: AuditEntry.Signed<RedactionStatement>,
        _ index: UInt64
    ) throws(AuditViolation) {
        let draft = confirmation.statement.draft
        guard let erasure = state.erasures[draft.alert], erasure.index == draft.index else {
            throw AuditViolation(
                .redaction,
                at: index,
                "an erasure is confirmed that nobody has ordered",
                expected: "an order for the alert before index \(index)",
                found: "\(draft.alert.urn) at index \(draft.index)"
            )
        }
        let agency = draft.issuer.description
        let due = erasure.counts.filter { $0.agency == agency }
        guard !due.isEmpty, confirmation.counts == due else {
            throw AuditViolation(
                .redaction,
                at: index,
                "a confirmation has not the count of its recipient",
                expected: due.isEmpty ? "a recipient of the alert" : Self.words(due),
                found: "\(agency) with \(Self.words(confirmation.counts))"
            )
        }
        try checkBasis(draft, erasure.orders, index)
    }

    private func checkBasis(
        _ draft: RedactionStatement.Draft,
        _ orders: [Digest],
        _ index: UInt64
    ) throws(AuditViolation) {
        guard !orders.contains(draft.basis) else { return }
        throw AuditViolation(
            .redaction,
            at: index,
            "a confirmation is not of the order to erase its alert",
            expected: orders.map(\.description).joined(separator: " or "),
            found: draft.basis.description
        )
    }

    private static func words(_ counts: [AlertEntryBody.Count]) -> String {
        guard !counts.isEmpty else { return "no counts" }
        return counts.map { "\($0.agency) \($0.count)" }.joined(separator: ", ")
    }
}
