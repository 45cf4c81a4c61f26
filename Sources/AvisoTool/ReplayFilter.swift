import Alerts
import AvisoClient
import Base

/// Which entries `aviso replay` shows.
struct ReplayFilter {
    private let channel: Channel?
    private let kind: AlertKind?
    private let agency: String?
    private let type: String?
    /// The last index, if there is one.
    let lastIndex: UInt64?
    private let lastTime: WallTime?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        (channel, kind) = try arguments.topic()
        agency = arguments["agency"]
        type = arguments["type"]
        if let type, !LogRecord.types.contains(type) {
            let types = LogRecord.types.joined(separator: ", ")
            throw UsageError(message: "--type \(type) is none of \(types)")
        }
        if let agency, AgencyID(agency) == nil {
            throw UsageError(message: "--agency \(agency) is no member, such as CO:PONAL")
        }
        lastIndex = arguments["to"].flatMap { UInt64($0) }
        lastTime = arguments["to"].flatMap { RFC3339.parse($0) }
        if let text = arguments["to"], lastIndex == nil, lastTime == nil {
            throw ParsedArguments.noPlace("to", text)
        }
    }

    /// Whether an entry stands behind the end of the range.
    func isBehind(_ record: LogRecord) -> Bool {
        if let lastIndex { return record.index > lastIndex }
        guard let lastTime, let time = RFC3339.parse(record.time) else { return false }
        return time > lastTime
    }

    /// Whether an entry is wanted.
    func wants(_ record: LogRecord) -> Bool {
        if isBehind(record) { return false }
        if let type, record.type != type { return false }
        if let channel, record["channel"] != channel.rawValue { return false }
        if let kind, record["kind"] != kind.rawValue { return false }
        guard let agency else { return true }
        let names = [record["from"], record["member"], record["by"]].compactMap { $0 }
        return (names + record.list("members") + record.list("agencies")).contains(agency)
            || record.counts[agency] != nil
            || record["station"]?.contains(":\(agency):") == true
    }
}

extension LogRecord {
    /// A detail by its name, as text.
    subscript(name: String) -> String? { details.first { $0.name == name }?.text }

    /// The texts of a detail that is a list; none where it is not there.
    func list(_ name: String) -> [String] {
        guard case .texts(let texts) = details.first(where: { $0.name == name })?.value else {
            return []
        }
        return texts
    }
}

/// Entries as rows of comma-separated values (RFC 4180).
enum RecordTable {
    private static let columns = [
        "alert", "from", "channel", "kind", "status", "tlp", "station", "member",
    ]

    /// The first row.
    static let header =
        (["index", "type", "time", "verified"] + columns + ["counts", "details"])
        .joined(separator: ",")

    /// The row of an entry.
    static func row(_ record: LogRecord) -> String {
        let counts = record.counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let rest =
            record.details.filter { !columns.contains($0.name) }.map { "\($0.name)=\($0.text)" }
            + (record.isStale ? ["stale=true"] : [])
        let fields =
            ["\(record.index)", record.type, record.time, "\(record.isVerified)"]
            + columns.map { record[$0] ?? "" }
            + [counts.joined(separator: " "), rest.joined(separator: "; ")]
        return fields.map(quote).joined(separator: ",")
    }

    private static func quote(_ field: String) -> String {
        // A spreadsheet would take such a field for a formula.
        let text = field.first.map { "=+-@\t".contains($0) } == true ? "'" + field : field
        guard text.contains(where: { "\",\r\n".contains($0) || $0 == "\r\n" }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
