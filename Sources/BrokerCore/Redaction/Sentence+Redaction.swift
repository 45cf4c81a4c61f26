import Alerts

/// The sentences of refused redaction statements.
extension Sentence {
    static func redactionOfNothing(_ draft: RedactionStatement.Draft) -> String {
        "the log has no alert urn:uuid:\(draft.alert) at index \(draft.index): "
            + "name the index and the identifier of one alert"
    }

    static var redactionWithMore: String {
        "a statement on the erasure of an alert says act, index, alert and reason, and nothing else"
    }

    static func confirmsNoOrder(_ draft: RedactionStatement.Draft) -> String {
        "the payload is not the SHA-256 of the order to erase the content at index \(draft.index): "
            + "confirm the order as it was delivered"
    }

    static func redactedAlready(_ draft: RedactionStatement.Draft) -> String {
        "the content of the alert at index \(draft.index) has been erased already"
    }

    static func notRedacted(_ draft: RedactionStatement.Draft) -> String {
        "the content of the alert at index \(draft.index) has not been erased: "
            + "confirm what an order of the operator has erased"
    }

    static func confirmationByAnother(_ draft: RedactionStatement.Draft) -> String {
        "the alert at index \(draft.index) was not addressed to \(draft.issuer)"
    }
}
