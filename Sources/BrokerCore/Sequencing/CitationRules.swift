import Alerts
import Base
import MQTTCodec

/// Who may cite what, once everything cited was found in the log.
///
/// Every rule needs only the signed headers: the broker opens nothing.
struct CitationRules {
    /// The alert that cites.
    let alert: VerifiedAlert
    /// What it cites, in its order.
    let cited: [(reference: AlertReference, alert: CitedAlert)]
    /// The members at this moment.
    let directory: Directory
    /// The consents that stand at this moment.
    let consents: ConsentProjection

    // A source or a consent is what the alert uses, not what it is about.
    private var subjects: [(reference: AlertReference, alert: CitedAlert)] {
        cited.filter { $0.reference.role == nil }
    }

    /// Checks all rules, the cheapest and most general first.
    ///
    /// - Throws: ``Refusal`` with 0x87 where another agency would be allowed, 0x99 where the
    ///   statement is to be mended.
    func check() throws(Refusal) {
        for (reference, other) in cited {
            guard other.involves(alert.issuer) else {
                throw forbidden(Sentence.citedForeign(reference.alert, by: alert.issuer))
            }
            guard other.status == alert.header.status else {
                throw invalid(
                    Sentence.citedStatus(reference.alert, other.status, alert.header.status)
                )
            }
            if let digest = reference.statement, digest != other.statementDigest {
                throw invalid(Sentence.citedDigest(reference.alert))
            }
        }
        switch alert.header.message {
        case .update, .cancel:
            try checkAuthorship()
        case .acknowledgement:
            try checkAcknowledgement()
        case .answer:
            try checkAnswer()
        case .consentRequest:
            try checkConsentRequest()
        case .consentGrant, .consentRefusal:
            try checkConsent()
        case .alert, .request:
            break
        }
        try checkHeldBack()
        try checkOnwardUse()
    }

    // Only its author replaces or withdraws an alert, and whoever got it hears of the end.
    private func checkAuthorship() throws(Refusal) {
        for (reference, other) in subjects {
            guard other.issuer == alert.issuer else {
                throw forbidden(
                    Sentence.onlyAuthor(alert.header.message, reference.alert, other.issuer)
                )
            }
            guard alert.header.message == .cancel else { continue }
            for agency in other.recipients where directory[agency] != nil {
                try checkReaches(agency, about: reference.alert)
            }
        }
    }

    private func checkAcknowledgement() throws(Refusal) {
        for (reference, other) in subjects {
            guard other.recipients.contains(alert.issuer) else {
                throw forbidden(Sentence.notAddressed(reference.alert, alert.issuer))
            }
            try checkReaches(other.issuer, about: reference.alert)
        }
    }

    // An answer may cite more than the request, such as its own interim answer.
    private func checkAnswer() throws(Refusal) {
        let requests = subjects.filter { $0.alert.asks }
        guard !requests.isEmpty else { throw invalid(Sentence.answersNoRequest) }
        for (reference, other) in requests {
            guard other.recipients.contains(alert.issuer) else {
                throw forbidden(Sentence.notAsked(reference.alert, alert.issuer))
            }
            try checkReaches(other.issuer, about: reference.alert)
        }
    }

    // Who may read an alert asks its author whether others may.
    private func checkConsentRequest() throws(Refusal) {
        for (reference, other) in subjects {
            guard other.recipients.contains(alert.issuer) else {
                throw forbidden(Sentence.asksForOwn(reference.alert, alert.issuer))
            }
            try checkReaches(other.issuer, about: reference.alert)
        }
    }

    // Only the author of an alert says whether others may pass it on; the request may be cited too.
    private func checkConsent() throws(Refusal) {
        for (reference, other) in subjects {
            if other.message == .consentRequest, other.recipients.contains(alert.issuer) {
                try checkReaches(other.issuer, about: reference.alert)
            } else if other.issuer != alert.issuer {
                throw forbidden(
                    Sentence.onlyAuthor(alert.header.message, reference.alert, other.issuer)
                )
            }
        }
        guard alert.header.message == .consentGrant else { return }
        guard subjects.contains(where: { $0.alert.issuer == alert.issuer }) else {
            throw invalid(Sentence.grantsNothing)
        }
    }

    // What stands under H2 is not even spoken of to others, unless it is cited as a source.
    private func checkHeldBack() throws(Refusal) {
        for (reference, other) in subjects where other.isHeldBack && other.issuer != alert.issuer {
            let isSource = cited.contains {
                $0.reference.role == .source && $0.reference.alert == reference.alert
            }
            guard !isSource else { continue }
            for agency in alert.recipients where !other.involves(agency) {
                throw forbidden(Sentence.heldBack(reference.alert, other.issuer, from: agency))
            }
        }
    }

    // Whatever passes another's alert on cites the consent of its author to this agency.
    private func checkOnwardUse() throws(Refusal) {
        let named = cited.filter { $0.reference.role == .consent }
        for (reference, other) in named {
            guard other.message == .consentGrant else {
                throw invalid(Sentence.noConsent(reference.alert, other.message))
            }
            guard consents.standing.contains(reference.alert) else {
                throw forbidden(Sentence.consentWithdrawn(reference.alert, other.issuer))
            }
        }
        for (reference, source) in cited where reference.role == .source {
            let isGranted = named.contains { consent in
                consent.alert.issuer == source.issuer
                    && consent.alert.recipients.contains(alert.issuer)
                    && consent.alert.subjects.contains(reference.alert)
            }
            guard isGranted else {
                throw forbidden(Sentence.notConsented(reference.alert, source.issuer))
            }
        }
    }

    private func checkReaches(_ agency: AgencyID, about cited: UUID) throws(Refusal) {
        // Nobody can seal to an agency that the directory no longer has.
        guard agency != alert.issuer, directory[agency] != nil else { return }
        guard alert.recipients.contains(agency) else {
            throw invalid(Sentence.mustReach(agency, cited, alert.header.message))
        }
    }

    private func forbidden(_ text: String) -> Refusal { Refusal(.publish, .notAuthorized, text) }

    private func invalid(_ text: String) -> Refusal {
        Refusal(.publish, .payloadFormatInvalid, text)
    }
}
