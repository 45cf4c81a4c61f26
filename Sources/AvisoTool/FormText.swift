import Alerts

/// A form as people read it: the fields under their labels, in the reader's language.
struct FormText {
    private let language: Language
    private var lines: [String] = []

    /// The lines of a form.
    ///
    /// What people wrote and the codes that they chose stand as they are; of texts in several
    /// languages the reader's comes first.
    ///
    /// - Parameters:
    ///   - form: the form as JSON.
    ///   - language: the reader's language.
    /// - Returns: the lines, safe for a terminal; the bytes themselves if they are no form.
    static func lines(of form: [UInt8], in language: Language) -> [String] {
        guard let object = try? JSONValue(parsing: form[...]).objectValue else {
            return [Printable.text(String(decoding: form, as: UTF8.self))]
        }
        var text = FormText(language: language)
        text.add(object, indentation: "")
        return text.lines
    }

    private init(language: Language) {
        self.language = language
    }

    private mutating func add(_ object: JSONObject, indentation: String) {
        for member in object.members {
            let label = indentation + label(member.name)
            switch member.value {
            case .object(let inner):
                lines.append(label + ":")
                add(inner, indentation: indentation + "  ")
            case .array(let items):
                lines.append(label + ":")
                for item in sorted(items) { add(item, indentation: indentation) }
            case .null, .boolean, .number, .string:
                add(words(member.value), behind: label + ": ", indentation: indentation + "  ")
            }
        }
    }

    // The first line of an item carries the mark, the others stand under it.
    private mutating func add(_ item: JSONValue, indentation: String) {
        let start = lines.count
        switch item {
        case .object(let inner): add(inner, indentation: indentation + "    ")
        case .array(let items):
            for inner in items { add(inner, indentation: indentation + "  ") }
        case .null, .boolean, .number, .string:
            add(
                words(item),
                behind: indentation + "    ",
                indentation: indentation + "    "
            )
        }
        guard start < lines.count else { return }
        let mark = indentation + "  - "
        lines[start] = mark + lines[start].dropFirst(mark.count)
    }

    private mutating func add(_ text: String, behind label: String, indentation: String) {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines.append(label + Printable.text(String(parts.first ?? "")))
        lines += parts.dropFirst().map { indentation + Printable.text(String($0)) }
    }

    private func words(_ value: JSONValue) -> String { value.stringValue ?? value.text }

    private func label(_ name: String) -> String {
        MessageCatalogue.forms.template("label.\(name)", language) ?? Printable.text(name)
    }

    private func sorted(_ items: [JSONValue]) -> [JSONValue] {
        func isOwn(_ item: JSONValue) -> Bool {
            item.objectValue?["language"]?.stringValue == language.rawValue
        }
        return items.filter(isOwn) + items.filter { !isOwn($0) }
    }
}
