import Testing

/// How much a reader must hold in mind at once.
@Suite struct LengthTests {
    private static let columnCountMax = 100
    private static let functionLineCountMax = 70
    private static let fileLineCountMax = 600

    @Test func linesAndFilesAreShort() {
        for file in Checkout.sources + Checkout.tests {
            let lines = file.lines
            if lines.count > Self.fileLineCountMax {
                Issue.record("\(file.path): \(lines.count) lines: more than one subject")
            }
            for (index, line) in lines.enumerated() where line.count > Self.columnCountMax {
                Issue.record("\(file.path):\(index + 1): \(line.count) columns")
            }
        }
    }

    @Test func functionsAreShort() {
        for file in Checkout.sources + Checkout.tests {
            for function in Self.functions(in: file.lines)
            where function.count > Self.functionLineCountMax {
                Issue.record("\(file.path):\(function.lowerBound + 1): \(function.count) lines")
            }
        }
    }

    @Test func functionsAreFoundByTheirIndentation() {
        let text = """
            struct A {
                init() {
                    a = 1
                }
                private static func f(
                    x: Int
                ) -> Int {
                    x
                }
                func g() {}
            }
            protocol B {
                func h()
            }
            """
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(Self.functions(in: lines) == [1..<4, 4..<9])
    }

    /// The functions and initialisers with a body of several lines, found by the indentation that
    /// the formatter sees to.
    private static func functions(in lines: [Substring]) -> [Range<Int>] {
        var functions: [Range<Int>] = []
        for (start, line) in lines.enumerated() where isFunction(line) && !line.hasSuffix("}") {
            let indentation = line.prefix { $0 == " " }
            for end in lines.indices[(start + 1)...] {
                let next = lines[end]
                if next == indentation + "}" {
                    functions.append(start..<end + 1)
                    break
                }
                if !next.isEmpty, next.prefix(while: { $0 == " " }).count < indentation.count {
                    break
                }
            }
        }
        return functions
    }

    private static func isFunction(_ line: Substring) -> Bool {
        let words = line.split { $0 == " " || $0 == "(" || $0 == "<" }
        let modifiers: Set<Substring> = [
            "public", "package", "internal", "private", "fileprivate", "static", "mutating",
            "consuming", "borrowing", "nonisolated", "override", "convenience", "required",
            "final", "class", "@inlinable", "@inline", "@Test", "@usableFromInline",
        ]
        guard let word = words.first(where: { !modifiers.contains($0) }) else { return false }
        return ["func", "init", "init?", "deinit", "subscript"].contains(word)
    }
}
