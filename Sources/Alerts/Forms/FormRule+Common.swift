import Base

extension FormRule {
    /// Two dates or two times of the same object in their order.
    static func order(_ earlier: String, _ later: String) -> FormRule {
        FormRule(later, Phrase("rule.order", [earlier])) { object in
            guard let first = object[earlier]?.stringValue.flatMap(FormRule.moment),
                let second = object[later]?.stringValue.flatMap(FormRule.moment)
            else { return true }
            return first <= second
        }
    }

    /// Each language stands once among the texts for people.
    static let oneLanguageEach = FormRule("info", "rule.languages") { form in
        let languages = (form["info"]?.arrayValue ?? []).compactMap {
            $0.objectValue?["language"]?.stringValue
        }
        return Set(languages).count == languages.count
    }

    private static func moment(_ text: String) -> WallTime? {
        RFC3339.parse(text) ?? RFC3339.parse(text + "T00:00:00Z")
    }

    /// A field that may only be there when another has one of some values.
    static func only(_ field: String, when other: String, in values: [String]) -> FormRule {
        FormRule(
            field,
            Phrase("rule.only-when", [other, values.joined(separator: ", ")]),
            jsonSchema: [
                "if": ["required": [.string(field), .string(other)]],
                "then": [
                    "properties": .object(
                        JSONObject([.init(other, ["enum": .array(values.map { .string($0) })])])
                    )
                ],
            ]
        ) { object in
            guard object[field] != nil, let value = object[other]?.stringValue else { return true }
            return values.contains(value)
        }
    }

    /// A field that must be there when another has one of some values.
    static func needs(_ field: String, when other: String, in values: [String]) -> FormRule {
        FormRule(
            field,
            Phrase("rule.needs", [other, values.joined(separator: ", ")]),
            jsonSchema: [
                "if": [
                    "properties": .object(
                        JSONObject([.init(other, ["enum": .array(values.map { .string($0) })])])
                    ),
                    "required": [.string(other)],
                ],
                "then": ["required": [.string(field)]],
            ]
        ) { object in
            guard let value = object[other]?.stringValue, values.contains(value) else {
                return true
            }
            return object[field] != nil
        }
    }
}
