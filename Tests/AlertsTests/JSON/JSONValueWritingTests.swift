import Alerts
import Testing

@Suite struct JSONValueWritingTests {
    @Test func escapesWhatATerminalWouldObey() {
        #expect(JSONValue.string("a\"\\\n\u{1B}[2J\u{9B}é").text == #""a\"\\\n\u001b[2J\u009bé""#)
    }

    @Test func writesWholeNumbersWithoutFraction() {
        #expect(
            JSONValue.array([.number(18400), .number(98.5), .number(-0.25)]).text
                == "[18400,98.5,-0.25]"
        )
    }

    @Test func indentsForPeople() {
        let value: JSONValue = ["a": [.number(1), .number(2)], "b": [:], "c": []]
        #expect(
            value.indentedText == """
                {
                  "a": [
                    1,
                    2
                  ],
                  "b": {},
                  "c": []
                }
                """
        )
    }
}
