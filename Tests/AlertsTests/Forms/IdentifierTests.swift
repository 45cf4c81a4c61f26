import Alerts
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        (Identifier.cas, ["108-24-7", "7722-64-7", "2785346-75-8", "64-19-7"]),
        (.container, ["CSQU3054383", "TSTU9031171", "ABCU4822017"]),
        (.imo, ["9074729", "9988011"]), (.mmsi, ["730000001"]),
        (.locode, ["COBUN", "USPEF", "US2AB"]), (.country, ["CO", "US", "ZW"]),
        (.hsCode, ["2915", "2915.24", "291524", "2915.24.00", "2915.24.00.00", "2915240000"]),
        (.flight, ["AVA8521", "AAL1", "UAE12A"]), (.currency, ["USD"]), (.language, ["es", "fr"]),
        (.date, ["2026-11-23", "2024-02-29"]),
        (.time, ["2026-11-23T18:38:00Z", "2026-11-23T12:38:00-06:00"]),
        (.agency, ["CO:PONAL"]), (.alert, ["urn:uuid:01900000-0000-7000-8000-000000000001"]),
        (.digest, [String(repeating: "0a", count: 32)]),
    ])
    func acceptsWhatTheSchemeAllows(identifier: Identifier, texts: [String]) {
        for text in texts {
            #expect(identifier.accepts(text), "\(identifier) \(text)")
        }
    }

    @Test(arguments: [
        (
            Identifier.cas,
            ["108-24-8", "108-24", "0108-24-7", "10824-7", "108-24-7-", "a-24-7", "12345678-12-1"]
        ),
        (.container, ["CSQU3054384", "csqu3054383", "CSQX3054383", "CSQU305438"]),
        (.imo, ["9074728", "907472", "IMO9074729", "90747290"]),
        (.mmsi, ["73000000", "73000000a"]),
        (.locode, ["COBU", "XXBUN", "COB1N", "cobun", "CO BUN"]),
        (.country, ["XK", "co", "COL", "ZZ"]),
        (.hsCode, ["291", "2915.2", "29.15.24", "2915.24.0", "2915..24", "29152", ""]),
        (.flight, ["AV8521", "AVA", "AVA85211", "8521AVA"]), (.currency, ["usd", "US", "US1"]),
        (.language, ["de", "ES"]),
        (.date, ["2026-02-29", "23.11.2026", "2026-11-23T00:00:00Z", "2026-13-01"]),
        (.time, ["2026-11-23", "2026-11-23 18:38", "2026-11-23T25:00:00Z"]),
        (.agency, ["PONAL"]), (.alert, ["01900000-0000-7000-8000-000000000001"]),
        (.digest, [String(repeating: "0A", count: 32), "00"]),
    ])
    func refusesTheRest(identifier: Identifier, texts: [String]) {
        for text in texts + ["", String(repeating: "1", count: 1000), "é"] {
            #expect(!identifier.accepts(text), "\(identifier) \(text)")
        }
    }

    @Test func theExampleOfEachExpectationIsRight() {
        // The examples behind "such as" are read by people who then imitate them.
        for identifier in Identifier.allCases where identifier != .alert {
            let parts = identifier.expectation.text(in: .english).split(separator: " ")
            guard let such = parts.firstIndex(of: "such") else { continue }
            #expect(identifier.accepts(String(parts[such + 2])), "\(identifier)")
        }
    }
}
