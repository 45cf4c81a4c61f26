import Configuration
import Testing

@Suite struct StrictJSON5Tests {
    private struct Point: Decodable, Equatable {
        let x: UInt16
        let name: String?
        let inner: [Point]

        enum CodingKeys: String, CodingKey, CaseIterable {
            case x, name, inner
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            guard let x = try container.decodeIntegerIfPresent(.x, as: UInt16.self) else {
                throw DecodingError.keyNotFound(
                    CodingKeys.x,
                    DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "")
                )
            }
            self.x = x
            name = try container.decodeIfPresent(String.self, forKey: .name)
            inner = try container.decodeIfPresent([Point].self, forKey: .inner) ?? []
        }
    }

    @Test func readsCommentsAndTrailingCommas() throws {
        let point = try decode("{ // one\n x: 0x10, /* two */ 'name': \"a\", inner: [{x: 1,},], }")
        #expect(point.x == 16)
        #expect(point.inner.map(\.x) == [1])
    }

    @Test(arguments: [
        ("{x: 1, y: 2}", "f: y is not a known key; known are inner, name, x."),
        (
            "{x: 1, inner: [{x: 1, z: 2}]}",
            "f: inner[0].z is not a known key; known are inner, name, x."
        ),
        ("{}", "f: x is missing."),
        ("{x: 'one'}", "f: x must be a number."),
        ("{x: 1, name: 2}", "f: name must be a text."),
        ("{x: 1, inner: {}}", "f: inner must be a list in brackets."),
        ("{x: null}", "f: x must have a value."),
    ])
    func namesTheKeyAtFault(text: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode(text) }
        #expect(error?.message == message)
    }

    @Test(arguments: ["{x: 70000}", "{x: 1.5}", "{x: -1}"])
    func refusesNumbersThatDoNotFit(text: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode(text) }
        #expect(error?.message.hasPrefix("f: ") == true)
        #expect(error?.key == "x")
    }

    @Test(arguments: ["", "{", "{x: }", "{x: 1} {", "\u{FF}"])
    func saysThatTheTextIsNoJSON5(text: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode(text) }
        #expect(error?.message.hasPrefix("f: is not JSON5; ") == true, "\(error?.message ?? "")")
    }

    /// Foundation's scanner of JSON5 would end the program.
    @Test(arguments: [[0xFB], [0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func refusesAKeyThatIsNotUTF8(key: [UInt8]) {
        let bytes = Array("{".utf8) + key + Array(": 1}".utf8)
        let error = #expect(throws: ConfigurationError.self) {
            try StrictJSON5.decode(Point.self, from: bytes, file: "f")
        }
        #expect(error?.message == "f: is not UTF-8; save it with that encoding.")
    }

    @Test func namesAFileThatIsNotThere() {
        let error = #expect(throws: ConfigurationError.self) {
            try StrictJSON5.decode(Point.self, from: "/nowhere/at/all.json5")
        }
        #expect(error?.message.hasPrefix("/nowhere/at/all.json5: cannot be read: ") == true)
    }

    private func decode(_ text: String) throws -> Point {
        try StrictJSON5.decode(Point.self, from: Array(text.utf8), file: "f")
    }
}
