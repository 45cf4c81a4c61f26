import Alerts
import AvisoClient

/// The command `aviso subscribe`.
enum SubscribeCommand: Command {
    static let specification = CommandSpecification(
        name: "subscribe",
        discussion: """
            Without --from it begins at the present; with --session NAME the broker keeps what comes
            while nobody listens. A session belongs to one command with one set of filters: another
            command, or the same with other filters, takes a session of its own. Exercises and tests
            are left out unless --include asks for them. An alert that does not verify ends it with
            exit code 1. The labels stand in front of the form; with --labels they are all that is
            shown. JSON tells of an exercise or test that was left out its index and count alone, in
            a line of its own or with --count in that of the next alert, so that prove-complete
            --received misses nothing.
            """,
        options: [
            .value("channel", "CHANNEL", "one channel, or # for all (default #)"),
            .value("kind", "KIND", "one kind alone (default all)"),
            .value("from", "START", "an index of the log, or an RFC 3339 time"),
            .value("count", "N", "end after N alerts"),
            .value(
                "session",
                "NAME",
                "a durable session of this name, for this command and these filters"
            ),
            .value("keep", "DIR", "keep each alert there as it came, to be verified again"),
            .value("include", "STATUSES", "exercise, test or both by a comma (default neither)"),
            .value("attachments", "DIR", "save attachments as they come, a folder for each alert"),
            .flag("labels", "the signed labels alone, without the form"),
            CommonOption.json,
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let filter = try filter(arguments)
        let count = try arguments.unsigned("count")
        let shown = try statuses(arguments)
        let kept = arguments["keep"].map { KeptAlerts($0) }
        var options = AvisoClient.Options()
        options.session = arguments["session"]
        let start = try await arguments.start(profile)
        let client = try await AvisoClient.connect(profile: profile, options: options)
        let alerts = try await client.subscribe(
            to: filter,
            from: start,
            including: nil
        )
        Output.note(context.speech("subscribe.begun", filter))
        let bar = TransferBar(context.speech)
        var received: UInt64 = 0
        var leftOut: [String] = []
        while count.map({ received < $0 }) ?? true, let alert = try await alerts.next() {
            let isJSON = arguments.isJSON
            guard shown.contains(alert.status) else {
                let line = AlertText.leftOut(alert)
                // Who asked for so many alerts gets so many lines.
                if count != nil { leftOut.append(line) } else if isJSON { Output.line(line) }
                continue
            }
            received += 1
            // Kept before it is told, and acknowledged only behind both.
            try kept?.keep(alert)
            var files: [String] = []
            if let folder = arguments["attachments"] {
                files = try profile.downloadAttachments(of: alert, to: folder) { bar.show($0) }
                bar.clear()
            }
            let hasForm = !arguments.has("labels")
            Output.line(
                isJSON
                    ? AlertText.json(alert, files, hasForm: hasForm, behind: leftOut)
                    : AlertText.people(alert, context.speech, files, hasForm: hasForm)
            )
            leftOut = []
        }
        alerts.acknowledge()
        await client.close()
    }

    private static func statuses(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> Set<String> {
        let more = (arguments["include"] ?? "").split(separator: ",").map(String.init)
        if let word = more.first(where: { !["exercise", "test"].contains($0) }) {
            throw UsageError(message: "--include \(word) is not exercise or test")
        }
        return Set(["actual"] + more)
    }

    // A kind belongs to one channel, which need not be said too.
    private static func filter(_ arguments: ParsedArguments) throws(UsageError) -> String {
        let (channel, kind) = try arguments.topic()
        guard let channel else { return "alerts/#" }
        return "alerts/\(channel)/\(kind?.rawValue ?? "#")"
    }
}

/// An alert as text.
enum AlertText {
    /// Signed labels as a JSON object; what can stand several times is a list.
    static func labels(_ all: [ReceivedAlert.Label]) -> JSONText {
        var labels = JSONText()
        for detail in LogRecord.Detail.list(all) { labels.add(detail) }
        return labels
    }

    static func json(
        _ alert: ReceivedAlert,
        _ files: [String] = [],
        hasForm: Bool = true,
        behind leftOut: [String] = []
    ) -> String {
        var labels = labels(alert.labels)
        labels.add(
            "to",
            json: "[" + alert.recipients.map(JSONText.quote).joined(separator: ",") + "]"
        )
        var json = JSONText()
        json.add("index", alert.index)
        json.add("alert", alert.alert)
        json.add("from", alert.author)
        json.add("count", alert.count)
        json.add("issued", alert.issuedAt)
        if let expires = alert.expires { json.add("expires", expires) }
        if alert.isStale { json.add("stale", true) }
        if alert.isRedacted { json.add("redacted", true) }
        json.add("labels", json: labels.text)
        if !alert.attachments.isEmpty {
            let items = alert.attachments.enumerated().map { place, attachment in
                AttachmentText.json(attachment, file: files.isEmpty ? nil : files[place])
            }
            json.add("attachments", json: "[\(items.joined(separator: ","))]")
        }
        if hasForm { json.add("form", json: AvisoClient.oneLine(form: alert.form)) }
        json.add("verified", true)
        if !leftOut.isEmpty {
            json.add("left-out-before", json: "[\(leftOut.joined(separator: ","))]")
        }
        return json.text
    }

    /// What stands for an alert that was not asked for: that it came, and nothing of it.
    static func leftOut(_ alert: ReceivedAlert) -> String {
        var json = JSONText()
        json.add("index", alert.index)
        json.add("count", alert.count)
        json.add("left-out", alert.status)
        return json.text
    }

    static func people(
        _ alert: ReceivedAlert,
        _ speech: Speech,
        _ files: [String] = [],
        hasForm: Bool = true
    ) -> String {
        let mark = speech.mark(status: alert.status, isStale: alert.isStale)
        var text = "\(mark)\(alert.tlp)  \(alert.channel)/\(alert.kind)  "
        text += speech("alert.from", alert.author) + "\n"
        text +=
            "  " + speech("alert.number", alert.alert, "\(alert.index)", "\(alert.count)") + "\n"
        let recipients = alert.recipients.joined(separator: ", ")
        text += "  " + speech("alert.issued", alert.issuedAt, recipients) + "\n"
        if let expires = alert.expires {
            text += "  " + speech(alert.isStale ? "alert.expired" : "alert.valid", expires) + "\n"
        }
        if alert.isRedacted { text += "  " + speech("alert.redacted") + "\n" }
        let shown: Set = ["channel", "kind", "tlp"]
        for label in alert.labels where !shown.contains(label.name) {
            text += "  \(speech.label(label.name)): \(Printable.text(label.value))\n"
        }
        text += "  " + speech("alert.verified") + "\n"
        for (place, attachment) in alert.attachments.enumerated() {
            let file = files.isEmpty ? nil : files[place]
            text += "  " + AttachmentText.people(attachment, file: file, speech) + "\n"
        }
        guard hasForm else { return text + (mark.isEmpty ? "" : mark + "\n") }
        if !alert.isRedacted {
            for line in FormText.lines(of: alert.form, in: speech.language) {
                text += "    \(line)\n"
            }
        }
        if !mark.isEmpty { text += mark + "\n" }
        return text
    }
}
