import Alerts
import Testing

@Suite struct CountryCodeTests {
    @Test func readsTwoLetters() {
        #expect(CountryCode("CO")?.description == "CO")
    }

    @Test(arguments: ["", "C", "COL", "co", "C1", "ÑO"])
    func refusesOtherTexts(text: String) {
        #expect(CountryCode(text) == nil)
    }
}
