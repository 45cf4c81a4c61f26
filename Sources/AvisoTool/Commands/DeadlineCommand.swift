import Alerts
import AvisoClient

/// The command `aviso deadline`.
enum DeadlineCommand: Command {
    static let specification = CommandSpecification(
        name: "deadline",
        discussion: """
            The statement is signed with the log's key and says, for the log of size n: whose answer
            or acknowledgement stood in it, at which index, whether it came late, and whose did not.
            It is verified, and written to --out; with --verify a file is verified offline, with
            nothing but the keys of the profile, and with --replay an auditor holds it against the
            log's entries too. The broker gives it to author, recipients, auditors and operators,
            over HTTPS.
            """,
        options: [
            .value("out", "FILE", "where the statement is written to"),
            .value("verify", "FILE", "a statement that is verified offline, without ALERT"),
            .flag("replay", "with --verify: read the entries up to its size, and compare"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(
                name: "ALERT",
                help: "an index of the log, or an alert of this profile as urn:uuid:...",
                isRequired: false
            )
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let bytes: [UInt8]
        if let file = arguments["verify"] {
            guard arguments.operands.isEmpty, arguments["out"] == nil else {
                throw UsageError(message: "--verify goes without ALERT and --out")
            }
            bytes = try Files.read(file)
            if arguments.has("replay") { try await replay(bytes, profile) }
        } else {
            guard !arguments.has("replay") else {
                throw UsageError(message: "--replay goes with --verify")
            }
            guard let operand = arguments.operands.first, let name = LogEntryName(operand) else {
                throw UsageError(message: "ALERT must be an index or urn:uuid:...")
            }
            bytes = try profile.deadlineStatement(of: name)
        }
        let standing = try profile.verifyDeadlineStatement(bytes)
        if let path = arguments["out"] {
            let file = try Files.create(path)
            defer { Files.close(file) }
            try Files.write(bytes, to: file, path)
        }
        DeadlineText.write(standing, isSigned: true, arguments, context)
    }

    private static func replay(_ bytes: [UInt8], _ profile: AvisoProfile) async throws {
        guard !profile.isAgency else {
            throw UsageError(message: "the log's entries are for auditors and operators")
        }
        let client = try await AvisoClient.connect(profile: profile)
        _ = try await client.checkAgainstLog(deadlineStatement: bytes)
        await client.close()
    }
}

/// The command `aviso deadlines`.
enum DeadlinesCommand: Command {
    static let specification = CommandSpecification(
        name: "deadlines",
        discussion: """
            The list holds what this agency has asked and is asked, as the log stands, over HTTPS.
            With --follow it shows the log's notices instead: that a deadline comes near, that it
            has passed without reply, that somebody has spoken late. Each is an entry of the log;
            --prove fetches the proof of that. Without --from they begin at the present, or where
            the session stands.
            """,
        options: [
            .flag("follow", "show notices as they come"),
            .value("from", "START", "with --follow: an index of the log, or an RFC 3339 time"),
            .value("count", "N", "with --follow: end after N notices"),
            .value(
                "session",
                "NAME",
                "with --follow: a durable session of this name, for this command and these filters"
            ),
            .flag("prove", "with --follow: prove that each stands in the log, over HTTPS"),
            CommonOption.json,
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        guard arguments.has("follow") else {
            let names = ["from", "count", "session"].filter { arguments[$0] != nil }
            guard names.isEmpty, !arguments.has("prove") else {
                let name = names.first ?? "prove"
                throw UsageError(message: "--\(name) goes with --follow")
            }
            for standing in try profile.deadlines() {
                DeadlineText.write(standing, isSigned: false, arguments, context)
            }
            return
        }
        try await follow(profile, arguments, context)
    }

    private static func follow(
        _ profile: AvisoProfile,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) async throws {
        let count = try arguments.unsigned("count")
        var options = AvisoClient.Options()
        options.session = arguments["session"]
        let start = try await arguments.start(profile)
        let client = try await AvisoClient.connect(profile: profile, options: options)
        let notices = try await client.deadlineNotices(
            from: start,
            proving: arguments.has("prove")
        )
        Output.note(context.speech("subscribe.begun", "$aviso/deadlines"))
        let isJSON = arguments.isJSON
        var received: UInt64 = 0
        while count.map({ received < $0 }) ?? true, let notice = try await notices.next() {
            received += 1
            Output.line(
                isJSON ? DeadlineText.json(notice) : DeadlineText.people(notice, context.speech)
            )
        }
        notices.acknowledge()
        await client.close()
    }
}
