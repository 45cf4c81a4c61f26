import Alerts
import AvisoClient

/// The command `aviso case`.
enum CaseCommand: Command {
    static let specification = CommandSpecification(
        name: "case",
        discussion: """
            case list         all cases that this agency takes part in, the latest statement last
            case show ALERT   the statements of the case that an alert belongs to, as a tree
            A case is made of the statements that cite each other, directly or over others. It is
            open, answered, overdue, cancelled, retracted or expired; each statement that was
            replaced, withdrawn or has expired is marked. What is cited and not known to this agency
            is named. Auditors and operators see the cases of everybody, without contents.
            """,
        options: [
            .value("state", "STATES", "for list: open, answered, overdue and so on, by commas"),
            .flag("contents", "for show: the forms too that this agency has received"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(name: "ACTION", help: "list or show", isRequired: true),
            OperandSpecification(
                name: "ALERT",
                help: "for show: an alert of the case, as urn:uuid:... or index",
                isRequired: false
            ),
        ]
    )

    static let alertOperand = OperandSpecification(
        name: "ALERT",
        help: "the alert, as urn:uuid:... or index",
        isRequired: true
    )

    private static let states = [
        "open", "answered", "overdue", "cancelled", "retracted", "expired",
    ]

    /// An alert as it is named on the command line.
    static func name(_ text: String) throws(UsageError) -> LogEntryName {
        guard let name = LogEntryName(text) else {
            throw UsageError(message: "\(text) is no urn:uuid:... and no index")
        }
        return name
    }

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let isJSON = arguments.isJSON
        switch (arguments.operands[0], arguments.operands.dropFirst().first) {
        case ("list", nil):
            guard !arguments.has("contents") else {
                throw UsageError(message: "--contents is for case show")
            }
            let wanted = try states(arguments)
            for found in try context.profile().cases() where wanted.contains(found.state) {
                Output.line(isJSON ? CaseText.json(found) : CaseText.people(found, context.speech))
            }
        case ("show", let alert?):
            guard arguments["state"] == nil else {
                throw UsageError(message: "--state is for case list")
            }
            let found = try await context.profile().agencyCase(
                of: try name(alert),
                withContents: arguments.has("contents")
            )
            if !isJSON { Output.line(CaseText.people(found, context.speech)) }
            for statement in found.statements {
                Output.line(
                    isJSON
                        ? CaseText.json(statement, of: found)
                        : CaseText.people(statement, context.speech)
                )
            }
        case ("show", nil):
            throw UsageError(message: "case show needs ALERT: \(alertOperand.help)")
        case ("list", _):
            throw UsageError(message: "case list takes no ALERT; case show does")
        case (let action, _):
            throw UsageError(message: "case has no action \(action): write list or show")
        }
    }

    private static func states(_ arguments: ParsedArguments) throws(UsageError) -> Set<String> {
        guard let text = arguments["state"] else { return Set(states) }
        let wanted = text.split(separator: ",").map(String.init)
        if let word = wanted.first(where: { !states.contains($0) }) {
            throw UsageError(
                message: "--state \(word) is none of \(states.joined(separator: ", "))"
            )
        }
        return Set(wanted)
    }
}

/// Cases as text.
enum CaseText {
    static func json(_ found: AgencyCase) -> String {
        var json = JSONText()
        json.add("case", found.opening)
        json.add("state", found.state)
        json.add("status", found.status)
        json.add("channel", found.channel)
        json.add("kind", found.kind)
        json.add("statements", UInt64(found.statements.count))
        json.add("latest", found.latest)
        json.add("asked", found.isAsked)
        if let due = found.due { json.add("due", due) }
        if !found.unknown.isEmpty { json.add("unknown", json: list(found.unknown)) }
        return json.text
    }

    static func json(_ statement: AgencyCase.Statement, of found: AgencyCase) -> String {
        var json = JSONText()
        json.add("case", found.opening)
        json.add("case-state", found.state)
        json.add("index", statement.index)
        json.add("time", statement.time)
        json.add("alert", statement.alert)
        json.add("from", statement.author)
        json.add("to", json: list(statement.recipients))
        json.add("depth", UInt64(statement.depth))
        json.add("state", statement.state)
        json.add("stale", statement.isStale)
        if let end = statement.endedBy { json.add("ended-by", end) }
        json.add("labels", json: AlertText.labels(statement.labels).text)
        if !statement.unknown.isEmpty { json.add("unknown", json: list(statement.unknown)) }
        if !statement.silent.isEmpty { json.add("silent", json: list(statement.silent)) }
        if statement.isErased { json.add("redacted", true) }
        json.add("verified", statement.isVerified)
        if let form = statement.form {
            json.add("form", json: AvisoClient.oneLine(form: form))
        } else if let problem = statement.formProblem {
            json.add("form-problem", problem)
        }
        return json.text
    }

    private static func list(_ texts: [String]) -> String {
        "[" + texts.map(JSONText.quote).joined(separator: ",") + "]"
    }

    static func people(_ found: AgencyCase, _ speech: Speech) -> String {
        let mark = speech.mark(status: found.status)
        var text = mark + speech("state.\(found.state)") + "  \(found.channel)/\(found.kind)  "
        text += found.opening + "  "
        text += speech("case.size", "\(found.statements.count)", found.latest)
        if let due = found.due {
            text += "  " + speech("case.due", due)
        } else if found.isAsked {
            text += "  " + speech("track.asked")
        }
        for alert in found.unknown { text += "\n\(mark)  " + speech("case.unknown", alert) }
        return text
    }

    static func people(_ statement: AgencyCase.Statement, _ speech: Speech) -> String {
        let mark = speech.mark(status: statement.status)
        let space = String(repeating: "  ", count: min(statement.depth, 16) + 1)
        let labels = statement.labels
        let tlp = labels.first { $0.name == "tlp" }?.value ?? ""
        var text = "\(mark)\(space)\(statement.index)  \(statement.time)  \(statement.author) > "
        text += statement.recipients.joined(separator: ", ")
        text += "  \(statement.message)  \(tlp)  \(statement.alert)"
        if statement.isStale { text += "  " + speech("state.\(statement.state)") }
        if let end = statement.endedBy { text += " (\(end))" }
        if statement.isErased { text += "  (\(speech("alert.redacted")))" }
        text += "  " + speech(statement.isVerified ? "replay.verified" : "case.unverified")
        var lines: [String] = []
        let shown: Set = ["channel", "kind", "status", "message", "tlp", "reference"]
        let rest = labels.filter { !shown.contains($0.name) }
            .map { "\(speech.label($0.name)): \(Printable.text($0.value))" }
        if !rest.isEmpty { lines.append(rest.joined(separator: "; ")) }
        lines += statement.unknown.map { speech("case.unknown", $0) }
        if !statement.silent.isEmpty {
            lines.append(speech("case.silent", statement.silent.joined(separator: ", ")))
        }
        if let form = statement.form {
            let lined = AvisoClient.indented(form: form).split(separator: "\n")
            lines += lined.map { Printable.text(String($0)) }
        } else if let problem = statement.formProblem {
            lines.append(speech("case.form.\(problem)"))
        }
        return ([text] + lines.map { "\(mark)\(space)  \($0)" }).joined(separator: "\n")
    }
}
