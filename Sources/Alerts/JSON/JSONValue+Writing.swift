extension JSONValue {
    /// Writes the value as JSON on one line.
    package var text: String {
        var text = ""
        write(to: &text, indentation: nil, level: 0)
        return text
    }

    /// Writes the value as JSON for people, indented by two spaces.
    package var indentedText: String {
        var text = ""
        write(to: &text, indentation: "  ", level: 0)
        return text
    }

    private func write(to text: inout String, indentation: String?, level: Int) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .number(let value): text += JSONValue.text(of: value)
        case .string(let value): JSONValue.write(value, to: &text)
        case .array(let values):
            JSONValue.writeList(values, "[", "]", to: &text, indentation, level) { text, value in
                value.write(to: &text, indentation: indentation, level: level + 1)
            }
        case .object(let object):
            JSONValue.writeList(object.members, "{", "}", to: &text, indentation, level) {
                text,
                member in
                JSONValue.write(member.name, to: &text)
                text += indentation == nil ? ":" : ": "
                member.value.write(to: &text, indentation: indentation, level: level + 1)
            }
        }
    }

    private static func writeList<T>(
        _ items: [T],
        _ opening: String,
        _ closing: String,
        to text: inout String,
        _ indentation: String?,
        _ level: Int,
        _ writeItem: (inout String, T) -> Void
    ) {
        text += opening
        for (position, item) in items.enumerated() {
            if position > 0 { text += "," }
            if let indentation { text += "\n" + String(repeating: indentation, count: level + 1) }
            writeItem(&text, item)
        }
        if let indentation, !items.isEmpty {
            text += "\n" + String(repeating: indentation, count: level)
        }
        text += closing
    }

    /// Writes a number, whole ones without a fraction.
    static func text(of number: Double) -> String {
        if let whole = Int64(exactly: number), whole.magnitude <= 1 << 53 { return String(whole) }
        return number.isFinite ? number.description : "null"
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // Control characters, C1 ones included, would act on a terminal that shows the text.
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
