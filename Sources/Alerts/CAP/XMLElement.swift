/// An element of an XML document, as far as CAP needs one: a name, elements and text.
struct XMLElement: Hashable, Sendable {
    /// The name without its prefix.
    let name: String
    /// The namespace that the element declares as default, or nil.
    var namespace: String?
    /// The elements within.
    var children: [XMLElement] = []
    /// The text within, entities resolved.
    var text = ""

    init(_ name: String, text: String = "", children: [XMLElement] = []) {
        self.name = name
        self.text = text
        self.children = children
    }

    /// The text of the first child of a name.
    subscript(name: String) -> String? {
        children.first { $0.name == name }?.trimmed
    }

    /// The text without the white space around it.
    var trimmed: String {
        let isSpace = { (character: Character) in character.isWhitespace }
        let start = text.drop(while: isSpace)
        return String(String(start.reversed().drop(while: isSpace)).reversed())
    }

    /// Writes the element, indented.
    func write(to output: inout String, indentation: String = "") {
        output += "\(indentation)<\(name)"
        if let namespace { output += " xmlns=\"\(XMLElement.escaped(namespace))\"" }
        if children.isEmpty {
            output += ">\(XMLElement.escaped(text))</\(name)>\n"
            return
        }
        output += ">\n"
        for child in children { child.write(to: &output, indentation: indentation + "  ") }
        output += "\(indentation)</\(name)>\n"
    }

    /// Text as XML carries it; characters that XML 1.0 lacks are left out.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\r": escaped += "&#13;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Why a document cannot be read.
package struct CAPError: Error, Hashable, Sendable {
    /// What is wrong, as a sentence.
    package let wording: Wording

    /// Makes an error.
    package init(message: Wording) {
        wording = message
    }

    /// What is wrong, as a sentence in English.
    package var message: String { wording.english }
}
