import Alerts
import Testing

@Suite struct FormSchemaTests {
    private let schema = FormSchema(
        [
            .required("name", .text(characterCountMax: 3)),
            .optional("count", .integer(1...9)),
            .optional("share", .number(0...1)),
            .optional("parts", .list(.object(FormSchema([.required("x", .boolean)])), countMax: 2)),
        ],
        rules: [FormRule("count", "it needs share") { $0["count"] == nil || $0["share"] != nil }]
    )

    @Test(arguments: [
        ("{\"name\": \"abc\"}", []),
        ("{\"name\": \"abcd\"}", ["name is \"abcd\": a text of 1 to 3 characters is expected."]),
        ("{\"name\": \" \"}", ["name is \" \": a text of 1 to 3 characters is expected."]),
        (
            "{\"name\": \"a\\u0007\"}",
            ["name is \"a\\u0007\": a text of 1 to 3 characters is expected."]
        ),
        ("{}", ["name: it is missing."]),
        ("[]", ["form is […] (0): an object with the fields of the form is expected."]),
        ("{\"name\": \"a\", \"count\": 3}", ["count is 3: it needs share."]),
        (
            "{\"name\": \"a\", \"count\": 0}",
            ["count is 0: a whole number from 1 to 9 is expected."]
        ),
        ("{\"name\": \"a\", \"share\": 2}", ["share is 2: a number from 0 to 1 is expected."]),
        (
            "{\"name\": \"a\", \"parts\": [{\"x\": true}, {\"x\": 1, \"y\": 2}]}",
            [
                "parts[1].x is 1: true or false is expected.",
                "parts[1].y is 2: the form has no such field.",
            ]
        ),
        (
            "{\"name\": \"a\", \"parts\": []}",
            ["parts is […] (0): a list of 1 to 2 items is expected."]
        ),
    ])
    func namesFieldValueAndRule(text: String, messages: [String]) throws {
        let form = try JSONValue(parsing: Array(text.utf8)[...])
        #expect(schema.problems(in: form).map(\.message) == messages)
    }

    @Test func shortensLongValues() {
        let form: JSONValue = ["name": .string(String(repeating: "y", count: 500))]
        let value = schema.problems(in: form).first?.value
        #expect(value?.count == 79)
        #expect(value?.hasSuffix("y…\"") == true)
    }
}
