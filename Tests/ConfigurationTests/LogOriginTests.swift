import Configuration
import Testing

@Suite struct LogOriginTests {
    @Test(arguments: [
        ("aviso.example/log", true), ("a", true), ("", false), ("a log", false), ("a+b", false),
        ("é", false), (String(repeating: "a", count: 129), false),
    ])
    func isANotesKeyName(text: String, isValid: Bool) {
        #expect(LogOrigin.isValid(text) == isValid)
    }
}
