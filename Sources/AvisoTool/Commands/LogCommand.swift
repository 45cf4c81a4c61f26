import AvisoClient

/// The command `aviso log`.
enum LogCommand: Command {
    static let specification = CommandSpecification(
        name: "log",
        summary: "Copy a log's folder, and go on from a copy.",
        discussion: """
            log export FOLDER DIR   copy the log of a broker, which may be running, into a new
                                    folder; every entry is verified on the way
            log import DIR FOLDER   make the log's folder of a new broker that goes on where the
                                    copy ends; its first entry is the change to its own key
            The profile says which log and key are trusted.
            """,
        options: [CommonOption.json],
        operands: [
            OperandSpecification(name: "ACTION", help: "one of the above", isRequired: true),
            OperandSpecification(name: "FROM", help: "the folder to read", isRequired: true),
            OperandSpecification(name: "TO", help: "the folder to make", isRequired: true),
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let (source, target) = (arguments.operands[1], arguments.operands[2])
        switch arguments.operands[0] {
        case "export":
            let copied = try LogArchive.export(source, to: target, profile: profile)
            write(copied, target, arguments, context)
        case "import":
            let copied = try LogArchive.import(source, to: target, profile: profile)
            write(copied, target, arguments, context)
            if !isJSON(arguments) { Output.line(context.speech("log.continue")) }
        default:
            throw UsageError(message: "log has no action \(arguments.operands[0])")
        }
    }

    private static func isJSON(_ arguments: ParsedArguments) -> Bool {
        arguments.has("json") || !Output.isTerminal
    }

    private static func write(
        _ copied: LogArchive,
        _ target: String,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        guard isJSON(arguments) else {
            Output.line(context.speech("log.copied", "\(copied.size)", copied.origin, target))
            return
        }
        var json = JSONText()
        json.add("origin", copied.origin)
        json.add("size", copied.size)
        json.add("root", copied.root)
        json.add("bytes", copied.byteCount)
        json.add("segments", UInt64(copied.segmentCount))
        json.add("folder", target)
        Output.line(json.text)
    }
}
