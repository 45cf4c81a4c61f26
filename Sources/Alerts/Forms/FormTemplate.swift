/// Writes an empty form with comments, for people to fill in (JSON5).
///
/// Required fields stand ready; optional ones are commented out.
package struct FormTemplate {
    private let language: Language
    private var lines: [String] = []

    /// The template of a kind, or of a statement about an alert of the kind.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - message: what the statement does; an answer or a cancel has a form of its own.
    ///   - language: the language of the comments.
    /// - Returns: the text, JSON5.
    package static func text(
        of kind: AlertKind,
        message: MessageType = .alert,
        in language: Language
    ) -> String {
        var template = FormTemplate(language: language)
        let suffix = message == .alert ? "" : " \(message.rawValue)"
        template.lines.append("// \(kind.channel)/\(kind)\(suffix)")
        template.lines.append("// " + Phrase("template.intro").text(in: language))
        template.lines.append("{")
        template.write(AlertForm.schema(kind: kind, message: message), indentation: "  ")
        template.lines.append("}")
        return template.lines.joined(separator: "\n") + "\n"
    }

    private init(language: Language) {
        self.language = language
    }

    private mutating func write(_ schema: FormSchema, indentation: String) {
        for field in schema.fields {
            let mark = field.isRequired ? "" : "// "
            var nested = FormTemplate(language: language)
            nested.write(field.type, opening: "\"\(field.name)\": ", indentation: indentation)
            lines.append(indentation + "// " + comment(on: field))
            lines += nested.lines.map { line in
                mark.isEmpty ? line : indentation + mark + line.dropFirst(indentation.count)
            }
        }
        for rule in schema.rules {
            let words = rule.rule.text(in: language)
            lines.append("\(indentation)// ! \(rule.field): \(words)")
        }
    }

    private mutating func write(_ type: FormType, opening: String, indentation: String) {
        switch type {
        case .text, .choice, .identifier: lines.append("\(indentation)\(opening)\"\",")
        case .boolean: lines.append("\(indentation)\(opening)false,")
        case .number, .integer: lines.append("\(indentation)\(opening)null,")
        case .list(let element, _):
            lines.append("\(indentation)\(opening)[")
            write(element, opening: "", indentation: indentation + "  ")
            lines.append("\(indentation)],")
        case .object(let schema):
            lines.append("\(indentation)\(opening){")
            write(schema, indentation: indentation + "  ")
            lines.append("\(indentation)},")
        }
    }

    private func comment(on field: FormField) -> String {
        let label = Phrase("label.\(field.name)").text(in: language)
        let need =
            field.isRequired ? "" : " (" + Phrase("template.optional").text(in: language) + ")"
        guard let words = field.type.expectation else { return label + need }
        return "\(label)\(need): \(words.text(in: language))"
    }
}

extension FormType {
    /// What is expected of a single value, as a clause; nil for lists and objects.
    package var expectation: Phrase? {
        switch self {
        case .text(let characterCountMax): Phrase("rule.text", ["\(characterCountMax)"])
        case .choice(let words): Phrase("rule.choice", [words.joined(separator: ", ")])
        case .boolean: "rule.boolean"
        case .number(let range):
            range.lowerBound == Double.leastNonzeroMagnitude
                ? Phrase("rule.number-above-zero", [JSONValue.text(of: range.upperBound)])
                : Phrase(
                    "rule.number",
                    [JSONValue.text(of: range.lowerBound), JSONValue.text(of: range.upperBound)]
                )
        case .integer(let range):
            Phrase("rule.integer", ["\(range.lowerBound)", "\(range.upperBound)"])
        case .identifier(let identifier): identifier.expectation
        case .list, .object: nil
        }
    }
}
