import Alerts
import Testing

@Suite struct AgencyIDTests {
    @Test(arguments: ["CO:PONAL", "MX:FGR", "OAS:AUDIT", "CARICOM:IMPACS", "US:7", "BR:DF-2"])
    func readsBothForms(text: String) throws {
        let agency = try #require(AgencyID(text))
        #expect(agency.description == text)
        #expect(agency.urn == "urn:aviso:agency:" + text)
        #expect(AgencyID(urn: agency.urn) == agency)
        #expect("\(agency.authority):\(agency.code)" == text)
    }

    @Test(arguments: [
        "", "CO", "CO:", ":PONAL", "co:PONAL", "CO:ponal", "C:PONAL", "C1:PONAL", "CO:-A", "CO::A",
        "CO:A:B", "CO:A B", "CO:Á", "NINELETTR:A", "CO:\(String(repeating: "A", count: 33))",
        "urn:aviso:agency:CO:PONAL",
    ])
    func refusesOtherForms(text: String) {
        #expect(AgencyID(text) == nil)
        #expect(AgencyID(urn: "urn:aviso:agency:" + text) == nil)
    }

    @Test func acceptsTheLongestCode() {
        #expect(AgencyID("CO:" + String(repeating: "Z", count: 32)) != nil)
    }

    @Test func knowsItsCountry() {
        #expect(AgencyID("CO:PONAL")?.country == CountryCode("CO"))
        #expect(AgencyID("OAS:AUDIT")?.country == nil)
    }

    @Test func ordersByBytes() throws {
        let agencies = try ["MX:FGR", "CO:PONAL", "CO:FGN", "OAS:AUDIT"].map {
            try #require(AgencyID($0))
        }
        #expect(
            agencies.sorted().map(\.description) == ["CO:FGN", "CO:PONAL", "MX:FGR", "OAS:AUDIT"]
        )
    }
}
