import Base

/// Reads XML 1.0 without document type declarations: there are no entities to expand beyond the
/// five predefined ones and character references, and nothing is ever fetched.
struct XMLReader {
    /// The most bytes of a document.
    static let byteCountMax = 1 << 20
    /// The most elements of a document.
    static let elementCountMax = 20_000
    /// How deep elements may stand.
    static let depthMax = 16

    private var rest: Substring
    private var elementCount = 0

    /// Reads a whole document.
    static func read(_ bytes: [UInt8]) throws(CAPError) -> XMLElement {
        guard bytes.count <= byteCountMax else {
            throw CAPError(message: "the document has more than \(byteCountMax) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CAPError(message: "the document is not UTF-8")
        }
        var reader = XMLReader(rest: text.drop { $0 == "\u{FEFF}" })
        try reader.skipMisc()
        let root = try reader.element(depth: 1)
        try reader.skipMisc()
        guard reader.rest.isEmpty else {
            throw CAPError(message: "something follows the document's element")
        }
        return root
    }

    private init(rest: Substring) {
        self.rest = rest
    }

    private mutating func skipMisc() throws(CAPError) {
        while true {
            rest = rest.drop { $0.isWhitespace }
            if rest.hasPrefix("<?") {
                try skip(past: "?>")
            } else if rest.hasPrefix("<!--") {
                try skip(past: "-->")
            } else if rest.hasPrefix("<!") {
                throw CAPError(message: "a document type declaration is not allowed")
            } else {
                return
            }
        }
    }

    @discardableResult
    private mutating func skip(past end: String) throws(CAPError) -> Substring {
        var place = rest.startIndex
        while place < rest.endIndex {
            if rest[place...].hasPrefix(end) {
                let text = rest[..<place]
                rest = rest[place...].dropFirst(end.count)
                return text
            }
            place = rest.index(after: place)
        }
        throw CAPError(message: "\(end) is missing")
    }

    private mutating func element(depth: Int) throws(CAPError) -> XMLElement {
        elementCount += 1
        guard depth <= XMLReader.depthMax, elementCount <= XMLReader.elementCountMax else {
            throw CAPError(message: "the document has too many elements, or they stand too deep")
        }
        guard rest.hasPrefix("<") else { throw CAPError(message: "an element is expected") }
        rest = rest.dropFirst()
        let fullName = rest.prefix { $0.isLetter || $0.isNumber || "_-.:".contains($0) }
        guard !fullName.isEmpty else { throw CAPError(message: "an element has no name") }
        rest = rest[fullName.endIndex...]
        let prefix = fullName.contains(":") ? fullName.prefix { $0 != ":" } : ""
        var element = XMLElement(
            String(prefix.isEmpty ? fullName : fullName.dropFirst(prefix.count + 1))
        )
        element.namespace = try attributes(prefix.isEmpty ? "xmlns" : "xmlns:\(prefix)")
        if rest.hasPrefix("/>") {
            rest = rest.dropFirst(2)
            return element
        }
        guard rest.hasPrefix(">") else {
            throw CAPError(message: "the tag of \(element.name) does not end")
        }
        rest = rest.dropFirst()
        try content(of: &element, depth: depth)
        guard rest.hasPrefix(fullName) else {
            throw CAPError(message: "the element \(element.name) does not end")
        }
        rest = rest.dropFirst(fullName.count).drop { $0.isWhitespace }
        guard rest.popFirst() == ">" else {
            throw CAPError(message: "the end of \(element.name) does not end")
        }
        return element
    }

    // Up to behind "</".
    private mutating func content(
        of element: inout XMLElement,
        depth: Int
    ) throws(CAPError) {
        while !rest.isEmpty {
            let text = rest.prefix { $0 != "<" }
            element.text += try XMLReader.resolved(text)
            rest = rest[text.endIndex...]
            if rest.hasPrefix("</") {
                rest = rest.dropFirst(2)
                return
            } else if rest.hasPrefix("<![CDATA[") {
                rest = rest.dropFirst(9)
                element.text += try skip(past: "]]>")
            } else if rest.hasPrefix("<!--") {
                try skip(past: "-->")
            } else if rest.hasPrefix("<?") {
                try skip(past: "?>")
            } else if !rest.isEmpty {
                element.children.append(try self.element(depth: depth + 1))
            }
        }
        throw CAPError(message: "the element \(element.name) does not end")
    }

    private mutating func attributes(_ wanted: String) throws(CAPError) -> String? {
        var found: String?
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard let first = rest.first, first != ">", first != "/" else { return found }
            let name = rest.prefix { $0 != "=" && !$0.isWhitespace && $0 != ">" }
            rest = rest[name.endIndex...].drop { $0.isWhitespace }
            guard rest.popFirst() == "=" else {
                throw CAPError(message: "the attribute \(name) has no value")
            }
            rest = rest.drop { $0.isWhitespace }
            guard let quote = rest.popFirst(), quote == "\"" || quote == "'" else {
                throw CAPError(message: "the value of \(name) is not quoted")
            }
            let value = rest.prefix { $0 != quote }
            rest = rest[value.endIndex...]
            guard rest.popFirst() == quote, !value.contains("<") else {
                throw CAPError(message: "the value of \(name) does not end")
            }
            if name == wanted { found = try XMLReader.resolved(value) }
        }
    }

    private static func resolved(_ text: Substring) throws(CAPError) -> String {
        guard text.contains("&") else { return String(text) }
        var resolved = ""
        var rest = text
        while let ampersand = rest.firstIndex(of: "&") {
            resolved += rest[..<ampersand]
            let name = rest[ampersand...].dropFirst().prefix { $0 != ";" }
            guard name.endIndex < rest.endIndex, let scalar = scalar(of: name) else {
                throw CAPError(message: "&\(name.prefix(utf8: 16)); is no entity of XML itself")
            }
            resolved.unicodeScalars.append(scalar)
            rest = rest[name.endIndex...].dropFirst()
        }
        return resolved + rest
    }

    private static func scalar(of name: Substring) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#"), name.count <= 8 else { return nil }
            let isHex = name.hasPrefix("#x")
            let code = UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10)
            return code.flatMap { Unicode.Scalar($0) }
        }
    }
}
