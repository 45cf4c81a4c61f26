import Base

extension JSONValue {
    /// What the parser accepts at most.
    package enum Limits {
        /// How deep lists and objects may nest.
        package static let depthMax = 32
        /// The number of values, nested ones included.
        package static let valueCountMax = 20_000
    }

    /// Reads a JSON text strictly by RFC 8259.
    ///
    /// The form of an alert must mean the same to every reader. That is why a name that stands
    /// twice is an error here, where most parsers silently pick one of the two.
    ///
    /// - Parameter bytes: the UTF-8 text.
    /// - Throws: ``JSONError`` with line and column.
    package init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.parseText()
    }
}

/// A recursive-descent parser; its depth is bounded, so that the stack is.
private struct JSONParser {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var valueCount = 0

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.position = bytes.startIndex
    }

    mutating func parseText() throws(JSONError) -> JSONValue {
        let value = try parseValue(depth: 0)
        skipSpace()
        guard peek() == nil else { throw error(.trailingText) }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        valueCount += 1
        guard depth <= JSONValue.Limits.depthMax, valueCount <= JSONValue.Limits.valueCountMax
        else { throw error(.tooLarge) }
        skipSpace()
        guard let byte = peek() else { throw error(.truncated) }
        switch byte {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseLiteral("true", .boolean(true))
        case UInt8(ascii: "f"): return try parseLiteral("false", .boolean(false))
        case UInt8(ascii: "n"): return try parseLiteral("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try parseNumber()
        default: throw error(.unexpectedCharacter)
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var object = JSONObject()
        var names: Set<String> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(object) }
        while true {
            skipSpace()
            let start = position
            guard peek() == UInt8(ascii: "\"") else {
                throw error(peek() == nil ? .truncated : .unexpectedCharacter)
            }
            let name = try parseString()
            guard names.insert(name).inserted else {
                throw error(.duplicateName(name), at: start)
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            object.append(name, try parseValue(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(object) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(values) }
        while true {
            values.append(try parseValue(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(values) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func parseLiteral(
        _ text: StaticString,
        _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for character in text.description.utf8 {
            try expect(character)
        }
        return value
    }

    // MARK: - Numbers

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard takeDigits() > 0 else { throw error(.number, at: start) }
        }
        if take(UInt8(ascii: ".")), takeDigits() == 0 { throw error(.number, at: start) }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard takeDigits() > 0 else { throw error(.number, at: start) }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let number = Double(text), number.isFinite else { throw error(.number, at: start) }
        return .number(number)
    }

    private mutating func takeDigits() -> Int {
        var count = 0
        while let byte = peek(), (0x30...0x39).contains(byte) {
            position += 1
            count += 1
        }
        return count
    }

    // MARK: - Texts

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        var characters: [UInt8] = []
        let start = position
        while true {
            guard let byte = peek() else { throw error(.truncated) }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: characters, as: UTF8.self) else {
                    throw error(.encoding, at: start)
                }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try parseEscape(into: &characters)
            case 0x00...0x1F:
                throw error(.unexpectedCharacter)
            default:
                characters.append(byte)
                position += 1
            }
        }
    }

    private mutating func parseEscape(into characters: inout [UInt8]) throws(JSONError) {
        let start = position - 1
        guard let byte = peek() else { throw error(.truncated) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): characters.append(byte)
        case UInt8(ascii: "b"): characters.append(0x08)
        case UInt8(ascii: "f"): characters.append(0x0C)
        case UInt8(ascii: "n"): characters.append(0x0A)
        case UInt8(ascii: "r"): characters.append(0x0D)
        case UInt8(ascii: "t"): characters.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try parseUnit(start)
            if (0xD800...0xDBFF).contains(scalar) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                    throw error(.escape, at: start)
                }
                let low = try parseUnit(start)
                guard (0xDC00...0xDFFF).contains(low) else { throw error(.escape, at: start) }
                scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let character = Unicode.Scalar(scalar) else { throw error(.escape, at: start) }
            characters.append(contentsOf: String(character).utf8)
        default:
            throw error(.escape, at: start)
        }
    }

    private mutating func parseUnit(_ start: Int) throws(JSONError) -> UInt32 {
        guard bytes.endIndex - position >= 4,
            let unit = Hex.decode(String(decoding: bytes[position..<position + 4], as: UTF8.self))
        else { throw error(.escape, at: start) }
        position += 4
        return UInt32(unit[0]) << 8 | UInt32(unit[1])
    }

    // MARK: - Characters

    private func peek() -> UInt8? {
        position < bytes.endIndex ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard take(byte) else {
            throw error(peek() == nil ? .truncated : .unexpectedCharacter)
        }
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D {
            position += 1
        }
    }

    private func error(_ problem: JSONError.Problem, at place: Int? = nil) -> JSONError {
        let place = place ?? position
        let before = bytes[bytes.startIndex..<place]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? bytes.startIndex
        return JSONError(problem: problem, line: line, column: place - lineStart + 1)
    }
}
