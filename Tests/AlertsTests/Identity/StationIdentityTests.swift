import Alerts
import Testing

@Suite struct StationIdentityTests {
    @Test(arguments: [
        ("urn:aviso:agency:CO:PONAL:station-1", Role.agency, "CO:PONAL", "station-1"),
        ("urn:aviso:auditor:OAS:AUDIT:desk2", .auditor, "OAS:AUDIT", "desk2"),
        ("urn:aviso:operator:OAS:BROKER:A", .operatorStation, "OAS:BROKER", "A"),
    ])
    func readsEachRole(urn: String, role: Role, agency: String, station: String) throws {
        let identity = try #require(StationIdentity(urn: urn))
        #expect(identity.role == role)
        #expect(identity.agency == AgencyID(agency))
        #expect(identity.station == station)
        #expect(identity.urn == urn)
    }

    @Test(arguments: [
        "", "urn:aviso:agency:CO:PONAL", "urn:aviso:agency:CO:PONAL:",
        "urn:aviso:agency:CO:PONAL:-a",
        "urn:aviso:agency:CO:PONAL:a:b", "urn:aviso:broker:CO:PONAL:a",
        "urn:aviso:agency:co:PONAL:a",
        "URN:aviso:agency:CO:PONAL:a", "urn:aviso:agency:CO:PONAL:a/b", "urn:uuid:CO:PONAL:a",
        "urn:aviso:agency:CO:PONAL:\(String(repeating: "a", count: 33))",
    ])
    func refusesOtherURIs(urn: String) {
        #expect(StationIdentity(urn: urn) == nil)
    }
}
