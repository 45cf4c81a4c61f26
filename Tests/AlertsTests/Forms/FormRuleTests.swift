import Alerts
import Base
import Foundation
import Testing

/// Every rule that looks at several fields is broken once, and says so in its words.
@Suite struct FormRuleTests {
    private static let mutations: [(kind: AlertKind, rule: String, old: String, new: String)] = [
        (.diversionIncident, "rule.gross", "19872", "17000"),
        (.diversionIncident, "rule.container-size", "\"containerCount\": 80,", ""),
        (.diversionIncident, "rule.locode", "\"COBUN\"", "\"PECLL\""),
        (.diversionIncident, "rule.coordinates", "\"latitude\": 3.8916,", ""),
        (.diversionIncident, "rule.substance-name", "Acetic anhydride", "Acetone"),
        (.diversionIncident, "rule.hs-code", "2915.24", "2915.31"),
        (.diversionIncident, "rule.needs", "\"grounds\"", "\"reasons\""),
        (.diversionIncident, "rule.only-mode", "\"maritime\"", "\"land\""),
        (.diversionIncident, "rule.one-of", "\"maritime\"", "\"air\""),
        (.diversionIncident, "rule.languages", "\"language\": \"en\"", "\"language\": \"es\""),
        (
            .diversionIncident, "rule.whole-units", "\"value\": 230, \"unit\": \"kg\"",
            "\"value\": 2.5, \"unit\": \"units\""
        ),
        (.newBehaviour, "rule.order", "2026-07-03", "2026-12-03"),
        (
            .preExportNotification, "rule.entry-point",
            "\"country\": \"PE\", \"locode\": \"PECLL\"", "\"country\": \"CL\""
        ),
        (.preExportNotification, "rule.export", "\"country\": \"US\"", "\"country\": \"PE\""),
        (.pricePurityProfile, "rule.mean", "\"meanPercent\": 78.4", "\"meanPercent\": 12"),
        (
            .interdiction, "rule.interdiction-expires", "2026-11-23T18:38:00Z",
            "2026-11-21T18:38:00Z"
        ),
        (.firearmTrace, "rule.serial-number", "\"serialNumber\": \"EA19?4471\",", ""),
        (.jointOperation, "rule.owner", "\"members\": [\"CO:PONAL\", ", "\"members\": ["),
        (
            .custodyTransfer, "rule.hand-over",
            "{ \"agency\": \"US:DEA\", \"person\": \"Evidence technician 88\" }",
            "{ \"agency\": \"CO:PONAL\", \"person\": \"Exhibit officer 3127\" }"
        ),
    ]

    @Test func aMutatedSampleBreaksEachRule() throws {
        for (kind, rule, old, new) in Self.mutations {
            let problems = try Self.problems(kind) { $0.replacingOccurrences(of: old, with: new) }
            #expect(problems.contains { $0.rule.key == rule }, "\(rule): \(problems)")
        }
    }

    @Test func aProfileWithoutAnyMeasureIsNone() throws {
        let problems = try Self.problems(.pricePurityProfile) { text in
            ["prices", "purity", "impurities"].reduce(text) {
                $0.replacingOccurrences(of: "\"\($1)\"", with: "\"x-\($1)\"")
            }
        }
        #expect(problems.contains { $0.rule.key == "rule.profile" })
    }

    @Test func noRuleIsLeftOut() {
        var keys: Set<String> = []
        for kind in AlertKind.allCases {
            for message in MessageType.allCases {
                Self.collect(.object(AlertForm.schema(kind: kind, message: message)), into: &keys)
            }
        }
        #expect(keys == Set(Self.mutations.map(\.rule)).union(["rule.profile"]))
    }

    private static func collect(_ type: FormType, into keys: inout Set<String>) {
        switch type {
        case .list(let element, _): collect(element, into: &keys)
        case .object(let schema):
            keys.formUnion(schema.rules.map(\.rule.key))
            for field in schema.fields { collect(field.type, into: &keys) }
        default: break
        }
    }

    private static func problems(
        _ kind: AlertKind,
        _ mutate: (String) -> String
    ) throws -> [FormProblem] {
        let file = Checkout.folder("Config/samples").appendingPathComponent("\(kind).json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let mutated = mutate(text)
        #expect(mutated != text, "\(kind): the sample has changed")
        let form = try JSONValue(parsing: Array(mutated.utf8)[...])
        return AlertForm.schema(of: kind).problems(in: form)
    }
}
