import Base
import Testing

@Suite struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", UInt64(0)),
        ("2000-02-29T23:59:59.999Z", 951_868_799_999),
        ("2026-11-23T18:38:00.000Z", 1_795_459_080_000),
        ("9999-12-31T23:59:59.000Z", 253_402_300_799_000),
    ])
    func writesAndReadsTheSameMoment(text: String, milliseconds: UInt64) {
        #expect(RFC3339.format(WallTime(milliseconds: milliseconds)) == text)
        #expect(RFC3339.parse(text)?.milliseconds == milliseconds)
    }

    @Test func readsOffsetsAndFractions() {
        #expect(RFC3339.parse("2026-11-23T12:38:00.5-06:00")?.milliseconds == 1_795_459_080_500)
        #expect(RFC3339.parse("2026-11-23t18:38:00z")?.milliseconds == 1_795_459_080_000)
        #expect(RFC3339.parse("2026-11-23T18:38:00.123456Z")?.milliseconds == 1_795_459_080_123)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T18:38:00", "2026-11-23T18:38:00.Z", "2026-11-23T18:38:00Zx",
        "2026-11-23T18:38:00+2400", "1969-12-31T23:59:59Z",
    ])
    func refusesWhatIsNoDateTime(text: String) {
        #expect(RFC3339.parse(text) == nil)
    }
}
