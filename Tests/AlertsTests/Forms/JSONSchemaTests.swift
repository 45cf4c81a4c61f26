import Alerts
import Foundation
import TestKit
import Testing

private let program = ForeignProgram.python("forms/schemas.py")

/// The published schemas say what the types say.
@Suite struct JSONSchemaTests {
    @Test(arguments: Specimen.all)
    func theCommittedSchemaIsTheOneOfTheTypes(specimen: Specimen) throws {
        let isReply = specimen.name != specimen.kind.rawValue
        let folder = Checkout.folder(isReply ? "Docs/schemas/replies" : "Docs/schemas")
        let file = folder.appendingPathComponent("\(specimen.name).json")
        let committed = try String(contentsOf: file, encoding: .utf8)
        // Mend with: aviso form schema KIND [--message TYPE] --out Docs/schemas/…
        let schema = AlertForm.jsonSchema(of: specimen.kind, message: specimen.message)
        #expect(committed == schema.indentedText + "\n")
    }
}

/// Python's `jsonschema` accepts what Aviso accepts, and refuses what it can.
@Suite(.enabled(if: program.isWanted(probe: ["check"])))
struct JSONSchemaInteropTests {
    private struct Given: Encodable {
        let schema: String
        let forms: [String]
    }

    @Test(arguments: AlertKind.allCases)
    func theSampleValidatesAndWithoutAnyRequiredFieldItDoesNot(kind: AlertKind) throws {
        let file = Checkout.folder("Config/samples").appendingPathComponent("\(kind).json")
        let sample = try JSONValue(parsing: [UInt8](Data(contentsOf: file))[...])
        let object = try #require(sample.objectValue)
        var forms = [sample.text]
        let required = AlertForm.schema(of: kind).fields.filter(\.isRequired)
        for field in required {
            var broken = object
            broken.members.removeAll { $0.name == field.name }
            forms.append(JSONValue.object(broken).text)
        }
        var unknown = object
        unknown.append("unheardOf", "x")
        forms.append(JSONValue.object(unknown).text)
        let places = try validate(kind, forms)
        #expect(places.first == [])
        #expect(places.count == required.count + 2)
        #expect(places.dropFirst().allSatisfy { $0 == [""] })
    }

    @Test(arguments: [
        (AlertKind.diversionIncident, "\"kg\"", "\"tons\"", "goods[0].net.unit"),
        (.diversionIncident, "98.5", "101", "goods[0].percentage"),
        (.diversionIncident, "108-24-7", "108-24", "goods[0].substance.cas"),
        (.diversionIncident, "\"maritime\"", "\"land\"", "conveyance.mode"),
        (.diversionIncident, "2026-11-21", "2026-13-21", "date"),
        (.trendAnalysis, "\"CA\"", "\"XK\"", "countries[0]"),
        (.newBehaviour, "\"caseCount\": 5", "\"caseCount\": 5.5", "caseCount"),
        (.interdiction, "2026-11-23T18:38:00Z", "18:38", "position.at"),
        (.preExportOutcome, "\"exported\"", "\"refused-at-port\"", ""),
        (.custodyTransfer, "\"unchanged\"", "\"damaged\"", ""),
        (.newSubstance, "\"en\"", "\"de\"", "info[0].language"),
    ])
    func aMutatedSampleFailsAtItsPlace(
        kind: AlertKind,
        old: String,
        new: String,
        place: String
    ) throws {
        let file = Checkout.folder("Config/samples").appendingPathComponent("\(kind).json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(old))
        let places = try validate(kind, [text.replacingOccurrences(of: old, with: new)])
        #expect(places.first?.contains(place) == true, "\(places)")
    }

    @Test(arguments: Specimen.all)
    func whatBreaksARuleThatItCanSayIsRefusedAndTheSampleIsNot(specimen: Specimen) throws {
        let sample = try specimen.form()
        let breaches = Breach.all(of: specimen.schema) { _ in }.filter(\.isInJSONSchema)
        let broken = breaches.map { $0.applied(to: sample, of: specimen.schema).1.text }
        let schema = AlertForm.jsonSchema(of: specimen.kind, message: specimen.message)
        let places = try program.call(
            "validate",
            Given(schema: schema.text, forms: [sample.text] + broken),
            as: [[String]].self
        )
        #expect(places.count == broken.count + 1)
        #expect(places.first == [])
        for (breach, found) in zip(breaches, places.dropFirst()) {
            #expect(!found.isEmpty, "\(breach.field) \(breach.rule.key)")
        }
    }

    private func validate(_ kind: AlertKind, _ forms: [String]) throws -> [[String]] {
        try program.call(
            "validate",
            Given(schema: AlertForm.jsonSchema(of: kind).text, forms: forms),
            as: [[String]].self
        )
    }
}

/// Files of the checkout.
enum Checkout {
    static func folder(_ path: String) -> URL {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(path)
    }
}
