import Alerts
import Base

/// How long recipients have: what the author writes, and what the form says of it.
extension AvisoProfile {
    // How far a moment may be from the class that the form names.
    private static let classToleranceMilliseconds: UInt64 = 3_600_000

    /// A moment of the signed header.
    ///
    /// - Parameters:
    ///   - choice: what the author wrote, with what it means; nil for nothing.
    ///   - key: the key of the header.
    ///   - recipients: who is to act.
    ///   - now: the moment of issue.
    /// - Returns: the moment, or nil.
    /// - Throws: ``AlertHeaderError`` for what means nothing, or is not after the issue.
    func due(
        _ choice: (text: String, meaning: DeadlineChoice?)?,
        _ key: String,
        _ recipients: [AgencyID],
        _ now: WallTime
    ) throws(AlertHeaderError) -> WallTime? {
        guard let choice else { return nil }
        guard let meaning = choice.meaning else {
            throw .invalid(key: key, value: choice.text, rule: DeadlineChoice.rule)
        }
        let due: WallTime
        do throws(DeadlineChoice.UnknownCalendar) {
            due = try meaning.due(
                issuedAt: now,
                recipients: recipients,
                calendars: reference.calendars
            )
        } catch {
            throw .invalid(key: key, value: choice.text, rule: error.rule)
        }
        guard due.seconds > now.seconds else {
            throw .invalid(key: key, value: choice.text, rule: "it must be after the issue")
        }
        return due
    }

    /// Whether a statement was issued behind the deadline of an alert that this profile published.
    ///
    /// The log decides by its own order, and says so in a notice; this is what the statement says.
    func isLate(_ statement: AlertStatement) -> Bool {
        let message = statement.header.message
        guard message == .answer || message == .acknowledgement else { return false }
        return statement.header.references.contains { reference in
            guard reference.role == nil,
                let own = publishedStatement(reference.alert.urn)?.header
            else { return false }
            let due = message == .answer ? own.replyBy : own.acknowledgeBy
            return due.map { $0 <= statement.issuedAt } ?? false
        }
    }

    /// What the author wrote, with what it means.
    func choice(_ text: String?) -> (text: String, meaning: DeadlineChoice?)? {
        text.map { (text: $0, meaning: DeadlineChoice($0)) }
    }

    /// The class of deadline that the form of a request for information names.
    func formClass(
        _ form: JSONValue?,
        _ kind: AlertKind,
        _ message: MessageType
    ) -> (text: String, meaning: DeadlineChoice?)? {
        guard kind == .informationRequest, message == .request,
            let word = form?.objectValue?["deadlineClass"]?.stringValue,
            let choice = DeadlineChoice(formClass: word)
        else { return nil }
        return (text: word, meaning: choice)
    }

    /// Whether the signed moment is the one of the form's class.
    func classProblems(
        _ form: JSONValue,
        _ header: AlertHeader,
        _ now: WallTime
    ) -> [FormProblem] {
        guard let replyBy = header.replyBy,
            let (word, meaning) = formClass(form, header.kind, header.message),
            let due = try? meaning?.due(issuedAt: now, recipients: [], calendars: [:])
        else { return [] }
        let difference =
            max(due, replyBy).milliseconds - min(due, replyBy).milliseconds
        guard difference > Self.classToleranceMilliseconds else { return [] }
        return [
            FormProblem(field: "deadlineClass", value: "\"\(word)\"", rule: "rule.deadline-class")
        ]
    }
}
