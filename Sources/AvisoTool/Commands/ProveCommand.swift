import Alerts
import AvisoClient

/// The command `aviso prove`.
enum ProveCommand: Command {
    static let specification = CommandSpecification(
        name: "prove",
        discussion: """
            The proof is made from the hash tiles over HTTPS, and is verified before it is written.
            It carries the entry, so that verify-receipt needs nothing else. An agency names an
            alert whose receipt its profile keeps; auditors and operators name any index.
            """,
        options: [EntryOption.out, CommonOption.json],
        operands: [EntryOption.entry]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let bytes = try profile.prove(try EntryOption.name(arguments))
        try EntryOption.write(bytes, arguments, context)
    }
}

/// The command `aviso receipt`.
enum ReceiptCommand: Command {
    static let specification = CommandSpecification(
        name: "receipt",
        discussion: """
            The file is the alert's statement with its receipt in the header 394 (a transparent
            statement, RFC 9943), as publish keeps it; with --bare it is the receipt alone. The
            broker gives it to author, recipients, auditors and operators.
            """,
        options: [
            EntryOption.out, .flag("bare", "the receipt without the statement"),
            CommonOption.json,
        ],
        operands: [EntryOption.entry]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let bytes = try profile.receipt(
            of: try EntryOption.name(arguments),
            isBare: arguments.has("bare")
        )
        try EntryOption.write(bytes, arguments, context)
    }
}

/// What the commands on one entry share.
private enum EntryOption {
    static let out = OptionSpecification.value("out", "FILE", "where to", isRequired: true)
    static let entry = OperandSpecification(
        name: "ENTRY",
        help: "an index of the log, or an alert as urn:uuid:...",
        isRequired: true
    )

    static func name(_ arguments: ParsedArguments) throws(UsageError) -> LogEntryName {
        guard let name = LogEntryName(arguments.operands[0]) else {
            throw UsageError(message: "\(arguments.operands[0]) is no index and no urn:uuid:...")
        }
        return name
    }

    static func write(
        _ bytes: [UInt8],
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) throws {
        let path = arguments["out"] ?? ""
        let file = try Files.create(path)
        defer { Files.close(file) }
        try Files.write(bytes, to: file, path)
        guard arguments.isJSON else {
            Output.line(context.speech("proof.written", path))
            return
        }
        var json = JSONText()
        json.add("file", path)
        json.add("bytes", UInt64(bytes.count))
        json.add("verified", true)
        Output.line(json.text)
    }
}
