extension AlertForm {
    /// The name of the form that a statement carries: its kind, or what it is in a thread.
    ///
    /// - Parameters:
    ///   - kind: the kind of the alert.
    ///   - message: what the statement does.
    /// - Returns: a name such as `diversion-incident`, `pre-export-answer` or `cancel`.
    package static func name(kind: AlertKind, message: MessageType) -> String {
        switch message {
        case .alert, .update, .request: kind.rawValue
        case .cancel, .acknowledgement, .consentRequest, .consentGrant, .consentRefusal:
            message.rawValue
        case .answer:
            switch kind {
            case .preExportNotification: "pre-export-answer"
            case .firearmTrace: "firearm-trace-answer"
            default: "answer"
            }
        }
    }

    /// The forms of statements about earlier ones, each once: name, kind and message type that
    /// have it.
    package static let replies: [(name: String, kind: AlertKind, message: MessageType)] = [
        ("answer", .informationRequest, .answer),
        ("pre-export-answer", .preExportNotification, .answer),
        ("firearm-trace-answer", .firearmTrace, .answer),
        ("acknowledgement", .diversionIncident, .acknowledgement),
        ("cancel", .diversionIncident, .cancel),
        ("consent-request", .diversionIncident, .consentRequest),
        ("consent-grant", .diversionIncident, .consentGrant),
        ("consent-refusal", .diversionIncident, .consentRefusal),
    ]

    /// What a form says that it is for: the first comment of a template.
    ///
    /// - Parameter text: the form as people write it, JSON5.
    /// - Returns: kind and message type; nil if no such comment stands on the first line.
    package static func purpose(of text: [UInt8]) -> (kind: AlertKind, message: MessageType)? {
        let first = text.prefix { $0 != UInt8(ascii: "\n") }.prefix(128)
        let words = String(decoding: first, as: UTF8.self)
            .split { $0.isWhitespace || $0 == "/" }.map(String.init)
        guard first.starts(with: "//".utf8), (2...3).contains(words.count),
            let kind = AlertKind(rawValue: words[1]), kind.channel.rawValue == words[0]
        else { return nil }
        guard words.count == 3 else { return (kind, .alert) }
        return MessageType(rawValue: words[2]).map { (kind, $0) }
    }
}
