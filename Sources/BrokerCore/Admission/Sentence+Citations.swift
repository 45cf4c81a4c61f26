import Alerts
import Base

/// The sentences of refusals that are about what an alert cites.
extension Sentence {
    static func citedNowhere(_ cited: UUID) -> String {
        "references name \(cited.urn), which no alert of this log is: cite one that was accepted"
    }

    static func cannotReadCited(_ index: UInt64) -> String {
        "a cited alert may stand in the log at \(index), which cannot be read: the operator must "
            + "look at the log, then publish it again"
    }

    static func citedForeign(_ cited: UUID, by agency: AgencyID) -> String {
        "references name \(cited.urn), which \(agency) neither wrote nor received: cite only "
            + "alerts of your own or addressed to you"
    }

    static func citedStatus(_ cited: UUID, _ theirs: Status, _ own: Status) -> String {
        "\(cited.urn) is \(theirs.rawValue) and this alert is \(own.rawValue): publish it with "
            + "status \(theirs.rawValue)"
    }

    static func citedDigest(_ cited: UUID) -> String {
        "the digest given for \(cited.urn) is not that of its statement: cite the bytes that are "
            + "in the log"
    }

    static func onlyAuthor(_ message: MessageType, _ cited: UUID, _ author: AgencyID) -> String {
        "only its author, \(author), can publish a statement of type \(message.rawValue) about "
            + "\(cited.urn): publish an alert that cites it"
    }

    static func notAddressed(_ cited: UUID, _ agency: AgencyID) -> String {
        "\(cited.urn) is not addressed to \(agency): only its recipients acknowledge it"
    }

    static let answersNoRequest =
        "an answer cites a request, or an alert with reply-by, and this one cites neither: add the "
        + "request to references or publish an alert"

    static func notAsked(_ cited: UUID, _ agency: AgencyID) -> String {
        "\(agency) is not among those whom \(cited.urn) asks: only they answer it"
    }

    static func mustReach(_ agency: AgencyID, _ cited: UUID, _ message: MessageType) -> String {
        "a statement of type \(message.rawValue) about \(cited.urn) must reach \(agency): name it "
            + "in `to`"
    }

    static func asksForOwn(_ cited: UUID, _ agency: AgencyID) -> String {
        "\(cited.urn) is not addressed to \(agency): consent is asked for by those who can read it"
    }

    static let grantsNothing =
        "a consent-grant cites the alert of its author that may be passed on, and this one cites "
        + "none: add it to references"

    static func noConsent(_ cited: UUID, _ message: MessageType) -> String {
        "\(cited.urn) is of type \(message.rawValue) and is cited as consent: cite a consent-grant"
    }

    static func consentWithdrawn(_ cited: UUID, _ author: AgencyID) -> String {
        "\(cited.urn) was cancelled by \(author): ask for consent anew"
    }

    static func heldBack(_ cited: UUID, _ author: AgencyID, from agency: AgencyID) -> String {
        "\(cited.urn) stands under H2, and \(agency) neither wrote nor received it: ask "
            + "\(author) for consent, and cite it with the roles source and consent"
    }

    static func notConsented(_ source: UUID, _ author: AgencyID) -> String {
        "none of the consents cited is by \(author), to this agency and about \(source.urn): ask "
            + "\(author) with a consent-request, and cite its grant"
    }
}
