import Alerts
import Testing

@Suite struct LabelsTests {
    @Test func readsTLPWithAndWithoutItsPrefix() {
        #expect(TLP(label: "AMBER") == .amber)
        #expect(TLP(label: "TLP:AMBER+STRICT") == .amberStrict)
        #expect(TLP(label: "amber") == nil)
        #expect(TLP(label: "TLP:WHITE") == nil)
    }

    @Test(arguments: ["H0", "H1", "H2", "H3:Not to be shown to the carrier."])
    func handlingCodesKeepTheirText(code: String) {
        #expect(HandlingCode(rawValue: code)?.rawValue == code)
    }

    @Test(arguments: [
        "", "H4", "h0", "H3", "H3:", "H3: ", "H3:" + String(repeating: "x", count: 513),
    ])
    func refusesOtherHandlingCodes(code: String) {
        #expect(HandlingCode(rawValue: code) == nil)
    }

    @Test func evaluationsAreTwoCharacters() {
        #expect(
            Evaluation(rawValue: "B2")
                == Evaluation(source: .mostlyReliable, information: .knownToSource)
        )
        #expect(Evaluation(rawValue: "X4")?.rawValue == "X4")
        for text in ["", "B", "B5", "D1", "B22", "2B"] {
            #expect(Evaluation(rawValue: text) == nil)
        }
    }
}
