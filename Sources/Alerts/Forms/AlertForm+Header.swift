package import Base

extension AlertForm {
    /// The rules between a form and the signed header.
    static func headerProblems(_ form: JSONValue, _ header: AlertHeader) -> [FormProblem] {
        var problems: [FormProblem] = []
        if header.message == .request, header.replyBy == nil {
            problems.append(
                FormProblem(field: "reply-by", value: nil, rule: "rule.request-deadline")
            )
        }
        if header.message == .answer, isInterim(form) != header.isInterim {
            problems.append(
                FormProblem(
                    field: "decision",
                    value: form.objectValue?["decision"]?.text,
                    rule: "rule.interim"
                )
            )
        }
        if header.kind == .preExportNotification {
            problems += notificationProblems(form, header)
        }
        if header.kind == .jointOperation { problems += operationProblems(form, header) }
        if header.kind == .preExportOutcome, header.references.isEmpty {
            problems.append(
                FormProblem(
                    field: "references",
                    value: nil,
                    rule: "rule.cites-notification"
                )
            )
        }
        if let evaluation = header.evaluation,
            let inner = form.objectValue?["evaluation"]?.objectValue,
            inner["source"]?.stringValue != evaluation.source.rawValue
                || inner["information"]?.numberValue != Double(evaluation.information.rawValue)
        {
            problems.append(
                FormProblem(
                    field: "evaluation",
                    value: JSONValue.object(inner).text,
                    rule: Phrase("rule.evaluation", [evaluation.rawValue])
                )
            )
        }
        return problems
    }

    /// Whether a form answers for the time being: the deadline then stays open.
    ///
    /// - Parameter form: the form of an answer.
    /// - Returns: false for every other form.
    package static func isInterim(_ form: JSONValue) -> Bool {
        let decision = form.objectValue?["decision"]?.stringValue
        return decision == "interim-answer" || decision == "more-time"
    }

    /// When a form says that its alert loses its meaning, which the signed claims then say too.
    ///
    /// - Parameters:
    ///   - form: the form.
    ///   - header: the header that it goes with.
    /// - Returns: nil for forms that say nothing of it.
    package static func expiry(of form: JSONValue, _ header: AlertHeader) -> WallTime? {
        guard header.kind == .interdiction, [.alert, .update, .request].contains(header.message)
        else { return nil }
        return form.objectValue?["expires"]?.stringValue.flatMap { RFC3339.parse($0) }
    }

    /// Article 12(10)(a) of the 1988 Convention: the importing state has time to answer before the
    /// goods leave; what amends or withdraws a notification cites it.
    private static func notificationProblems(
        _ form: JSONValue,
        _ header: AlertHeader
    ) -> [FormProblem] {
        guard [.alert, .update, .request].contains(header.message) else { return [] }
        var problems: [FormProblem] = []
        let stage = form.objectValue?["stage"]?.stringValue ?? "original"
        if header.references.isEmpty, stage != "original" {
            problems.append(
                FormProblem(field: "references", value: nil, rule: "rule.cites-notification")
            )
        }
        guard stage != "withdrawn" else { return problems }
        guard let replyBy = header.replyBy else {
            if header.message != .request {
                problems.append(
                    FormProblem(field: "reply-by", value: nil, rule: "rule.notification-deadline")
                )
            }
            return problems
        }
        if let dispatch = form.objectValue?["dispatch"]?.stringValue,
            let end = RFC3339.parse(dispatch + "T23:59:59Z"), end < replyBy
        {
            problems.append(
                FormProblem(
                    field: "reply-by",
                    value: RFC3339.format(replyBy),
                    rule: "rule.reply-before-dispatch"
                )
            )
        }
        return problems
    }
}
