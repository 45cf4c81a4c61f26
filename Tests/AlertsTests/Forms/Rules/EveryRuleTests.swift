import Alerts
import Base
import Testing

/// Every rule of every form is broken, at every place that has it, and says so in its words.
///
/// The rules come from the tables: one that nothing breaks fails the test.
@Suite struct EveryRuleTests {
    @Test(arguments: Specimen.all)
    func eachRuleIsBrokenAndSaysSo(specimen: Specimen) throws {
        let sample = try specimen.form()
        #expect(specimen.schema.problems(in: sample).isEmpty)
        let breaches = Breach.all(of: specimen.schema) { rule in
            Issue.record("nothing breaks \(rule.rule.key) at \(rule.field)")
        }
        #expect(breaches.count > 5)
        for breach in breaches {
            let (whole, broken) = breach.applied(to: sample, of: specimen.schema)
            #expect(!isNamed(breach, in: whole, specimen), "\(breach.field) \(breach.rule.key)")
            #expect(isNamed(breach, in: broken, specimen), "\(breach.field) \(breach.rule.key)")
        }
    }

    private func isNamed(_ breach: Breach, in form: JSONValue, _ specimen: Specimen) -> Bool {
        specimen.schema.problems(in: form).contains { problem in
            problem.field == breach.field && problem.rule == breach.rule
                && Language.allCases.allSatisfy { language in
                    let clause = breach.rule.text(in: language)
                    let message = problem.message(in: language)
                    return clause != breach.rule.key && message.contains(clause)
                        && message.hasPrefix(breach.field)
                }
        }
    }

    /// Rules between a form and the header that it goes with.
    private struct HeaderCase {
        let rule: String
        let kind: AlertKind
        var message = MessageType.alert
        var replyBy: String?
        var evaluation: Evaluation?
        var stage: String?
        var isInterim = false
    }

    private static let headerCases = [
        HeaderCase(rule: "rule.request-deadline", kind: .informationRequest, message: .request),
        HeaderCase(rule: "rule.notification-deadline", kind: .preExportNotification),
        HeaderCase(
            rule: "rule.reply-before-dispatch",
            kind: .preExportNotification,
            replyBy: "2027-01-01T00:00:00Z"
        ),
        HeaderCase(rule: "rule.cites-notification", kind: .preExportOutcome),
        HeaderCase(
            rule: "rule.interim",
            kind: .informationRequest,
            message: .answer,
            isInterim: true
        ),
        HeaderCase(
            rule: "rule.cites-notification",
            kind: .preExportNotification,
            replyBy: "2026-12-07T00:00:00Z",
            stage: "amended"
        ),
        HeaderCase(
            rule: "rule.evaluation",
            kind: .intelligenceReport,
            evaluation: Evaluation(source: .reliable, information: .certain)
        ),
    ]

    @Test func eachRuleBetweenFormAndHeaderIsBrokenAndSaysSo() throws {
        for broken in Self.headerCases {
            let name = broken.message == .answer ? "answer" : broken.kind.rawValue
            let specimen = try #require(Specimen.all.first { $0.name == name })
            var form = try #require(try specimen.form().objectValue)
            if let stage = broken.stage { form.set("stage", .string(stage)) }
            let header = try AlertHeader(
                kind: broken.kind,
                to: [try #require(AgencyID("MX:FGR"))],
                tlp: .amber,
                message: broken.message,
                evaluation: broken.evaluation,
                references: broken.message.needsReference
                    ? [AlertReference(alert: UUID(high: 1, low: 1))] : [],
                replyBy: broken.replyBy.flatMap { RFC3339.parse($0) },
                isInterim: broken.isInterim
            )
            let problems = AlertForm.problems(in: .object(form), header: header)
            #expect(problems.map(\.rule.key) == [broken.rule])
        }
    }

    /// Rules that need more than a form and its header: `JointOperationTests` breaks those that
    /// need a group, `RequestStoryTests` the one that needs a clock.
    private static let brokenElsewhere: Set = [
        "rule.operation-recipient", "rule.group-owner", "rule.group-members", "rule.group-end",
        "rule.group-endless", "rule.deadline-class",
    ]

    @Test func noRuleOfTheCatalogueIsLeftOut() {
        var keys = Set(Self.headerCases.map(\.rule))
        for specimen in Specimen.all {
            keys.formUnion(Breach.all(of: specimen.schema) { _ in }.map(\.rule.key))
        }
        let known = MessageCatalogue.forms.keys.filter {
            $0.hasPrefix("rule.") || $0.hasPrefix("expected.")
        }
        // No form has an alert's identifier or a digest in a field of its own yet but these.
        let left = Set(known).subtracting(keys).subtracting(Self.brokenElsewhere)
        #expect(left.subtracting(["expected.alert"]) == [])
    }
}
