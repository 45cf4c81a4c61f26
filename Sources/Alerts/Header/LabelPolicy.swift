/// What a network asks of the labels of alerts, beyond what every header keeps.
///
/// A pure function of the signed header: authors check it before sealing, the broker can check it
/// at admission, without opening anything.
package struct LabelPolicy: Sendable {
    /// For a channel, the label that lets its alerts travel furthest; none means any.
    package let widest: [Channel: TLP]
    /// The most agencies that an alert of TLP:RED may name.
    package let redRecipientCountMax: Int

    /// What holds where nothing else is configured: intelligence is never for everyone.
    package static let standard = LabelPolicy(
        widest: [.intelligence: .green],
        redRecipientCountMax: 16
    )

    /// Makes a policy.
    package init(widest: [Channel: TLP], redRecipientCountMax: Int) {
        self.widest = widest
        self.redRecipientCountMax = redRecipientCountMax
    }

    /// Checks the labels of a header.
    ///
    /// - Parameter header: the signed header.
    /// - Throws: ``AlertHeaderError`` naming label, value and rule.
    package func check(_ header: AlertHeader) throws(AlertHeaderError) {
        if let widest = widest[header.channel], header.tlp.reach > widest.reach {
            throw .invalid(
                key: "tlp",
                value: header.tlp.rawValue,
                rule: "alerts of \(header.channel) go no further than \(widest.rawValue)"
            )
        }
        // That it names no group, no header can break.
        guard header.tlp != .red || header.to.count <= redRecipientCountMax else {
            throw .invalid(
                key: "to",
                value: "of \(header.to.count)",
                rule: "an alert of TLP:RED names at most \(redRecipientCountMax) agencies"
            )
        }
        let codes = header.handling.map(\.rawValue)
        if let code = codes.first(where: { code in codes.count { $0 == code } > 1 }) {
            throw .invalid(key: "handling", value: code, rule: "it stands twice")
        }
        try checkOnwardUse(header)
        // What may not go on from its recipients cannot be for everyone.
        if header.handling.contains(.noOnwardDissemination), header.tlp == .clear {
            throw .invalid(key: "handling", value: "H2", rule: "TLP:CLEAR lets everyone pass it on")
        }
    }
}

extension LabelPolicy {
    /// Checks what the kind of an alert asks of its header; replies have their own ways.
    ///
    /// Authors and the broker ask it of what is published. An audit does not: logs begin before
    /// these rules.
    ///
    /// - Parameter header: the signed header.
    /// - Throws: ``AlertHeaderError`` naming label, value and rule.
    package func checkKind(of header: AlertHeader) throws(AlertHeaderError) {
        guard [.alert, .update, .request, .answer].contains(header.message) else { return }
        if header.kind == .financialIntelligence,
            !header.handling.contains(.noOnwardDissemination)
        {
            throw .invalid(
                key: "handling",
                value: header.handling.map(\.rawValue).joined(separator: ", "),
                rule: "financial intelligence carries H2: nobody passes it on without consent"
            )
        }
        if header.kind == .jointOperation, header.message != .answer, header.groups.isEmpty {
            throw .invalid(
                key: "groups",
                value: "[]",
                rule: "a joint operation goes to the closed group that takes part in it"
            )
        }
    }

    /// Checks that what passes another's content on cites the consent to it.
    ///
    /// This is the part that the header alone can tell; whether the statement cited is a consent,
    /// by the author of the source and to this agency, stands in the log.
    ///
    /// - Parameter header: the signed header.
    /// - Throws: ``AlertHeaderError`` naming the citation and the rule.
    private func checkOnwardUse(_ header: AlertHeader) throws(AlertHeaderError) {
        let sources = header.references.filter { $0.role == .source }
        let consents = header.references.filter { $0.role == .consent }
        func fail(_ reference: AlertReference, _ rule: Wording) -> AlertHeaderError {
            .invalid(key: "references", value: reference.alert.urn, rule: rule)
        }
        if let first = sources.first ?? consents.first, !header.message.passesOn {
            throw fail(first, "a statement of type \(header.message.rawValue) passes nothing on")
        }
        if let source = sources.first, consents.isEmpty {
            throw fail(
                source,
                "it is passed on, so that the statement by which its author consents is cited "
                    + "too, with the role consent"
            )
        }
        if let consent = consents.first, sources.isEmpty {
            throw fail(consent, "a consent is cited together with its source, the role source")
        }
        if let both = consents.first(where: { consent in
            sources.contains { $0.alert == consent.alert }
        }) {
            throw fail(both, "it cannot be the consent to itself")
        }
    }
}

extension TLP {
    /// How far the label lets an alert travel; the narrowest is 0 (TLP 2.0).
    package var reach: Int {
        switch self {
        case .red: 0
        case .amberStrict: 1
        case .amber: 2
        case .green: 3
        case .clear: 4
        }
    }
}

extension AlertHeader {
    /// Checks that a statement about an earlier one is as real as that one is: what answers,
    /// updates, cancels or acknowledges an exercise is part of the exercise.
    ///
    /// - Parameters:
    ///   - status: the status of the cited alert.
    ///   - alert: the cited alert, for the message.
    /// - Throws: ``AlertHeaderError`` if the two differ.
    package func checkStatus(ofCited status: Status, alert: String) throws(AlertHeaderError) {
        guard status == self.status else {
            throw .invalid(
                key: "status",
                value: self.status.rawValue,
                rule: "\(alert) is \(status.rawValue), and what cites it must be too"
            )
        }
    }
}
