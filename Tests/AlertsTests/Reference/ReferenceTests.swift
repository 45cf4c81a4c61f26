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

    @Test func everyDutyIsThatOfACountryForWhatTheTablesList() {
        #expect(reference.dutiesVersion.contains("12(10)(a)"))
        for duty in reference.duties {
            #expect(Identifier.country.accepts(duty.country))
            guard case .cas(let cas) = duty.substances else { continue }
            #expect(reference.precursor(cas) != nil, "\(duty.country) \(cas)")
        }
        #expect(Set(reference.duties.map { $0.country + $0.scope }).count == reference.duties.count)
    }

    @Test func aDutyHoldsForCountrySubstanceAndSinceADay() throws {
        let list = """
            # version: test
            country,substance,since,note
            PE,7722-64-7,1999-09-27,
            CO,I and II,1998-10-14,all of them
            EC,II,1996-08-01,
            """
        let lists = try ReferenceData.replacing(
            precursors: nil,
            members: nil,
            duties: Array(list.utf8)
        )
        func since(_ cas: String, _ country: String, _ day: String = "2026-12-14") -> String? {
            lists.preExportDuty(for: cas, into: country, on: day)?.since
        }
        #expect(since("7722-64-7", "PE") == "1999-09-27")
        #expect(since("7722-64-7", "PE", "1999-09-26") == nil)
        #expect(since("108-24-7", "PE") == nil)
        #expect(since("108-24-7", "CO") == "1998-10-14")
        #expect(since("67-64-1", "EC") == "1996-08-01")
        #expect(since("108-24-7", "EC") == nil)
        // A request for the tables covers what they list, and nothing else.
        #expect(since("64-19-7", "CO") == nil)
        for (row, words) in [
            ("XX,I,1999-09-27,", "country"), ("PE,III,1999-09-27,", "substance"),
            ("PE,I,1999,", "since"),
        ] {
            let text = "# version: 1\ncountry,substance,since,note\n\(row)\n"
            let error = #expect(throws: CSVError.self) {
                try ReferenceData.replacing(
                    precursors: nil,
                    members: nil,
                    duties: Array(text.utf8)
                )
            }
            #expect(error?.line == 3 && error?.problem.contains(words) == true)
        }
    }

    @Test func aNotificationIsToldWhereItsDutyComesFrom() throws {
        let sample = try #require(Specimen.all.first { $0.name == "pre-export-notification" })
        let form = try sample.form()
        let notes = AlertForm.notes(on: form, kind: .preExportNotification)
        #expect(notes.map(\.key) == ["note.duty"])
        #expect(notes.first?.text(in: .spanish).contains("desde el 1999-09-27") == true)
        var other = try #require(form.objectValue)
        other.set("importer", ["name": "x", "address": "x", "country": "JM"])
        let none = AlertForm.notes(on: .object(other), kind: .preExportNotification)
        #expect(none.map(\.key) == ["note.no-duty"])
        #expect(AlertForm.notes(on: form, kind: .preExportOutcome).isEmpty)
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
