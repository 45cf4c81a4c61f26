import Alerts
import MQTTCodec

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

extension Refusal {
    /// The entry that a redaction statement names cannot be read.
    package static func unreadable(at index: UInt64) -> Refusal {
        Refusal(
            .publish,
            .unspecifiedError,
            "the entry at index \(index) cannot be read: the operator must look at the log, then "
                + "publish it again"
        )
    }

    /// An order stands in the log, and what it erases is there still.
    package static func unerased(by order: UInt64) -> Refusal {
        Refusal(
            .publish,
            .unspecifiedError,
            "the order stands at index \(order), but the disk would not erase all that it names: "
                + "no reader gets the content any more, and the next start of the broker erases it"
        )
    }
}
