import Alerts
import Base
import Foundation
import Testing

@Suite struct AlertFormTests {
    @Test(arguments: AlertKind.allCases)
    func theSampleOfEachKindIsRight(kind: AlertKind) throws {
        let form = try AlertForm.read(Samples.bytes(kind)[...], header: Samples.header(kind))
        #expect(try JSONValue(parsing: Array(form.text.utf8)[...]) == form)
    }

    @Test(arguments: AlertKind.allCases)
    func everyRequiredFieldOfTheSampleIsMissed(kind: AlertKind) throws {
        let schema = AlertForm.schema(kind: kind, message: .alert)
        let header = try Samples.header(kind)
        for field in schema.fields where field.isRequired {
            var form = try #require(Samples.form(kind).objectValue)
            form.members.removeAll { $0.name == field.name }
            let problems = AlertForm.problems(in: .object(form), header: header)
            #expect(
                problems.contains(FormProblem(field: field.name, value: nil, rule: "rule.missing"))
            )
        }
    }

    @Test func namesFieldValueAndRule() throws {
        let text = try String(decoding: Samples.bytes(.diversionIncident), as: UTF8.self)
            .replacingOccurrences(of: "108-24-7", with: "108-24-8")
        #expect(
            try problems(text, .diversionIncident) == [
                "goods[0].substance.cas is \"108-24-8\": "
                    + "expected is a CAS number with its check digit, such as 108-24-7."
            ]
        )
    }

    @Test(arguments: [
        (AlertKind.diversionIncident, "\"kg\"", "\"tons\"", "goods[0].net.unit"),
        (.diversionIncident, "\"value\": 19872", "\"value\": 17000", "goods[0].gross"),
        (.diversionIncident, "\"percentage\": 98.5", "\"percentage\": 101", "goods[0].percentage"),
        (.diversionIncident, "\"containerCount\": 80,", "", "goods[0].containerSize"),
        (.diversionIncident, "CSQU3054383", "CSQU3054380", "conveyance.containers[0]"),
        (.diversionIncident, "9074729", "9074720", "conveyance.imo"),
        (.diversionIncident, "\"mode\": \"maritime\"", "\"mode\": \"land\"", "conveyance.imo"),
        (.diversionIncident, "\"locode\": \"COBUN\"", "\"locode\": \"PECLL\"", "place.locode"),
        (.diversionIncident, "\"latitude\": 3.8916,", "", "place.longitude"),
        (.diversionIncident, "2026-11-21", "2026-02-30", "date"),
        (.diversionIncident, "2915.24", "29.15", "goods[0].substance.hsCode"),
        (.diversionIncident, "\"caseNumber\"", "\"caseNr\"", "caseNr"),
        (.newBehaviour, "2026-07-03", "2026-12-03", "lastSeen"),
        (.newBehaviour, "\"caseCount\": 5", "\"caseCount\": 5.5", "caseCount"),
        (.newSubstance, "\"confirmed\": true", "\"confirmed\": \"yes\"", "confirmed"),
        (.intelligenceReport, "\"information\": 2", "\"information\": 5", "evaluation.information"),
        (
            .preExportNotification, "\"country\": \"PE\", \"locode\": \"PECLL\"",
            "\"country\": \"CL\"", "entryPoint"
        ),
        (.preExportOutcome, "\"exported\"", "\"not-exported\"", "reason"),
        (.pricePurityProfile, "\"meanPercent\": 78.4", "\"meanPercent\": 12", "purity.meanPercent"),
        (.interdiction, "2026-11-23T18:38:00Z", "2026-11-21T18:38:00Z", "expires"),
        (.custodyTransfer, "\"unchanged\"", "\"damaged\"", "remarks"),
        (.firearmTrace, "\"serialNumber\": \"EA19?4471\",", "", "serialNumber"),
        (
            .financialIntelligence, "\"currency\": \"USD\"", "\"currency\": \"dollar\"",
            "transactions[0].currency"
        ),
        (.jointOperation, "\"members\": [\"CO:PONAL\", ", "\"members\": [", "members"),
        (.trendAnalysis, "\"CA\"", "\"XK\"", "countries[0]"),
        (.diversionIncident, "Acetic anhydride", "Acetone", "goods[0].substance.name"),
        (.diversionIncident, "2915.24", "2915.31", "goods[0].substance.hsCode"),
        (.diversionIncident, "\"grounds\"", "\"documents2\"", "grounds"),
        (.diversionIncident, "\"language\": \"en\"", "\"language\": \"es\"", "info"),
        (.preExportNotification, "\"permit\": \"PE-IQBF-2026-00871\",", "", "permit"),
        (.preExportNotification, "\"carrier\": \"Línea Ejemplo\",", "", "carrier"),
        (.preExportNotification, "\"country\": \"US\"", "\"country\": \"PE\"", "importer"),
        (.preExportNotification, "\"original\"", "\"amended\"", "references"),
        (.preExportNotification, "2026-12-14", "2026-12-01", "reply-by"),
        (
            .custodyTransfer, "{ \"agency\": \"US:DEA\", \"person\": \"Evidence technician 88\" }",
            "{ \"agency\": \"CO:PONAL\", \"person\": \"Exhibit officer 3127\" }", "to"
        ),
        (.pharmaceuticalDiversion, "\"units\"", "\"tons\"", "quantity.unit"),
    ])
    func namesTheFieldOfAMutatedSample(
        kind: AlertKind,
        old: String,
        new: String,
        field: String
    ) throws {
        let text = try String(decoding: Samples.bytes(kind), as: UTF8.self)
        #expect(text.contains(old))
        let messages = try problems(text.replacingOccurrences(of: old, with: new), kind)
        #expect(
            messages.contains { $0.hasPrefix(field + ":") || $0.hasPrefix(field + " is ") },
            "\(messages)"
        )
    }

    @Test func aNotificationNeedsADeadline() throws {
        let header = try AlertHeader(kind: .preExportNotification, to: Samples.to(), tlp: .amber)
        let problems = try AlertForm.problems(
            in: Samples.form(.preExportNotification),
            header: header
        )
        #expect(problems.map(\.rule) == ["rule.notification-deadline"])
    }

    @Test func requestsNeedADeadline() throws {
        let header = try AlertHeader(
            kind: .informationRequest,
            to: Samples.to(),
            tlp: .amber,
            message: .request
        )
        let problems = try AlertForm.problems(in: Samples.form(.informationRequest), header: header)
        #expect(problems.map(\.field) == ["reply-by"])
    }

    @Test func theFormAgreesWithTheSignedEvaluation() throws {
        let header = try AlertHeader(
            kind: .intelligenceReport,
            to: Samples.to(),
            tlp: .amber,
            evaluation: Evaluation(source: .reliable, information: .certain)
        )
        let problems = try AlertForm.problems(in: Samples.form(.intelligenceReport), header: header)
        #expect(problems.map(\.rule) == [Phrase("rule.evaluation", ["A1"])])
    }

    @Test(arguments: [
        (
            AlertKind.preExportNotification, MessageType.answer, "{\"decision\": \"objection\"}",
            "reason"
        ),
        (.preExportNotification, .answer, "{\"decision\": \"more-time\"}", "until"),
        (.informationRequest, .answer, "{\"decision\": \"refusal\"}", "ground"),
        (.informationRequest, .answer, "{\"decision\": \"interim-answer\"}", "content"),
        (.newSubstance, .cancel, "{}", "reason"),
        (.interdiction, .acknowledgement, "{\"remark\": \"seen\"}", "remark"),
    ])
    func repliesHaveFormsOfTheirOwn(
        kind: AlertKind,
        message: MessageType,
        text: String,
        field: String
    ) throws {
        let header = try AlertHeader(
            kind: kind,
            to: Samples.to(),
            tlp: .green,
            message: message,
            references: [AlertReference(alert: Base.UUID(high: 0, low: 1))],
            isInterim: text.contains("more-time") || text.contains("interim-answer")
        )
        let form = try JSONValue(parsing: Array(text.utf8)[...])
        #expect(AlertForm.problems(in: form, header: header).map(\.field) == [field])
    }

    @Test(arguments: [
        ("more-time", AlertKind.preExportNotification, true),
        ("interim-answer", .informationRequest, true), ("answer", .informationRequest, false),
        ("objection", .preExportNotification, false),
        ("acknowledged", .preExportNotification, false),
    ])
    func whatAnswersForTheTimeBeingSaysSoInTheHeader(
        decision: String,
        kind: AlertKind,
        isInterim: Bool
    ) throws {
        let text = "{\"decision\": \"\(decision)\", \"content\": \"x\", \"reason\": \"x\"}"
        let form = try JSONValue(parsing: Array(text.utf8)[...])
        for said in [true, false] {
            let header = try AlertHeader(
                kind: kind,
                to: Samples.to(),
                tlp: .green,
                message: .answer,
                references: [AlertReference(alert: Base.UUID(high: 0, low: 1))],
                isInterim: said
            )
            let rules = AlertForm.problems(in: form, header: header).map(\.rule)
            #expect(rules.contains("rule.interim") == (said != isInterim))
        }
        #expect(throws: AlertHeaderError.self) {
            try AlertHeader(kind: kind, to: Samples.to(), tlp: .green, isInterim: true)
        }
    }

    @Test func saysThatAFormIsNoJSONOrTooLong() throws {
        let header = try Samples.header(.bestPractice)
        let notJSON = #expect(throws: AlertForm.Failure.self) {
            try AlertForm.read(Array("{".utf8)[...], header: header)
        }
        #expect(
            notJSON?.messages == ["This is not JSON: line 1, column 2: the text ends too early."]
        )
        let tooLong = #expect(throws: AlertForm.Failure.self) {
            try AlertForm.read(
                [UInt8](repeating: 0x20, count: AlertForm.byteCountMax + 1)[...],
                header: header
            )
        }
        #expect(tooLong?.messages == ["The form has 524289 bytes, 524288 are allowed."])
    }

    @Test func reportsABoundedNumberOfProblems() throws {
        var form = JSONObject()
        for number in 0..<1000 { form.append("field\(number)", .null) }
        let problems = try AlertForm.problems(
            in: .object(form),
            header: Samples.header(.diversionIncident)
        )
        #expect(problems.count == FormSchema.problemCountMax)
    }

    private func problems(_ text: String, _ kind: AlertKind) throws -> [String] {
        let form = try JSONValue(parsing: Array(text.utf8)[...])
        return try AlertForm.problems(in: form, header: Samples.header(kind)).map(\.message)
    }
}

/// The samples of the repository.
private enum Samples {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Config/samples")

    static func bytes(_ kind: AlertKind) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(kind).json")))
    }

    static func form(_ kind: AlertKind) throws -> JSONValue {
        try JSONValue(parsing: bytes(kind)[...])
    }

    static func to() throws -> [AgencyID] {
        [try #require(AgencyID("MX:FGR"))]
    }

    static func header(_ kind: AlertKind) throws -> AlertHeader {
        try AlertHeader(
            kind: kind,
            to: to(),
            tlp: .amber,
            references: kind == .preExportOutcome
                ? [AlertReference(alert: Base.UUID(high: 0, low: 1))] : [],
            replyBy: kind == .preExportNotification
                ? RFC3339.parse("2026-12-07T00:00:00Z") : nil
        )
    }
}
