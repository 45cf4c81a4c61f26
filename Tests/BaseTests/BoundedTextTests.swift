import Base
import Testing

@Suite struct BoundedTextTests {
    @Test(arguments: [
        ("", 4, ""), ("abcd", 4, "abcd"), ("abcde", 4, "abcd"), ("abc", 0, ""),
        ("aé", 2, "a"), ("aé", 3, "aé"), ("ab€", 4, "ab"), ("€€", 5, "€"), ("🜁x", 3, ""),
        ("🜁x", 4, "🜁"),
    ])
    func wholeScalarsAreCounted(text: String, byteCountMax: Int, prefix: String) {
        #expect(text.prefix(utf8: byteCountMax) == prefix)
        #expect(text[...].prefix(utf8: byteCountMax) == prefix)
    }

    @Test(arguments: ["\u{301}", "\u{20D0}"]) func combiningMarksAreNoWayRound(mark: String) {
        let text = "e" + String(repeating: mark, count: 200_000)
        #expect(text.count == 1)
        let prefix = text.prefix(utf8: 64)
        #expect((62...64).contains(prefix.utf8.count))
        #expect(text.utf8.starts(with: prefix.utf8))
    }
}
