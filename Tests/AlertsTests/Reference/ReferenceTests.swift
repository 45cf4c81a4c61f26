import Alerts
import Testing

@Suite struct ReferenceTests {
    @Test func everyPrecursorHasARightNumberAndCode() {
        #expect(Precursor.all.count { $0.table == .two } == 8)
        for precursor in Precursor.all {
            #expect(Identifier.cas.accepts(precursor.cas), "\(precursor.name)")
            #expect(Identifier.hsCode.accepts(precursor.hsCode), "\(precursor.name)")
            #expect(Precursor.withCAS(precursor.cas) == precursor)
        }
        #expect(Precursor.withCAS("108-24-7")?.name == "Acetic anhydride")
        #expect(Precursor.withCAS("64-19-7") == nil)
    }

    @Test func everyMemberStateIsACountry() {
        #expect(MemberState.all.count == 35)
        #expect(MemberState.all.allSatisfy { Identifier.country.accepts($0.code) })
        #expect(MemberState.all.count { $0.until == nil && $0.note == nil } == 32)
    }
}
