import Alerts
import Testing

@Suite struct JSONValueParsingTests {
    private static let values: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" true ", .boolean(true)), ("-0.5e1", .number(-5)),
        ("\"a\\n\\u00e9\\ud83d\\ude00\\/\"", "a\né😀/"), ("[]", []),
        ("[1, [2]]", [.number(1), [.number(2)]]),
        ("{}", [:]), ("{\"a\": {\"b\": false}}", ["a": ["b": .boolean(false)]]),
    ]

    @Test(arguments: values)
    func readsEachKindOfValue(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
        #expect(try parse(value.text) == value)
        #expect(try parse(value.indentedText) == value)
    }

    private static let faults: [(String, JSONError.Problem, Int, Int)] = [
        ("", JSONError.Problem.truncated, 1, 1), ("[1,", .truncated, 1, 4),
        ("{\"a\" 1}", .unexpectedCharacter, 1, 6),
        ("[1]]", .trailingText, 1, 4), ("{\n \"a\": 1,\n \"a\": 2}", .duplicateName("a"), 3, 2),
        ("01", .trailingText, 1, 2), ("1.", .number, 1, 1), ("-", .number, 1, 1),
        ("1e999", .number, 1, 1),
        ("\"\\x\"", .escape, 1, 2), ("\"\\ud800\"", .escape, 1, 2),
        ("\"\\ud800\\u0041\"", .escape, 1, 2),
        ("\"\\u12\"", .escape, 1, 2), ("\"a\nb\"", .unexpectedCharacter, 1, 3),
        ("{a: 1}", .unexpectedCharacter, 1, 2),
        ("tru", .truncated, 1, 4), ("[1,]", .unexpectedCharacter, 1, 4),
        ("'a'", .unexpectedCharacter, 1, 1),
    ]

    @Test(arguments: faults)
    func saysWhatIsWrongAndWhere(text: String, problem: JSONError.Problem, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.problem == problem)
        #expect(error.map { [$0.line, $0.column] } == [line, column])
    }

    @Test func boundsTheDepthAndTheNumberOfValues() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try parse(deep) }
        let nested = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(throws: Never.self) { try parse(nested) }
        let many = "[" + String(repeating: "1,", count: JSONValue.Limits.valueCountMax) + "1]"
        let error = #expect(throws: JSONError.self) { try parse(many) }
        #expect(error?.problem == .tooLarge)
    }

    @Test func refusesBytesThatAreNotUTF8() {
        let error = #expect(throws: JSONError.self) {
            try JSONValue(parsing: [0x22, 0xFF, 0x22])
        }
        #expect(error?.problem == .encoding)
    }

    @Test func neverTrapsOnMutatedText() throws {
        let text = Array(
            "{\"a\": [1, -2.5e3, \"\\u00e9x\", true, null, {\"b\": \"\\ud83d\\ude00\"}]}".utf8
        )
        for position in text.indices {
            for byte in [UInt8](0...255) {
                var mutated = text
                mutated[position] = byte
                if let value = try? JSONValue(parsing: mutated[...]) {
                    #expect(try parse(value.text) == value)
                }
                _ = try? JSONValue(parsing: text[..<position])
            }
        }
    }

    private func parse(_ text: String) throws(JSONError) -> JSONValue {
        try JSONValue(parsing: Array(text.utf8)[...])
    }
}
