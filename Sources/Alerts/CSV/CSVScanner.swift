/// Cuts the bytes of a table into rows and cells (RFC 4180 2).
struct CSVScanner {
    private var rest: ArraySlice<UInt8>
    /// The line that is read, from 1.
    private(set) var line = 1
    /// The line that the last row began on.
    private(set) var rowLine = 1

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
    }

    /// Takes the lines that begin with `#`.
    mutating func comments() -> [String] {
        var comments: [String] = []
        while rest.first == UInt8(ascii: "#") {
            let text = rest.dropFirst().prefix { $0 != 0x0A }
            rest = rest[text.endIndex...].dropFirst()
            line += 1
            let words = String(decoding: text, as: UTF8.self).drop { $0 == " " }
            comments.append(String(words.prefix { $0 != "\r" }))
        }
        return comments
    }

    /// Takes the next row, or nil at the end.
    mutating func row() throws(CSVError) -> [String]? {
        guard !rest.isEmpty else { return nil }
        rowLine = line
        var cells: [String] = []
        while true {
            cells.append(try cell())
            guard let byte = rest.popFirst() else { return cells }
            if byte == UInt8(ascii: ",") { continue }
            // A carriage return stands only in front of a line feed.
            if byte == 0x0D { rest = rest.dropFirst() }
            line += 1
            return cells
        }
    }

    private mutating func cell() throws(CSVError) -> String {
        guard rest.first == UInt8(ascii: "\"") else {
            let end = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == 0x0A } ?? rest.endIndex
            var bytes = rest[..<end]
            if bytes.last == 0x0D, end == rest.endIndex || rest[end] == 0x0A {
                bytes = bytes.dropLast()
            }
            guard !bytes.contains(UInt8(ascii: "\"")) else {
                throw CSVError(line: line, problem: "a quote stands within an unquoted cell")
            }
            rest = rest[bytes.endIndex...]
            return try text(Array(bytes))
        }
        rest = rest.dropFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == 0x0A { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                bytes.append(byte)
                continue
            }
            guard rest.first == UInt8(ascii: "\"") else { return try endOfQuotes(bytes) }
            bytes.append(byte)
            rest = rest.dropFirst()
        }
        throw CSVError(line: line, problem: "a quoted cell does not end")
    }

    private func endOfQuotes(_ bytes: [UInt8]) throws(CSVError) -> String {
        let next = rest.first
        guard
            next == nil || next == UInt8(ascii: ",") || next == 0x0A
                || rest.starts(with: [0x0D, 0x0A])
        else { throw CSVError(line: line, problem: "a comma is expected behind a quoted cell") }
        return try text(bytes)
    }

    private func text(_ bytes: [UInt8]) throws(CSVError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CSVError(line: line, problem: "a cell is not UTF-8")
        }
        return text
    }
}
