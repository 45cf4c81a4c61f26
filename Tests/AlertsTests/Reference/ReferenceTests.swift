import Alerts
import Testing

@Suite struct ReferenceTests {
    private let reference = ReferenceData.embedded

    @Test func everyPrecursorHasARightNumberAndCode() {
        #expect(reference.precursors.count == 37)
        #expect(reference.precursors.count { $0.table == .two } == 8)
        for precursor in reference.precursors {
            #expect(Identifier.cas.accepts(precursor.cas), "\(precursor.name)")
            #expect(Identifier.hsCode.accepts(precursor.hsCode), "\(precursor.name)")
            #expect(reference.precursor(precursor.cas) == precursor)
        }
        #expect(reference.precursor("108-24-7")?.name == "Acetic anhydride")
        #expect(reference.precursor("64-19-7") == nil)
        #expect(reference.precursorsVersion.contains("HS 2022"))
    }

    @Test func everyMemberStateIsACountry() {
        #expect(reference.members.count == 35)
        #expect(reference.members.allSatisfy { Identifier.country.accepts($0.code) })
        #expect(reference.members.count { $0.until == nil && $0.note == nil } == 32)
    }

    @Test func anotherListTakesThePlaceOfTheEmbeddedOne() throws {
        let list = """
            # version: test
            table,substance,cas,hs2022,note
            II,"Acetic acid",64-19-7,2915.21,
            """
        let other = try ReferenceData.replacing(precursors: Array(list.utf8), members: nil)
        #expect(other.precursorsVersion == "test")
        #expect(other.precursor("64-19-7")?.name == "Acetic acid")
        #expect(other.precursor("108-24-7") == nil)
        #expect(other.members == reference.members)
    }

    @Test(arguments: [
        ("table,substance,cas,hs2022,note\n", 1, "version"),
        ("# version: 1\ntable,substance,cas,hs2022,note\nI,x,64-19-8,2915.21,\n", 3, "check digit"),
        ("# version: 1\ntable,substance,cas,hs2022,note\nIV,x,64-19-7,2915.21,\n", 3, "I or II"),
        ("# version: 1\ntable,substance,cas,hs2022,note\nI,x,64-19-7,29,\n", 3, "hs2022"),
    ])
    func aWrongListIsRefusedWithItsLine(text: String, line: Int, words: String) {
        let error = #expect(throws: CSVError.self) {
            try ReferenceData.replacing(precursors: Array(text.utf8), members: nil)
        }
        #expect(error?.line == line)
        #expect(error?.problem.contains(words) == true)
    }
}
