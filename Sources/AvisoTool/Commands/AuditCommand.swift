import Alerts
import AvisoClient
import Base

/// The command `aviso audit`.
enum AuditCommand: Command {
    static let specification = CommandSpecification(
        name: "audit",
        discussion: """
            Reads the log over HTTPS, or a copied folder without a broker. What was verified is kept
            in audit.state in the profile's folder: the next audit goes on behind it, and holds the
            log to every checkpoint that it signed before. With log.witnesses in the profile the
            latest checkpoint must carry as many of their cosignatures as it says. The first broken
            rule is named with its index and both values, and the exit code is 1.
            """,
        options: [
            .flag("from-start", "begin at the genesis; the kept checkpoints still count"),
            .value("log", "DIR", "a copied folder of the log, instead of HTTPS"),
            .flag("tree-only", "leaves, roots and checkpoints alone; keeps nothing"),
            .value("state", "FILE", "another file than audit.state in the profile's folder"),
            CommonOption.json,
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        var options = AuditOptions()
        options.folder = arguments["log"]
        options.isFromStart = arguments.has("from-start")
        options.isTreeOnly = arguments.has("tree-only")
        options.stateFile = arguments["state"]
        let bar = ProgressBar(context.speech)
        let report = try await context.profile().audit(options) { bar.show($0) }
        bar.clear()
        let isJSON = arguments.isJSON
        if isJSON {
            Output.line(AuditText.json(report))
        } else {
            for line in AuditText.people(report, options, context.speech) { Output.line(line) }
        }
        if let violation = report.violation {
            throw AvisoError(.notVerified, violation.message)
        }
    }
}

/// A bar with rate and time left, on a terminal only.
final class ProgressBar {
    private let speech: Speech
    private let start = Clock.now()
    private let isShown = Output.errorIsTerminal

    init(_ speech: Speech) {
        self.speech = speech
    }

    func show(_ progress: AuditProgress) {
        guard isShown, progress.size > progress.start else { return }
        let milliseconds = max(1, Clock.now().milliseconds - start.milliseconds)
        let done = progress.done - progress.start
        let rate = done * 1000 / milliseconds
        let left = rate > 0 ? (progress.size - progress.done) / rate : 0
        let text = speech(
            "audit.progress",
            "\(progress.done)",
            "\(progress.size)",
            "\(rate)",
            BarText.clock(seconds: left)
        )
        Output.overwrite(BarText.bar(done, of: progress.size - progress.start) + text)
    }

    func clear() {
        if isShown { Output.overwrite("") }
    }
}

/// What an audit found, as text.
enum AuditText {
    static func json(_ report: AuditReport) -> String {
        var json = JSONText()
        json.add("origin", report.origin)
        json.add("size", report.size)
        json.add("root", report.root)
        json.add("start", report.start)
        json.add("verified-size", report.verified)
        json.add("bytes", report.byteCount)
        json.add("signatures", report.signatureCount)
        json.add("checkpoints", report.checkpointCount)
        json.add("kept", UInt64(report.keptCount))
        if let cosigned = report.cosigned {
            var part = JSONText()
            part.add("size", cosigned.size)
            part.add("witnesses", json: CosignerText.json(cosigned.cosigners))
            json.add("cosigned", json: part.text)
        }
        json.add("entry-types", report.entryCounts)
        json.add("agencies", json: "[\(report.agencies.map(agency).joined(separator: ","))]")
        let changes = report.keyChanges.map(keyChange).joined(separator: ",")
        json.add("key-changes", json: "[\(changes)]")
        let unknown = report.unknownMembers.map(JSONText.quote).joined(separator: ",")
        json.add("unknown-members", json: "[\(unknown)]")
        json.add("holds", report.violation == nil)
        if let violation = report.violation { json.add("violation", json: finding(violation)) }
        return json.text
    }

    private static func agency(_ agency: AuditReport.Agency) -> String {
        var json = JSONText()
        json.add("agency", agency.name)
        json.add("addressed", agency.addressed)
        json.add("unacknowledged", agency.unacknowledged)
        if let oldest = agency.oldest { json.add("oldest", oldest) }
        return json.text
    }

    private static func keyChange(_ change: AuditReport.KeyChange) -> String {
        var json = JSONText()
        json.add("index", change.index)
        json.add("member", change.member)
        json.add("key", change.key)
        return json.text
    }

    private static func finding(_ violation: AuditFinding) -> String {
        var json = JSONText()
        json.add("index", violation.index)
        json.add("kind", violation.kind)
        json.add("text", violation.text)
        json.add("expected", violation.expected)
        json.add("found", violation.found)
        return json.text
    }

    static func people(
        _ report: AuditReport,
        _ options: AuditOptions,
        _ speech: Speech
    ) -> [String] {
        var lines = [speech("audit.log", report.origin, "\(report.size)", report.root)]
        if report.verified > 0 {
            let now = report.verified - report.start
            lines.append(speech("audit.range", "0", "\(report.verified - 1)", "\(now)"))
        }
        lines.append(
            "  "
                + speech(
                    "audit.work",
                    "\(report.signatureCount)",
                    "\(report.checkpointCount)",
                    "\(report.byteCount)",
                    "\(report.keptCount)"
                )
        )
        if let cosigned = report.cosigned {
            lines.append("  " + CosignerText.people(cosigned.cosigners, cosigned.size, speech))
        }
        let types = report.entryCounts.sorted { $0.key < $1.key }
        if !types.isEmpty {
            let text = types.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            lines.append("  " + speech("audit.types", text))
        }
        for agency in report.agencies {
            let counts = ("\(agency.addressed)", "\(agency.unacknowledged)")
            var line = "  " + speech("audit.agency", agency.name, counts.0, counts.1)
            if let oldest = agency.oldest { line += "; " + speech("audit.oldest", "\(oldest)") }
            lines.append(line)
        }
        for change in report.keyChanges {
            let words = ("\(change.index)", change.member, change.key)
            lines.append("  " + speech("audit.key", words.0, words.1, words.2))
        }
        if !report.unknownMembers.isEmpty {
            let names = report.unknownMembers.joined(separator: ", ")
            lines.append("  " + speech("audit.unknown", names))
        }
        guard let violation = report.violation else {
            lines.append(options.isTreeOnly ? speech("audit.tree") : speech("audit.clean"))
            return lines
        }
        let text = Printable.text(violation.text)
        lines.append(speech("audit.broken", "\(violation.index)", violation.kind, text))
        let values = (Printable.text(violation.expected), Printable.text(violation.found))
        lines.append("  " + speech("audit.values", values.0, values.1))
        return lines
    }
}
