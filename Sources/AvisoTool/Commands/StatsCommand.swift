import Alerts
import AvisoClient

/// The command `aviso stats`.
enum StatsCommand: Command {
    static let specification = CommandSpecification(
        name: "stats",
        discussion: """
            Statements written and received, and how many of the answers that were asked for came in
            time, came late or did not come; the median lateness is right to within a sixteenth. By
            agency, an agency counts as author (written) and as recipient (the rest). Exercises and
            tests have rows of their own. The log is read over HTTPS, or from a copied folder
            without a broker; its entries must give the signed root.
            """,
        options: [
            .value("by", "DIMENSIONS", "channel, kind, agency, month, by commas (default channel)"),
            .value("from", "TIME", "what was logged from this RFC 3339 time on"),
            .value("to", "TIME", "what was logged before this RFC 3339 time"),
            .value("log", "DIR", "a copied folder of the log, instead of HTTPS"),
            .flag("csv", "comma-separated values, with a header"), CommonOption.json,
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        guard !arguments.has("csv") || !arguments.has("json") else {
            throw UsageError(message: "--csv goes without --json")
        }
        var options = StatisticsOptions()
        options.folder = arguments["log"]
        options.start = arguments["from"]
        options.end = arguments["to"]
        options.dimensions = (arguments["by"] ?? "channel").split(separator: ",").map(String.init)
        let bar = ProgressBar(context.speech)
        let statistics = try await context.profile().statistics(options) { bar.show($0) }
        bar.clear()
        let table = StatsTable(statistics, options.dimensions)
        if arguments.has("csv") {
            for row in table.csv { Output.line(row) }
        } else if arguments.isJSON {
            for row in statistics.rows { Output.line(StatsTable.json(row)) }
        } else {
            for line in table.people(context.speech) { Output.line(line) }
        }
    }
}

/// Figures as a table.
struct StatsTable {
    private static let figures = [
        "written", "received", "asked", "answered", "late", "silent", "pending", "withdrawn",
        "median", "worst",
    ]

    private let statistics: LogStatistics
    private let dimensions: [String]

    init(_ statistics: LogStatistics, _ dimensions: [String]) {
        self.statistics = statistics
        self.dimensions = dimensions
    }

    static func json(_ row: LogStatistics.Row) -> String {
        var json = JSONText()
        json.add("status", row.status)
        for name in ["channel", "kind", "agency", "month"] {
            if let value = value(name, of: row) { json.add(name, value) }
        }
        json.add("written", row.written)
        json.add("messages", row.messages)
        for (name, value) in zip(figures.dropFirst(), numbers(row).dropFirst()) {
            if let value {
                json.add(["median", "worst"].contains(name) ? "\(name)-seconds" : name, value)
            }
        }
        return json.text
    }

    /// The rows as comma-separated values; spans are in seconds.
    var csv: [String] {
        let header = ["status"] + dimensions + Self.figures.dropLast(2)
        let rows = statistics.rows.map { row in
            ([row.status] + dimensions.map { Self.value($0, of: row) ?? "" }
                + Self.numbers(row).map { $0.map { "\($0)" } ?? "" }).joined(separator: ",")
        }
        let spans = ["median-seconds", "worst-seconds"]
        return [(header + spans).joined(separator: ",")] + rows
    }

    func people(_ speech: Speech) -> [String] {
        var rows = [
            [speech("stats.status")] + dimensions.map { speech("stats.\($0)") }
                + Self.figures.map { speech("stats.\($0)") }
        ]
        for row in statistics.rows {
            let status = row.status == "actual" ? "" : speech("status.\(row.status)")
            let numbers = Self.numbers(row)
            rows.append(
                [status] + dimensions.map { Self.value($0, of: row) ?? "" }
                    + numbers.dropLast(2).map { "\($0 ?? 0)" }
                    + numbers.suffix(2).map { $0.map(Self.span) ?? "-" }
            )
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column > dimensions.count ? space + text : text + space
            }.joined(separator: "  ")
        }
        let origin = statistics.origin
        return lines + [speech("stats.log", origin, "\(statistics.size)")]
    }

    private static func value(_ dimension: String, of row: LogStatistics.Row) -> String? {
        switch dimension {
        case "channel": row.channel
        case "kind": row.kind
        case "agency": row.agency
        default: row.month
        }
    }

    private static func numbers(_ row: LogStatistics.Row) -> [UInt64?] {
        [
            row.written, row.received, row.asked, row.answered, row.late, row.silent, row.pending,
            row.withdrawn, row.medianSeconds, row.worstSeconds,
        ]
    }

    // Days, hours, minutes and seconds.
    private static func span(_ seconds: UInt64) -> String {
        let parts = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { part in
            part < 10 ? "0\(part)" : "\(part)"
        }
        let days = seconds / 86_400
        return (days > 0 ? "\(days)d " : "") + parts.joined(separator: ":")
    }
}
