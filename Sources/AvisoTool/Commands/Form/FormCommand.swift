import Alerts
import AvisoClient
import Base

/// The command `aviso form`.
enum FormCommand: Command {
    static let specification = CommandSpecification(
        name: "form",
        discussion: """
            kinds            list the kinds by channel
            new KIND         a commented template; with --ask, questions on the terminal
            check FILE       check a form (JSON or JSON5), without profile or network
            schema KIND      the kind's JSON Schema (2020-12)
            cap FILE         a form of --kind as CAP 1.2, from --from to --to
            from-cap FILE    the form in a CAP 1.2 document
            reference        which lists of precursors, member states and duties are in use
            duties [COUNTRY] where exports have to be notified before they leave, and since when

            With --message the form is that of a statement about an alert of the kind, such as
            answer. check knows the kind by --kind, by the first line of a template, or by a file
            name such as interdiction.json.
            """,
        options: [
            .value("kind", "KIND", "the kind of the form"),
            .value("message", "TYPE", "alert, request, answer, cancel, ... (default alert)"),
            .flag("ask", "new: ask for each field; needs a terminal"),
            .value("out", "FILE", "write there instead of to standard output"),
            .value("from", "AGENCY", "cap: the author"),
            .value("to", "AGENCIES", "cap: who may read it, such as MX:FGR,US:DEA"),
            .value("cites", "TRIPLES", "cap: SENDER,IDENTIFIER,SENT of what it is about"),
            CommonOption.tlp, CommonOption.status, CommonOption.json,
        ],
        operands: [
            OperandSpecification(name: "ACTION", help: "one of the above", isRequired: true),
            OperandSpecification(name: "KIND|FILE", help: "what it is about", isRequired: false),
        ]
    )

