/// Whether an alert is meant, rehearsed or a test of the line.
package enum Status: String, CaseIterable, Hashable, Sendable {
    /// It is meant.
    case actual
    /// It is part of an exercise.
    case exercise
    /// It tests the system.
    case test
}

/// What a statement does in the life of an alert.
package enum MessageType: String, CaseIterable, Hashable, Sendable {
    /// Begins something.
    case alert
    /// Replaces what it references.
    case update
    /// Withdraws what it references.
    case cancel
    /// Says that its agency has taken note of what it references.
    case acknowledgement
    /// Asks for an answer.
    case request
    /// Answers the request that it references.
    case answer
    /// Asks the author of what it references for consent to pass that on.
    case consentRequest = "consent-request"
    /// Gives consent to pass on what it references.
    case consentGrant = "consent-grant"
    /// Refuses that consent.
    case consentRefusal = "consent-refusal"

    /// Whether the statement makes sense only with a reference to an earlier one.
    package var needsReference: Bool {
        switch self {
        case .alert, .request: false
        case .update, .cancel, .acknowledgement, .answer, .consentRequest, .consentGrant,
            .consentRefusal:
            true
        }
    }

    /// Whether the statement has a content of its own, with which it can pass on another's.
    package var passesOn: Bool {
        switch self {
        case .alert, .update, .request, .answer: true
        case .cancel, .acknowledgement, .consentRequest, .consentGrant, .consentRefusal: false
        }
    }
}

/// The Traffic Light Protocol 2.0: how far the recipients may share.
package enum TLP: String, CaseIterable, Hashable, Sendable {
    /// For the eyes of the named recipients only.
    case red = "TLP:RED"
    /// Within the recipients' organisations only.
    case amberStrict = "TLP:AMBER+STRICT"
    /// Within the recipients' organisations and their clients.
    case amber = "TLP:AMBER"
    /// Within the community.
    case green = "TLP:GREEN"
    /// For everyone.
    case clear = "TLP:CLEAR"

    /// Reads a label with or without the leading `TLP:`.
    ///
    /// - Returns: nil for anything but the five labels in upper case.
    package init?(label: String) {
        self.init(rawValue: label.hasPrefix("TLP:") ? label : "TLP:" + label)
    }
}

/// The Permissible Actions Protocol: what the recipients may do with what they read.
package enum PAP: String, CaseIterable, Hashable, Sendable {
    /// Nothing that another could detect.
    case red = "PAP:RED"
    /// Passive checks only.
    case amber = "PAP:AMBER"
    /// Active steps that do not reveal the source.
    case green = "PAP:GREEN"
    /// Anything within the law.
    case clear = "PAP:CLEAR"
}

/// How soon the recipients should act (CAP 1.2 urgency).
package enum Urgency: String, CaseIterable, Hashable, Sendable {
    /// Now.
    case immediate
    /// Within the hour.
    case expected
    /// Later.
    case future
    /// No longer.
    case past
    /// Not known.
    case unknown
}
