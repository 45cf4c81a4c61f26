import Base

extension CAPAlert {
    /// The document, with the elements in the order of the schema (CAP 1.2 3.4).
    package var xml: String {
        var alert = XMLElement(
            "alert",
            children: [
                XMLElement("identifier", text: identifier),
                XMLElement("sender", text: sender),
                XMLElement("sent", text: CAPAlert.dateTime(sent)),
                XMLElement("status", text: CAPAlert.capitalised(status.rawValue)),
                XMLElement("msgType", text: messageType),
                XMLElement("scope", text: "Private"),
                XMLElement("addresses", text: addresses.joined(separator: " ")),
                XMLElement("code", text: tlp.rawValue),
            ]
        )
        alert.namespace = CAPAlert.namespace
        if let note = noteField.flatMap({ form.objectValue?[$0]?.stringValue }) {
            alert.children.append(XMLElement("note", text: note))
        }
        if !references.isEmpty {
            let text = references.map(\.text).joined(separator: " ")
            alert.children.append(XMLElement("references", text: text))
        }
        // Without texts one block still names the event.
        let infos = form.objectValue?["info"]?.arrayValue?.compactMap(\.objectValue) ?? []
        for (index, info) in (infos.isEmpty ? [JSONObject()] : infos).enumerated() {
            alert.children.append(element(of: info, isFirst: index == 0))
        }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        alert.write(to: &text)
        return text
    }

    private var messageType: String {
        CAPAlert.messageTypes.first { $0.message == message }?.name ?? ""
    }

    private func element(of info: JSONObject, isFirst: Bool) -> XMLElement {
        var element = XMLElement("info")
        func add(_ name: String, _ text: String?) {
            guard let text else { return }
            element.children.append(XMLElement(name, text: text))
        }
        func time(_ name: String) -> String? {
            info[name]?.stringValue.flatMap { RFC3339.parse($0) }.map(CAPAlert.dateTime)
        }
        add("language", info["language"]?.stringValue)
        add("category", kind == .newSubstance ? "Health" : "Security")
        add("event", kind.rawValue)
        for name in ["urgency", "severity", "certainty"] {
            add(name, CAPAlert.capitalised(info[name]?.stringValue ?? "unknown"))
        }
        for name in ["effective", "onset", "expires"] { add(name, time(name)) }
        for name in ["headline", "description", "instruction", "contact"] {
            add(name, info[name]?.stringValue)
        }
        guard isFirst else { return element }
        element.children += parameters
        if let area { element.children.append(area) }
        return element
    }

    private var parameters: [XMLElement] {
        var parameters: [XMLElement] = []
        for member in form.objectValue?.members ?? []
        where member.name != "info" && member.name != noteField {
            CAPAlert.collect(member.value, member.name, into: &parameters)
        }
        return parameters
    }

    private static func collect(
        _ value: JSONValue,
        _ path: String,
        into parameters: inout [XMLElement]
    ) {
        switch value {
        case .object(let object):
            for member in object.members {
                collect(member.value, "\(path).\(member.name)", into: &parameters)
            }
        case .array(let items):
            for (index, item) in items.enumerated() {
                collect(item, "\(path)[\(index)]", into: &parameters)
            }
        case .null, .boolean, .number, .string:
            parameters.append(
                XMLElement(
                    "parameter",
                    children: [
                        XMLElement("valueName", text: parameterPrefix + path),
                        XMLElement("value", text: value.stringValue ?? value.text),
                    ]
                )
            )
        }
    }

    private var area: XMLElement? {
        guard let place = form.objectValue?["place"]?.objectValue,
            let country = place["country"]?.stringValue
        else { return nil }
        let name = place["name"]?.stringValue ?? place["locode"]?.stringValue
        var area = XMLElement("area")
        area.children.append(
            XMLElement(
                "areaDesc",
                text: [name, country].compactMap(\.self).joined(separator: ", ")
            )
        )
        if let latitude = place["latitude"]?.numberValue,
            let longitude = place["longitude"]?.numberValue
        {
            let point = "\(JSONValue.text(of: latitude)),\(JSONValue.text(of: longitude))"
            area.children.append(XMLElement("circle", text: point + " 0"))
        }
        return area
    }

    private static func capitalised(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }
}
