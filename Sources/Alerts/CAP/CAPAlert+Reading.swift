import Base

extension XMLElement {
    // Whether an info block says something, rather than only naming the event.
    fileprivate var hasText: Bool { self["headline"] != nil || self["description"] != nil }
}

extension CAPAlert {
    private static let severities: Set = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
    private static let certainties: Set = ["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
    private static let urgencies: Set = ["Immediate", "Expected", "Future", "Past", "Unknown"]
    private static let categories: Set = [
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
        "Infra", "CBRNE", "Other",
    ]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: the document, UTF-8.
    ///   - given: the kind of the form, where `event` does not name one.
    /// - Throws: ``CAPError`` naming the element and the rule.
    package init(xml bytes: [UInt8], kind given: AlertKind?) throws(CAPError) {
        let alert = try XMLReader.read(bytes)
        guard alert.name == "alert", alert.namespace == CAPAlert.namespace else {
            throw CAPError(message: "it is no alert of CAP 1.2")
        }
        let infos = alert.children.filter { $0.name == "info" }
        guard let first = infos.first else { throw CAPError(message: "info: it is missing") }
        let event = try CAPAlert.required("event", in: first)
        guard let kind = given ?? AlertKind(rawValue: event) else {
            throw CAPError(
                message: "event is \(event.prefix(utf8: 64)): it names no kind; say which"
            )
        }
        guard let sent = try CAPAlert.time("sent", in: alert) else {
            throw CAPError(message: "sent: it is missing")
        }
        let type = try CAPAlert.required("msgType", in: alert)
        guard let message = CAPAlert.messageTypes.first(where: { $0.name == type })?.message else {
            throw CAPError(
                message: "msgType is \(type.prefix(utf8: 64)): Alert, Update, Cancel or Ack can be "
                    + "taken over"
            )
        }
        let scope = try CAPAlert.required("scope", in: alert)
        guard ["Public", "Restricted", "Private"].contains(scope) else {
            throw CAPError(
                message: "scope is \(scope.prefix(utf8: 64)): Public, Restricted or Private"
            )
        }
        let codes = alert.children.filter { $0.name == "code" }.map(\.trimmed)
        var form = JSONValue.object(JSONObject())
        var texts: [JSONValue] = []
        for info in infos where message == .alert || message == .update || info.hasText {
            texts.append(try CAPAlert.text(of: info))
        }
        if !texts.isEmpty { _ = FormPath("info").map { form.set(.array(texts), at: $0) } }
        try CAPAlert.read(
            first.children.filter { $0.name == "parameter" },
            into: &form,
            AlertForm.schema(kind: kind, message: message),
            kind
        )
        let field = message == .cancel ? "reason" : "note"
        if message == .cancel || message == .acknowledgement, let note = alert["note"] {
            _ = FormPath(field).map { form.set(.string(note), at: $0) }
        }
        try self.init(
            identifier: CAPAlert.required("identifier", in: alert),
            sender: CAPAlert.required("sender", in: alert),
            sent: sent,
            status: CAPAlert.status(of: alert),
            message: message,
            references: CAPAlert.citations(alert["references"] ?? ""),
            addresses: (alert["addresses"] ?? scope).split { $0.isWhitespace }.map(String.init),
            tlp: codes.compactMap { TLP(rawValue: $0) }.first ?? .amber,
            kind: kind,
            form: form
        )
    }

    private static func status(of alert: XMLElement) throws(CAPError) -> Status {
        let text = try required("status", in: alert)
        switch text {
        case "Actual": return .actual
        case "Exercise": return .exercise
        case "Test": return .test
        default:
            throw CAPError(
                message: "status is \(text.prefix(utf8: 64)): Actual, Exercise or Test can be "
                    + "taken over"
            )
        }
    }

    private static func text(of info: XMLElement) throws(CAPError) -> JSONValue {
        _ = try word("category", in: info, of: categories)
        var object = JSONObject()
        // CAP 1.2 3.2.2: without a language it is en-US.
        object.append(
            "language",
            .string(String((info["language"] ?? "en").prefix(2)).lowercased())
        )
        let headline = info["headline"] ?? info["event"] ?? ""
        object.append("headline", .string(headline))
        object.append("description", .string(info["description"] ?? headline))
        if let instruction = info["instruction"] {
            object.append("instruction", .string(instruction))
        }
        for (name, words) in [
            ("urgency", urgencies), ("severity", severities), ("certainty", certainties),
        ] {
            object.append(name, .string(try word(name, in: info, of: words).lowercased()))
        }
        for name in ["effective", "onset", "expires"] {
            guard let time = try time(name, in: info) else { continue }
            object.append(name, .string(RFC3339.format(time)))
        }
        if let contact = info["contact"] { object.append("contact", .string(contact)) }
        return .object(object)
    }

    private static func read(
        _ parameters: [XMLElement],
        into form: inout JSONValue,
        _ schema: FormSchema,
        _ kind: AlertKind
    ) throws(CAPError) {
        for parameter in parameters {
            let name = try required("valueName", in: parameter)
            guard name.hasPrefix(parameterPrefix) else { continue }
            let value = parameter["value"] ?? ""
            guard let path = FormPath(String(name.dropFirst(parameterPrefix.count))),
                let type = path.type(in: schema), form.set(type.value(of: value), at: path)
            else {
                throw CAPError(
                    message: "parameter \(name.prefix(utf8: 64)) names no field of \(kind)"
                )
            }
        }
    }

    private static func word(
        _ name: String,
        in element: XMLElement,
        of words: Set<String>
    ) throws(CAPError) -> String {
        let word = try required(name, in: element)
        guard words.contains(word) else {
            throw CAPError(
                message: "\(name) is \(word.prefix(utf8: 64)): one of "
                    + "\(words.sorted().joined(separator: ", ")) is expected"
            )
        }
        return word
    }

    private static func required(
        _ name: String,
        in element: XMLElement
    ) throws(CAPError) -> String {
        guard let text = element[name], !text.isEmpty else {
            throw CAPError(message: "\(name): it is missing")
        }
        return text
    }

    private static func time(_ name: String, in element: XMLElement) throws(CAPError) -> WallTime? {
        guard let text = element[name] else { return nil }
        guard text.utf8.count == 25, let time = RFC3339.parse(text) else {
            throw CAPError(
                message: "\(name) is \(text.prefix(utf8: 64)): a time such as "
                    + "2026-11-23T18:38:00-05:00 is expected"
            )
        }
        return time
    }
}
