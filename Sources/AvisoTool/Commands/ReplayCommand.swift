import AvisoClient

/// The command `aviso replay`.
enum ReplayCommand: Command {
    static let specification = CommandSpecification(
        name: "replay",
        summary: "Read the log from an index or time on; for auditors, verify all of it.",
        discussion: """
            An auditor or operator reads every entry; --verify checks each author's signature, each
            count and time, and that the entries give the signed root and tally (it begins at 0).
            An agency reads its own alerts again with `aviso subscribe --from`.
            """,
        options: [
            .value("from", "START", "an index of the log, or an RFC 3339 time (default 0)"),
            .flag("verify", "check everything; needs --from 0 and an auditor's profile"),
            CommonOption.json,
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let start = arguments["from"].map { text in
            UInt64(text).map { ReplayStart.index($0) } ?? .time(text)
        }
        if arguments.has("verify"), start != nil, start != .index(0) {
            throw UsageError(message: "--verify begins at the genesis: leave --from out, or 0")
        }
        guard !profile.isAgency else {
            throw UsageError(
                message: "the log's entries are for auditors and operators: an agency reads its "
                    + "alerts again with subscribe --from"
            )
        }
        let client = try await AvisoClient.connect(profile: profile)
        let checkpoint = try await client.checkpoint()
        try await replayLog(
            client,
            profile,
            from: start ?? .index(0),
            checkpoint,
            arguments,
            context
        )
        await client.close()
    }

    private static func replayLog(
        _ client: AvisoClient,
        _ profile: AvisoProfile,
        from start: ReplayStart,
        _ checkpoint: LogCheckpoint,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) async throws {
        let isJSON = arguments.has("json") || !Output.isTerminal
        var audit = arguments.has("verify") ? LogAudit(profile: profile) : nil
        var alertCount = 0
        try await client.replay(from: start, upTo: checkpoint) { index, entry, isRedacted in
            let record =
                try audit?.check(entry, index: index)
                ?? AvisoClient.record(entry, index: index)
            if record.type == "alert" { alertCount += 1 }
            Output.line(
                isJSON
                    ? RecordText.json(record, isRedacted: isRedacted)
                    : RecordText.people(record, isRedacted: isRedacted, context.speech)
            )
        }
        guard let audit else { return }
        try audit.conclude(checkpoint)
        guard isJSON else {
            Output.line(
                context.speech(
                    "replay.concluded",
                    "\(audit.size)",
                    "\(alertCount)",
                    checkpoint.root
                )
            )
            return
        }
        var json = JSONText()
        json.add("verified", true)
        json.add("entries", audit.size)
        json.add("alerts", UInt64(alertCount))
        json.add("root", checkpoint.root)
        Output.line(json.text)
    }
}

/// An entry as text.
enum RecordText {
    static func json(_ record: LogRecord, isRedacted: Bool = false) -> String {
        var json = JSONText()
        json.add("index", record.index)
        json.add("type", record.type)
        json.add("time", record.time)
        for detail in record.details { json.add(detail.name, detail.value) }
        if !record.counts.isEmpty { json.add("count", record.counts) }
        if isRedacted { json.add("redacted", true) }
        if record.isVerified { json.add("verified", true) }
        return json.text
    }

    static func people(
        _ record: LogRecord,
        isRedacted: Bool = false,
        _ speech: Speech
    ) -> String {
        let status = record.details.first { $0.name == "status" }?.value ?? "actual"
        let isAlert = record.type == "alert"
        var text = (isAlert ? speech.mark(status: status) : "")
        text += "\(record.index)  \(record.time)  \(record.type)"
        for detail in record.details { text += "  \(detail.name)=\(Printable.text(detail.value))" }
        for (agency, count) in record.counts.sorted(by: { $0.key < $1.key }) {
            text += "  \(agency)#\(count)"
        }
        if isRedacted { text += "  (\(speech("alert.redacted")))" }
        return text + (record.isVerified ? "  " + speech("replay.verified") : "")
    }
}
