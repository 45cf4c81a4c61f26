import Alerts
import Base
import Testing

@Suite struct AlertReferenceTests {
    @Test func identifiersHaveAURN() {
        let uuid = UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)
        #expect(uuid.urn == "urn:uuid:01900000-0000-7000-8000-000000000001")
        #expect(UUID(urn: uuid.urn) == uuid)
        #expect(UUID(urn: uuid.description) == nil)
    }
}
