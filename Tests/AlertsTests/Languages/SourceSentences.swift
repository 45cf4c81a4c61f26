import Foundation

/// The English sentences that stand in code, as templates: the keys of the catalogues.
struct SourceSentences {
    /// A sentence and the file that it stands in.
    struct Sentence {
        let file: String
        let template: String
    }

    /// The sentences behind certain pieces of code.
    ///
    /// - Parameters:
    ///   - folder: a folder of the checkout.
    ///   - patterns: what stands directly in front of a literal, as regular expressions.
    ///   - suffixes: the files to look into, by how their names end.
    /// - Returns: the sentences; literals joined by `+` are one.
    /// - Throws: when a file cannot be read.
    static func find(
        in folder: String,
        after patterns: [String],
        suffixes: [String] = [".swift"]
    ) throws -> [Sentence] {
        let root = Checkout.folder(folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted()
        let expressions = try patterns.map { try NSRegularExpression(pattern: $0) }
        var sentences: [Sentence] = []
        for name in names where suffixes.contains(where: { name.hasSuffix($0) }) {
            let url = root.appendingPathComponent(name)
            let text = withoutComments(try String(contentsOf: url, encoding: .utf8))
            let units = Array(text.utf16)
            for expression in expressions {
                let range = NSRange(location: 0, length: units.count)
                for match in expression.matches(in: text, range: range) {
                    var reader = LiteralReader(units, at: match.range.location + match.range.length)
                    guard let template = reader.read(), !template.isEmpty else { continue }
                    sentences.append(Sentence(file: name, template: template))
                }
            }
        }
        return sentences
    }

    private static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.drop { $0 == " " }.hasPrefix("//") ? "" : String(line)
        }.joined(separator: "\n")
    }
}

/// Reads a string of Swift source, and what `+` adds to it; interpolations become gaps.
private struct LiteralReader {
    private let units: [UInt16]
    private var place: Int
    private var template: [UInt16] = []
    private var gapCount = 0

    init(_ units: [UInt16], at place: Int) {
        self.units = units
        self.place = place
    }

    mutating func read() -> String? {
        var isFirst = true
        while true {
            skipSpace()
            if isNext("\"\"\"\n") {
                readBlock()
            } else if isNext("\"") {
                readLine()
            } else {
                return isFirst ? nil : String(decoding: template, as: UTF16.self)
            }
            isFirst = false
            let end = place
            skipSpace()
            guard isNext("+ \"") else {
                place = end
                return String(decoding: template, as: UTF16.self)
            }
            place += 2
        }
    }

    private func isNext(_ text: String) -> Bool {
        units[place...].starts(with: text.utf16)
    }

    private mutating func skipSpace() {
        while place < units.count, [0x20, 0x0A].contains(units[place]) { place += 1 }
    }

    // The last line of the block tells how far its lines are indented.
    private mutating func readBlock() {
        place += 4
        var lines: [[UInt16]] = [[]]
        while place < units.count, !isNext("\"\"\"") {
            if units[place] == 0x0A {
                lines.append([])
            } else {
                lines[lines.count - 1].append(units[place])
            }
            place += 1
        }
        place += 3
        let indentation = lines.removeLast().count
        template += lines.map { $0.dropFirst(indentation) }.joined(separator: [0x0A])
    }

    private mutating func readLine() {
        place += 1
        while place < units.count, units[place] != quote {
            if isNext("\\(") {
                place += 2
                skipInterpolation()
                template += "{\(gapCount)}".utf16
                gapCount += 1
            } else {
                if units[place] == backslash { place += 1 }
                template.append(units[place])
                place += 1
            }
        }
        place += 1
    }

    private mutating func skipInterpolation() {
        var depth = 1
        while depth > 0, place < units.count {
            if isNext("(") { depth += 1 }
            if isNext(")") { depth -= 1 }
            if isNext("\"") {
                place += 1
                while units[place] != quote { place += 1 }
            }
            place += 1
        }
    }

    private var quote: UInt16 { 0x22 }
    private var backslash: UInt16 { 0x5C }
}
