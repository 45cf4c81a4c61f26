import Alerts
import AvisoClient

/// The command `aviso prove-complete`.
enum ProveCompleteCommand: Command {
    static let specification = CommandSpecification(
        name: "prove-complete",
        discussion: """
            The count comes from the tally that the latest checkpoint commits to, with its proof,
            over HTTPS. The alerts are read again from the broker and verified, or are those that
            `aviso subscribe --json` printed into FILE; of each it is proved that it stands in the
            log under its number, unless --quick believes the broker's numbers. A missing number is
            an alert that was addressed to this agency and is not held: deleted here, erased by an
            order, withheld by the broker, or of a channel that the agency may not read. The exit
            code is 1 unless all are held.
            """,
        options: [
            .value("received", "FILE", "alerts kept as JSON lines; - for standard input"),
            .value(
                "wait",
                "SECONDS",
                "how long to wait for the next alert, or a checkpoint as new as FILE (default 10)"
            ),
            .flag("quick", "do not fetch the proof of each alert's number"),
            CommonOption.json,
        ],
        operands: []
    )

    private static let waitDefaultSeconds: UInt64 = 10
    private static let waitMaxSeconds: UInt64 = 3600

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        guard profile.isAgency else {
            throw UsageError(message: "alerts are addressed to agencies; use an agency's profile")
        }
        let wait = try arguments.unsigned("wait") ?? waitDefaultSeconds
        guard (1...waitMaxSeconds).contains(wait) else {
            throw UsageError(message: "--wait is a number of seconds from 1 to \(waitMaxSeconds)")
        }
        let report: CompletenessReport
        if let file = arguments["received"] {
            report = try await AvisoClient.proveComplete(
                profile: profile,
                kept: try kept(file),
                waitSeconds: wait,
                trustsNumbers: arguments.has("quick")
            )
        } else {
            report = try await AvisoClient.proveComplete(
                profile: profile,
                silenceSeconds: wait,
                trustsNumbers: arguments.has("quick")
            )
        }
        if arguments.isJSON {
            Output.line(json(report))
        } else {
            Output.line(people(report, context.speech))
        }
        guard report.isComplete else {
            throw AvisoError(
                .notVerified,
                context.speech("complete.not", report.agency, "\(report.count)")
            )
        }
    }

    // The lines that `aviso subscribe --json` prints; of what it left out they have no identifier.
    private static func kept(_ file: String) throws -> [AvisoClient.KeptAlert] {
        var alerts: [AvisoClient.KeptAlert] = []
        try Files.readLines(file) { number, line in
            let value = try? JSONValue(parsing: line).objectValue
            let others = value?["left-out-before"]?.arrayValue?.map(\.objectValue) ?? []
            let kept = (others + [value]).compactMap { $0.flatMap { Self.kept($0) } }
            guard kept.count == others.count + 1 else {
                throw UsageError(
                    message: "\(file): line \(number) has no alert, index and count: "
                        + "`aviso subscribe --json` prints such lines"
                )
            }
            alerts += kept
        }
        return alerts
    }

    private static func kept(_ value: JSONObject) -> AvisoClient.KeptAlert? {
        let name = value["alert"]?.stringValue
        guard let count = value["count"].flatMap({ UInt64($0.text) }),
            let index = value["index"].flatMap({ UInt64($0.text) }),
            name != nil || value["left-out"] != nil
        else { return nil }
        return AvisoClient.KeptAlert(
            number: count,
            index: index,
            alert: name,
            isRedacted: value["redacted"]?.text == "true"
        )
    }

    private static func json(_ report: CompletenessReport) -> String {
        var json = JSONText()
        json.add("agency", report.agency)
        json.add("complete", report.isComplete)
        json.add("count", report.count)
        json.add("held", report.heldCount)
        let missing = report.missing.map { "[\($0.lowerBound),\($0.upperBound)]" }
        json.add("missing", json: "[\(missing.joined(separator: ","))]")
        let problems = report.problems.map(JSONText.quote)
        json.add("problems", json: "[\(problems.joined(separator: ","))]")
        json.add("origin", report.checkpoint.origin)
        json.add("size", report.checkpoint.size)
        json.add("root", report.checkpoint.root)
        if !report.cosigners.isEmpty {
            json.add("cosigned", json: CosignerText.json(report.cosigners))
        }
        return json.text
    }

    private static func people(_ report: CompletenessReport, _ speech: Speech) -> String {
        let checkpoint = report.checkpoint
        var lines = [
            speech("complete.count", report.agency, "\(report.count)", "\(checkpoint.size)"),
            speech("complete.held", "\(report.heldCount)"),
        ]
        if !report.cosigners.isEmpty {
            lines.append(CosignerText.people(report.cosigners, checkpoint.size, speech))
        }
        if !report.missing.isEmpty {
            let numbers = report.missing.map { range in
                range.lowerBound == range.upperBound
                    ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            }
            lines.append(speech("complete.missing", numbers.joined(separator: ", ")))
        }
        lines += report.problems.map { "  " + Printable.text($0) }
        if report.isComplete { lines.append(speech("complete.all")) }
        return lines.joined(separator: "\n")
    }
}
