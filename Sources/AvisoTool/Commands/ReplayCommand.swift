import Alerts
import AvisoClient
import Base

/// The command `aviso replay`.
enum ReplayCommand: Command {
    static let specification = CommandSpecification(
        name: "replay",
        discussion: """
            An auditor or operator reads every entry; --verify checks each author's signature, each
            count and time, and that the entries give the signed root and tally (it begins at 0).
            --verify sees all entries, also those that a filter does not show. --contents opens the
            alerts that name this member. --follow goes on without end, or up to --to.
            An agency reads its own alerts again with `aviso subscribe --from`.
            """,
        options: [
            .value("from", "START", "an index of the log, or an RFC 3339 time (default 0)"),
            .value("to", "END", "the last index, or an RFC 3339 time"),
            .value("channel", "CHANNEL", "alerts of one channel alone"),
            .value("kind", "KIND", "alerts of one kind alone"),
            .value("agency", "MEMBER", "what a member wrote, was sent, or did, such as CO:PONAL"),
            .value("type", "TYPE", "entries of one type alone, such as alert or refusal"),
            .flag("follow", "go on with what is appended, instead of ending at the checkpoint"),
            .flag("contents", "the contents too, where an alert names this profile's member"),
            .flag("verify", "check everything; needs --from 0 and an auditor's profile"),
            .flag("csv", "comma-separated values, with a header"),
            CommonOption.json,
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let start = try arguments.start()
        let filter = try ReplayFilter(arguments)
        try check(arguments, start, profile)
        let client = try await AvisoClient.connect(profile: profile)
        let checkpoint = try await client.checkpoint()
        try ParsedArguments.check(start, size: checkpoint.size)
        var replay = Replay(
            profile: profile,
            start: start ?? .index(0),
            checkpoint: checkpoint,
            filter: filter,
            arguments: arguments,
            speech: context.speech
        )
        try await replay.run(client)
        await client.close()
    }

    private static func check(
        _ arguments: ParsedArguments,
        _ start: ReplayStart?,
        _ profile: AvisoProfile
    ) throws(UsageError) {
        if arguments.has("verify") {
            guard start == nil || start == .index(0) else {
                throw UsageError(message: "--verify begins at the genesis: leave --from out, or 0")
            }
            guard !arguments.has("follow"), arguments["to"] == nil else {
                throw UsageError(
                    message: "--verify ends at the checkpoint: leave --follow and --to out"
                )
            }
        }
        guard !arguments.has("csv") || !arguments.has("json") && !arguments.has("contents") else {
            throw UsageError(message: "--csv goes without --json and --contents")
        }
        guard !profile.isAgency else {
            throw UsageError(
                message: "the log's entries are for auditors and operators: an agency reads its "
                    + "alerts again with subscribe --from"
            )
        }
    }
}

/// One run of `aviso replay`.
private struct Replay {
    let profile: AvisoProfile
    let start: ReplayStart
    let checkpoint: LogCheckpoint
    let filter: ReplayFilter
    let arguments: ParsedArguments
    let speech: Speech

    private var isCSV: Bool { arguments.has("csv") }
    private var isJSON: Bool { arguments.isJSON }

    mutating func run(_ client: AvisoClient) async throws {
        var audit = arguments.has("verify") ? LogAudit(profile: profile) : nil
        var alertCount = 0
        let contents =
            arguments.has("contents")
            ? try await AlertContents(profile: profile, from: start) : nil
        if isCSV { Output.line(RecordTable.header) }
        let size = arguments.has("follow") ? nil : checkpoint.size
        try await client.replay(from: start, upTo: size) { index, entry, isRedacted in
            let record =
                try audit?.check(entry, index: index)
                ?? AvisoClient.record(entry, index: index)
            if filter.isBehind(record) { return false }
            if record.type == "alert" { alertCount += 1 }
            if filter.wants(record) { try await show(record, isRedacted, contents) }
            return filter.lastIndex.map { index < $0 } ?? true
        }
        await contents?.close()
        guard let audit else { return }
        try audit.conclude(checkpoint)
        conclude(audit, alertCount)
    }

    private func show(
        _ record: LogRecord,
        _ isRedacted: Bool,
        _ contents: AlertContents?
    ) async throws {
        if isCSV { return Output.line(RecordTable.row(record)) }
        var alert: ReceivedAlert?
        if record.type == "alert", record.counts[profile.member] != nil {
            alert = try await contents?.alert(at: record.index)
        }
        guard isJSON else {
            Output.line(RecordText.people(record, isRedacted: isRedacted, speech))
            if let alert { Output.line(AlertText.people(alert, speech)) }
            return
        }
        let text = RecordText.json(record, isRedacted: isRedacted)
        guard let alert else { return Output.line(text) }
        Output.line("\(text.dropLast()),\"content\":\(AlertText.json(alert))}")
    }

    private func conclude(_ audit: LogAudit, _ alertCount: Int) {
        // A table has rows of entries alone; the exit code says that everything holds.
        guard !isCSV else { return }
        guard isJSON else {
            Output.line(
                speech(
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

extension LogRecord {
    /// Whether it is an alert that has lost its meaning.
    var isStale: Bool {
        guard type == "alert", let expires = self["expires"].flatMap({ RFC3339.parse($0) }) else {
            return false
        }
        return expires <= Clock.now()
    }
}

/// An entry as text.
enum RecordText {
    static func json(_ record: LogRecord, isRedacted: Bool = false) -> String {
        var json = JSONText()
        json.add("index", record.index)
        json.add("type", record.type)
        json.add("time", record.time)
        for detail in record.details { json.add(detail) }
        if record.isStale { json.add("stale", true) }
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
        let status = record["status"] ?? "actual"
        let isAlert = record.type == "alert"
        var text = isAlert ? speech.mark(status: status, isStale: record.isStale) : ""
        text += "\(record.index)  \(record.time)  \(record.type)"
        for detail in record.details { text += "  \(detail.name)=\(Printable.text(detail.text))" }
        for (agency, count) in record.counts.sorted(by: { $0.key < $1.key }) {
            text += "  \(agency)#\(count)"
        }
        if isRedacted { text += "  (\(speech("alert.redacted")))" }
        return text + (record.isVerified ? "  " + speech("replay.verified") : "")
    }
}
