import Alerts
import Base
import CBOR
import COSE
import MerkleLog

extension LogRecord {
    /// The types that entries have.
    public static let types = EntryType.allCases.map(\.rawValue)

    /// Reads an entry without checking more than its form.
    init(unchecked bytes: [UInt8], index: UInt64) throws(AvisoError) {
        self.init(try Self.decode(bytes, index: index), index: index, isVerified: false)
    }

    static func decode(
        _ bytes: [UInt8],
        index: UInt64
    ) throws(AvisoError) -> LogEntry {
        do throws(LogEntryError) {
            return try LogEntry(decoding: bytes[...], using: LibCBOR())
        } catch {
            throw AvisoError(.notVerified, "entry \(index): \(error.message)")
        }
    }

    init(_ entry: LogEntry, index: UInt64, isVerified: Bool) {
        self.index = index
        self.isVerified = isVerified
        type = entry.body.type.rawValue
        time = RFC3339.format(entry.time)
        switch entry.body {
        case .alert(let body), .redaction(let body):
            counts = body.counts.reduce(into: [:]) { $0[$1.agency] = $1.count }
        default:
            counts = [:]
        }
        details = Self.details(of: entry.body)
    }

    private static func details(of body: EntryBody) -> [Detail] {
        switch body {
        case .genesis(let body):
            list(("origin", .text(body.origin)), ("created-by", .text(body.createdBy)))
        case .directory(let body):
            list(
                ("change", .text(body.change.rawValue)),
                ("member", .text(body.member)),
                ("role", text(body.role)),
                ("name", text(body.name))
            )
        case .alert(let body): details(ofAlert: body)
        case .session(let body):
            list(
                ("station", .text(body.station)),
                ("client", .text(body.client)),
                ("change", .text(body.change.rawValue)),
                ("filter", text(body.filter))
            )
        case .delivery(let body):
            list(
                ("station", .text(body.station)),
                ("client", .text(body.client)),
                ("cursor", .number(body.cursor)),
                ("acknowledged", .numbers(body.acknowledged)),
                ("skipped", body.skipped.isEmpty ? nil : .numbers(body.skipped))
            )
        case .refusal(let body): details(of: body)
        case .redaction(let body): details(ofRedaction: body)
        case .deadline(let body): details(of: body)
        case .group(let body): details(ofGroup: body)
        case .opaque(let body):
            list(
                ("station", .text(body.station)),
                ("client", .text(body.client)),
                ("topic", text(body.topic)),
                ("qos", .number(UInt64(body.qos))),
                ("length", .number(UInt64(body.payloadByteCount)))
            )
        case .policy(let body):
            list(
                ("change", .text("log-key")),
                ("old-key", .text(Hex.encode(body.oldKey.bytes))),
                ("new-key", .text(Hex.encode(body.newKey.bytes))),
                ("continued-by", text(body.continuedBy))
            )
        case .snapshot(let body):
            list(
                ("size", .number(body.treeSize)),
                ("digest", .text(body.digest.description))
            )
        }
    }

    private static func details(of refusal: RefusalBody) -> [Detail] {
        list(
            ("packet", .text(refusal.packet)),
            ("reason", .number(UInt64(refusal.reason))),
            ("text", text(refusal.text)),
            ("station", text(refusal.station)),
            ("address", text(refusal.address)),
            ("alert", text(refusal.alert)),
            ("suppressed", refusal.suppressed.map { .number(UInt64($0)) })
        )
    }

    private static func details(ofRedaction body: AlertEntryBody) -> [Detail] {
        let statement = try? RedactionStatement(decoding: body.statement, using: LibCBOR())
        guard let draft = statement?.draft else { return [] }
        return list(
            ("act", .text(draft.act.rawValue)),
            ("alert-index", .number(draft.index)),
            ("alert", .text(draft.alert.urn)),
            ("by", .text(draft.issuer.description)),
            ("basis", .text(draft.basis.description)),
            ("reason", text(draft.reason))
        )
    }

    private static func details(of notice: DeadlineBody) -> [Detail] {
        list(
            ("event", .text(notice.event.rawValue)),
            ("of", .text(notice.subject.rawValue)),
            ("alert", .text(notice.alert)),
            ("alert-index", .number(notice.index)),
            ("from", .text(notice.author)),
            ("channel", .text(notice.channel)),
            ("status", .text(notice.status)),
            ("due", .text(RFC3339.format(notice.due))),
            ("agencies", .texts(notice.agencies)),
            ("answer", notice.answer.map { .number($0) })
        )
    }

    // The labels have the names that they have where the alert is received.
    private static func details(ofAlert body: AlertEntryBody) -> [Detail] {
        guard let statement = try? AlertStatement(decoding: body.statement, using: LibCBOR())
        else { return [] }
        let digests = statement.header.attachments.map { "\($0.digest)" }
        return list(
            ("alert", .text(statement.alert.urn)),
            ("from", .text(statement.issuer.description))
        ) + Detail.list(ReceivedAlert.labels(of: statement.header))
            + list(
                ("attachment-digests", digests.isEmpty ? nil : .texts(digests)),
                ("expires", text(statement.expires.map { RFC3339.format($0) }))
            )
    }

    private static func details(ofGroup body: AlertEntryBody) -> [Detail] {
        let statement = try? GroupStatement(decoding: body.statement, using: LibCBOR())
        guard let draft = statement?.draft else { return [] }
        let definition = draft.definition
        return list(
            ("act", .text(definition == nil ? "dissolve" : "define")),
            ("group", .text(draft.group)),
            ("by", .text(draft.issuer.description)),
            ("version", .number(UInt64(draft.version))),
            ("form", text(definition?.form.rawValue)),
            ("members", (definition?.members.map(\.description)).map { .texts($0) }),
            ("until", text(definition?.until.map { RFC3339.format($0) })),
            ("title", text(definition?.title))
        )
    }

    private static func list(_ details: (name: String, value: Value?)...) -> [Detail] {
        details.compactMap { name, value in value.map { Detail(name: name, value: $0) } }
    }

    private static func text(_ text: String?) -> Value? { text.map { .text($0) } }
}
