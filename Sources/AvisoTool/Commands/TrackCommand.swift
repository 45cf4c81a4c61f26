import Alerts
import AvisoClient

/// The command `aviso track`.
enum TrackCommand: Command {
    static let specification = CommandSpecification(
        name: "track",
        discussion: """
            For each recipient: when which of its stations took the alert (as the broker's log has
            it), and what the agency has signed: acknowledgement, answers, and that its copy was
            erased. An answer that is not there when the time is over is overdue. Auditors and
            operators track any alert. --follow goes on live; --until ends it, with exit code 0,
            when every recipient has come so far: delivered, acknowledged, answered or purged.
            """,
        options: [
            .flag("follow", "go on, and show each change"),
            .value("until", "STAGE", "follow up to a stage of all recipients"), CommonOption.json,
        ],
        operands: [CaseCommand.alertOperand]
    )

    private static let stages = ["delivered", "acknowledged", "answered", "purged"]

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let name = try CaseCommand.name(arguments.operands[0])
        let stage = arguments["until"]
        if let stage, !stages.contains(stage) {
            throw UsageError(message: "--until is one of \(stages.joined(separator: ", "))")
        }
        let profile = try context.profile()
        let tracker = try AlertTracker(name, profile: profile)
        var screen = TrackScreen(
            speech: context.speech,
            isJSON: arguments.isJSON
        )
        guard arguments.has("follow") || stage != nil else {
            try tracker.update()
            return screen.show(tracker.alert)
        }
        let client = try await AvisoClient.connect(profile: profile)
        try await tracker.follow(client) { alert in
            screen.show(alert)
            guard let stage else { return true }
            return !alert.recipients.allSatisfy { hasReached($0, stage) }
        }
        await client.close()
    }

    private static func hasReached(_ recipient: TrackedAlert.Recipient, _ stage: String) -> Bool {
        switch stage {
        case "delivered": !recipient.deliveries.isEmpty
        case "acknowledged": recipient.acknowledgement != nil
        case "answered": !recipient.answers.isEmpty
        default: recipient.purge != nil
        }
    }
}

/// What is shown of a tracked alert: all of it at first, then what has changed.
struct TrackScreen {
    let speech: Speech
    let isJSON: Bool
    private var shown: [String] = []

    init(speech: Speech, isJSON: Bool) {
        self.speech = speech
        self.isJSON = isJSON
    }

    mutating func show(_ alert: TrackedAlert) {
        let lines =
            isJSON
            ? alert.recipients.map { TrackText.json($0, of: alert) }
            : TrackText.people(alert, speech)
        for line in lines where !shown.contains(line) { Output.line(line) }
        shown = lines
    }
}

/// A tracked alert as text.
enum TrackText {
    static func json(_ recipient: TrackedAlert.Recipient, of alert: TrackedAlert) -> String {
        var json = JSONText()
        json.add("index", alert.index)
        json.add("alert", alert.alert)
        json.add("status", alert.status)
        json.add("state", alert.state)
        json.add("stale", alert.isStale)
        json.add("recipient", recipient.agency)
        json.add("delivered", json: list(recipient.deliveries, "station"))
        json.add("skipped", json: list(recipient.skips, "station"))
        if let event = recipient.acknowledgement {
            json.add("acknowledged", json: text(event, "alert"))
        }
        json.add("acknowledgement", recipient.acknowledging.rawValue)
        if let due = alert.acknowledgeBy { json.add("acknowledge-by", due) }
        json.add("answer", recipient.answering.rawValue)
        if let replyBy = alert.replyBy { json.add("reply-by", replyBy) }
        json.add("answers", json: list(recipient.answers, "alert"))
        if let event = alert.cancel { json.add("cancelled", json: text(event, "alert")) }
        if !alert.updates.isEmpty { json.add("updates", json: list(alert.updates, "alert")) }
        if let event = alert.erasure { json.add("erased", json: text(event, "alert")) }
        if let event = recipient.purge { json.add("purged", json: text(event, "alert")) }
        if !alert.unverified.isEmpty {
            let indexes = alert.unverified.map { "\($0)" }.joined(separator: ",")
            json.add("unverified", json: "[\(indexes)]")
        }
        return json.text
    }

    private static func list(_ events: [TrackedAlert.Event], _ name: String) -> String {
        "[" + events.map { text($0, name) }.joined(separator: ",") + "]"
    }

    private static func text(_ event: TrackedAlert.Event, _ name: String) -> String {
        var json = JSONText()
        json.add("time", event.time)
        json.add("index", event.index)
        if let by = event.by { json.add(name, by) }
        return json.text
    }

    static func people(_ alert: TrackedAlert, _ speech: Speech) -> [String] {
        let mark = speech.mark(status: alert.status)
        var head = "\(mark)\(alert.index)  \(alert.alert)  \(alert.channel)/\(alert.kind)"
        if alert.isStale { head += "  " + speech("state.\(alert.state)") }
        if let event = alert.erasure { head += "  " + speech("track.erased", event.time) }
        return [head] + alert.recipients.map { mark + line($0, alert, speech) }
            + alert.unverified.map { mark + "  \($0)  " + speech("case.unverified") }
    }

    private static func line(
        _ recipient: TrackedAlert.Recipient,
        _ alert: TrackedAlert,
        _ speech: Speech
    ) -> String {
        var parts: [String] = []
        for event in recipient.deliveries {
            let station = event.by?.split(separator: ":").last.map(String.init) ?? ""
            parts.append(speech("track.delivered", event.time, Printable.text(station)))
        }
        if recipient.deliveries.isEmpty {
            parts.append(speech(recipient.skips.isEmpty ? "track.waiting" : "track.skipped"))
        }
        if let event = recipient.acknowledgement {
            parts.append(speech("track.acknowledged", event.time))
        }
        let noteBy = alert.acknowledgeBy ?? ""
        switch recipient.acknowledging {
        case .awaited: parts.append(speech("track.note-awaited", noteBy))
        case .overdue: parts.append(speech("track.note-overdue", noteBy))
        case .late: parts.append(speech("track.note-late", noteBy))
        default: break
        }
        let replyBy = alert.replyBy ?? ""
        let answer = recipient.answers.last?.time ?? ""
        switch recipient.answering {
        case .awaited where alert.replyBy == nil: parts.append(speech("track.asked"))
        case .awaited: parts.append(speech("track.awaited", replyBy))
        case .overdue: parts.append(speech("track.overdue", replyBy))
        case .answered: parts.append(speech("track.answered", answer))
        case .late: parts.append(speech("track.late", answer, replyBy))
        default: break
        }
        if let event = recipient.purge { parts.append(speech("track.purged", event.time)) }
        return "  \(recipient.agency)  " + parts.joined(separator: "; ")
    }
}
