import Alerts
import AvisoClient
import Base

/// The command `aviso form`.
enum FormCommand: Command {
    static let specification = CommandSpecification(
        name: "form",
        summary: "Make, fill in, check and convert the forms of alerts.",
        discussion: """
            kinds            list the kinds by channel
            new KIND         a commented template; with --ask, questions on the terminal
            check FILE       check a form of --kind (JSON or JSON5), without profile or network
            schema KIND      the kind's JSON Schema (2020-12)
            cap FILE         a form of --kind as CAP 1.2, from --from to --to
            from-cap FILE    the form in a CAP 1.2 document
            reference        which lists of precursors, member states and working days are in use
            """,
        options: [
            .value("kind", "KIND", "the kind of the form"),
            .value("message", "TYPE", "check: alert, request, answer, cancel, ... (default alert)"),
            .flag("ask", "new: ask for each field; needs a terminal"),
            .value("out", "FILE", "write there instead of to standard output"),
            .value("from", "AGENCY", "cap: the author"),
            .value("to", "AGENCIES", "cap: who may read it, such as MX:FGR,US:DEA"),
            CommonOption.tlp, CommonOption.status,
        ],
        operands: [
            OperandSpecification(name: "ACTION", help: "one of the above", isRequired: true),
            OperandSpecification(name: "KIND|FILE", help: "what it is about", isRequired: false),
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        switch arguments.operands[0] {
        case "kinds": try write(kinds(), arguments)
        case "new": try new(arguments, context)
        case "check": try check(arguments, context)
        case "schema":
            let kind = try kind(named: operand(arguments))
            try write(AlertForm.jsonSchema(of: kind).indentedText + "\n", arguments)
        case "cap": try writeCAP(arguments)
        case "from-cap": try readCAP(arguments)
        case "reference":
            let reference = try context.reference()
            try write(
                "\(reference.precursorsVersion): \(reference.precursors.count)\n"
                    + "\(reference.membersVersion): \(reference.members.count)\n"
                    + "\(reference.calendarsVersion): \(reference.calendars.count)\n",
                arguments
            )
        default:
            throw UsageError(message: "form has no action \(arguments.operands[0])")
        }
    }

    private static func kinds() -> String {
        Channel.allCases.map { channel in
            let kinds = AlertKind.allCases.filter { $0.channel == channel }
            return "\(channel)\n" + kinds.map { "  \($0)\n" }.joined()
        }.joined()
    }

    private static func new(_ arguments: ParsedArguments, _ context: CommandContext) throws {
        let kind = try kind(named: operand(arguments))
        guard arguments.has("ask") else {
            try write(FormTemplate.text(of: kind, in: context.speech.language), arguments)
            return
        }
        guard Output.inputIsTerminal else {
            throw UsageError(message: "--ask needs a terminal; leave it out for a template")
        }
        var questions = FormQuestions(speech: context.speech, reference: try context.reference())
        let form = try questions.ask(for: AlertForm.schema(of: kind))
        try write(form.indentedText + "\n", arguments)
    }

    private static func check(_ arguments: ParsedArguments, _ context: CommandContext) throws {
        let kind = try kind(named: arguments["kind"])
        let word = arguments["message"] ?? "alert"
        guard let message = MessageType(rawValue: word) else {
            throw UsageError(message: "there is no type of message \(word)")
        }
        let path = try operand(arguments)
        let bytes = try FormFile.read(path)
        let form: JSONValue
        do throws(JSONError) {
            form = try JSONValue(parsing: bytes[...])
        } catch {
            throw AvisoError(.invalidInput, error.message)
        }
        let problems = AlertForm.schema(kind: kind, message: message)
            .problems(in: form, reference: try context.reference())
        guard problems.isEmpty else {
            let language = context.speech.language
            throw AvisoError(
                .notVerified,
                problems.map { $0.message(in: language) }.joined(separator: "\n")
            )
        }
        Output.line(context.speech("form.right", path, kind.rawValue))
    }

    private static func writeCAP(_ arguments: ParsedArguments) throws {
        let kind = try kind(named: arguments["kind"])
        let bytes = try FormFile.read(try operand(arguments))
        guard let from = arguments["from"], let to = arguments["to"] else {
            throw UsageError(message: "cap needs --from AGENCY and --to AGENCIES")
        }
        guard let tlp = TLP(label: arguments["tlp"] ?? "AMBER"),
            let status = Status(rawValue: arguments["status"] ?? "actual")
        else { throw UsageError(message: "--tlp or --status is no label that there is") }
        let now = Clock.now()
        var generator = SystemRandomNumberGenerator()
        do {
            let alert = try CAPAlert(
                identifier: UUID(
                    version7At: now,
                    random: (generator.next(), generator.next())
                ).urn,
                sender: from,
                sent: now,
                status: status,
                addresses: to.split(separator: ",").map(String.init),
                tlp: tlp,
                kind: kind,
                form: try JSONValue(parsing: bytes[...])
            )
            try write(alert.xml, arguments)
        } catch let error as CAPError {
            throw AvisoError(.invalidInput, error.message)
        } catch let error as JSONError {
            throw AvisoError(.invalidInput, error.message)
        }
    }

    private static func readCAP(_ arguments: ParsedArguments) throws {
        let kind = try arguments["kind"].map { try self.kind(named: $0) }
        let bytes = try Files.read(try operand(arguments))
        let alert: CAPAlert
        do throws(CAPError) {
            alert = try CAPAlert(xml: bytes, kind: kind)
        } catch {
            throw AvisoError(.invalidInput, error.message)
        }
        try write(alert.form.indentedText + "\n", arguments)
    }

    private static func operand(_ arguments: ParsedArguments) throws(UsageError) -> String {
        guard arguments.operands.count > 1 else {
            throw UsageError(message: "form \(arguments.operands[0]) needs its KIND or FILE")
        }
        return arguments.operands[1]
    }

    private static func kind(named name: String?) throws(UsageError) -> AlertKind {
        guard let name else { throw UsageError(message: "--kind KIND is missing") }
        guard let kind = AlertKind(rawValue: name) else {
            throw UsageError(message: "there is no kind \(name): see aviso form kinds")
        }
        return kind
    }

    private static func write(_ text: String, _ arguments: ParsedArguments) throws {
        guard let path = arguments["out"] else {
            Output.line(text, terminator: "")
            return
        }
        let descriptor = try Files.create(path)
        defer { Files.close(descriptor) }
        try Files.write(Array(text.utf8), to: descriptor, path)
    }
}