    // What each action takes beside --json.
    private static let taken: [String: [String]] = [
        "kinds": ["out"], "new": ["message", "ask", "out"], "check": ["kind", "message"],
        "schema": ["message", "out"], "from-cap": ["kind", "out"], "reference": ["out"],
        "cap": ["kind", "message", "from", "to", "cites", "tlp", "status", "out"],
        "duties": ["out"],
    ]

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let action = arguments.operands[0]
        if let taken = taken[action] {
            let names = specification.options.map(\.name)
            for name in names where name != "json" && !taken.contains(name) {
                guard arguments[name] == nil, !arguments.has(name) else {
                    throw UsageError(message: "--\(name) is no option of form \(action)")
                }
            }
        }
        switch action {
        case "kinds": try writeKinds(arguments)
        case "new": try new(arguments, context)
        case "check": try check(arguments, context)
        case "schema":
            let kind = try kind(named: operand(arguments))
            let schema = AlertForm.jsonSchema(of: kind, message: try message(arguments))
            try write(schema.indentedText + "\n", arguments)
        case "cap": try writeCAP(arguments)
        case "from-cap": try readCAP(arguments, context)
        case "reference": try writeReference(try context.reference(), arguments)
        case "duties": try writeDuties(try context.reference(), arguments, context)
        default:
            throw UsageError(message: "form has no action \(action)")
        }
    }

    private static func new(_ arguments: ParsedArguments, _ context: CommandContext) throws {
        let kind = try kind(named: operand(arguments))
        let message = try message(arguments)
        guard arguments.has("ask") else {
            try write(
                FormTemplate.text(of: kind, message: message, in: context.speech.language),
                arguments
            )
            return
        }
        guard Output.inputIsTerminal else {
            throw UsageError(message: "--ask needs a terminal; leave it out for a template")
        }
        var questions = FormQuestions(speech: context.speech, reference: try context.reference())
        let schema = AlertForm.schema(kind: kind, message: message)
        let form = try questions.ask(for: schema)
        // What was typed is not lost, even where the fields together break a rule.
        try write(form.indentedText + "\n", arguments)
        let problems = schema.problems(in: form, reference: try context.reference())
        try refuse(problems, context)
    }

    private static func check(_ arguments: ParsedArguments, _ context: CommandContext) throws {
        let path = try operand(arguments)
        let written = try Files.read(path)
        let (kind, message) = try purpose(of: written, path, arguments)
        let bytes = try FormFile.json(written, path)
        let form: JSONValue
        do throws(JSONError) {
            form = try JSONValue(parsing: bytes[...])
        } catch {
            throw AvisoError(.invalidInput, error.wording)
        }
        let reference = try context.reference()
        let problems = AlertForm.schema(kind: kind, message: message)
            .problems(in: form, reference: reference)
        let name = AlertForm.name(kind: kind, message: message)
        let notes =
            name == kind.rawValue
            ? AlertForm.notes(on: form, kind: kind, reference: reference) : []
        if isJSON(arguments) {
            Output.line(CheckText.json(path, name, problems, notes, context.speech.language))
        }
        try refuse(problems, context)
        guard !isJSON(arguments) else { return }
        Output.line(context.speech("form.right", path, name))
        for note in notes { Output.line(note.text(in: context.speech.language)) }
    }

    private static func refuse(
        _ problems: [FormProblem],
        _ context: CommandContext
    ) throws(AvisoError) {
        guard !problems.isEmpty else { return }
        let language = context.speech.language
        throw AvisoError(
            .notVerified,
            problems.map { $0.message(in: language) }.joined(separator: "\n")
        )
    }

    // By the options, else by what a template says of itself, else by the name of the file.
    private static func purpose(
        of written: [UInt8],
        _ path: String,
        _ arguments: ParsedArguments
    ) throws(UsageError) -> (AlertKind, MessageType) {
        let found = AlertForm.purpose(of: written)
        var message = try message(arguments)
        if arguments["message"] == nil, let found { message = found.message }
        if let name = arguments["kind"] { return (try kind(named: name), message) }
        if let found { return (found.kind, message) }
        let file = path.split(separator: "/").last ?? ""
        guard let kind = AlertKind(rawValue: String(file.prefix { $0 != "." })) else {
            throw UsageError(message: "--kind KIND is missing")
        }
        return (kind, message)
    }

    static func message(_ arguments: ParsedArguments) throws(UsageError) -> MessageType {
        let word = arguments["message"] ?? "alert"
        guard let message = MessageType(rawValue: word) else {
            throw UsageError(message: "there is no type of message \(word)")
        }
        return message
    }

    static func operand(_ arguments: ParsedArguments) throws(UsageError) -> String {
        guard arguments.operands.count > 1 else {
            throw UsageError(message: "form \(arguments.operands[0]) needs its KIND or FILE")
        }
        return arguments.operands[1]
    }

    static func kind(named name: String?) throws(UsageError) -> AlertKind {
        guard let name else { throw UsageError(message: "--kind KIND is missing") }
        guard let kind = AlertKind(rawValue: name) else {
            throw UsageError(message: "there is no kind \(name): see aviso form kinds")
        }
        return kind
    }

    // A file that was named gets text unless JSON was asked for.
    static func isJSON(_ arguments: ParsedArguments) -> Bool {
        arguments["out"] == nil ? arguments.isJSON : arguments.has("json")
    }

    static func write(_ text: String, _ arguments: ParsedArguments) throws {
        guard let path = arguments["out"] else {
            Output.line(text, terminator: "")
            return
        }
        let descriptor = try Files.create(path)
        defer { Files.close(descriptor) }
        try Files.write(Array(text.utf8), to: descriptor, path)
    }
}

/// What a check of a form found, as text.
private enum CheckText {
    static func json(
        _ path: String,
        _ name: String,
        _ problems: [FormProblem],
        _ notes: [Phrase],
        _ language: Language
    ) -> String {
        var json = JSONText()
        json.add("file", path)
        json.add("form", name)
        json.add("valid", problems.isEmpty)
        let texts = problems.map { problem in
            var json = JSONText()
            json.add("field", problem.field)
            if let value = problem.value { json.add("value", value) }
            json.add("rule", problem.rule.key)
            json.add("message", problem.message(in: language))
            return json.text
        }
        json.add("problems", json: "[\(texts.joined(separator: ","))]")
        let words = notes.map { JSONText.quote($0.text(in: language)) }
        json.add("notes", json: "[\(words.joined(separator: ","))]")
        return json.text
    }
}
