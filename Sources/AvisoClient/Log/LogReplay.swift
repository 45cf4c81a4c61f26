import Alerts
import Base
import CBOR
import COSE
import Crypto
import MerkleLog

/// A signed checkpoint of the log that the profile trusts.
public struct LogCheckpoint: Hashable, Sendable {
    /// The log's name.
    public let origin: String
    /// The number of entries.
    public let size: UInt64
    /// The root, base64.
    public let root: String
    /// The lines behind it.
    public let extensionLines: [String]

    let rootHash: Digest
}

/// One entry of the log, as an auditor sees it.
public struct LogRecord: Hashable, Sendable {
    /// Its index.
    public let index: UInt64
    /// Its type, such as `alert`.
    public let type: String
    /// Its time, RFC 3339.
    public let time: String
    /// What it says, as name and text.
    public let details: [ReceivedAlert.Label]
    /// For an alert: each recipient's running count.
    public let counts: [String: UInt64]
    /// Whether the author's signature was verified, for an alert.
    public let isVerified: Bool
}

/// Checks the log entry by entry: signatures, counts, times, and at the end the root.
public struct LogAudit: Sendable {
    private let logOrigin: String
    private var keys: [AgencyID: Ed25519PublicKey] = [:]
    private var counts: [String: UInt64] = [:]
    private var groups = GroupDirectory()
    private var frontier = MerkleFrontier()
    private var lastTime = WallTime(milliseconds: 0)
    private let logKey: Ed25519PublicKey
    // The key that signs the log at this entry, as the log has it: the trusted one at the end.
    private var currentKey: Ed25519PublicKey?
    private let coding = LibCBOR()
    private let hasher = SHA256()

    /// Begins an audit at the genesis.
    public init(profile: AvisoProfile) {
        logOrigin = profile.logOrigin
        logKey = profile.logKey.publicKey
    }

    /// The number of entries checked.
    public var size: UInt64 { frontier.treeSize }

    /// Checks the next entry.
    ///
    /// - Parameters:
    ///   - bytes: the entry's encoding.
    ///   - index: its index, as the broker told it.
    /// - Returns: the entry, for people.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming index and rule.
    public mutating func check(_ bytes: [UInt8], index: UInt64) throws(AvisoError) -> LogRecord {
        guard index == frontier.treeSize else {
            throw violation(index, "entry \(frontier.treeSize) was due")
        }
        let entry = try LogRecord.decode(bytes, index: index)
        guard entry.time >= lastTime else { throw violation(index, "its time goes back") }
        var isVerified = false
        switch entry.body {
        case .genesis(let genesis):
            guard index == 0, genesis.origin == logOrigin else {
                throw violation(index, "the genesis is not that of the trusted log")
            }
            currentKey = genesis.logKey
        case .policy(let policy):
            guard policy.oldKey == currentKey else {
                throw violation(index, "the key that it replaces does not sign the log")
            }
            currentKey = policy.newKey
        case .redaction(let body):
            try checkRedaction(body, index)
            isVerified = true
        case .group(let body):
            try checkGroup(body, at: entry.time, index)
            isVerified = true
        case .directory(let change):
            guard let agency = AgencyID(change.member) else {
                throw violation(index, "a directory change names no member")
            }
            keys[agency] =
                change.change == .removed
                ? nil : change.signingKey.flatMap { Ed25519PublicKey($0) }
        case .alert(let body):
            try checkAlert(body, index)
            isVerified = true
        case .snapshot(let snapshot):
            guard snapshot.treeSize <= index else {
                throw violation(index, "a snapshot of entries that are not there yet")
            }
        case .deadline(let notice):
            guard notice.index < index, notice.event == .reminder || notice.due <= entry.time
            else { throw violation(index, "a notice of a deadline before its time") }
        case .session, .delivery, .refusal, .opaque:
            break
        }
        guard index > 0 || entry.body.type == .genesis else {
            throw violation(index, "the first entry is no genesis")
        }
        lastTime = entry.time
        frontier.append(hasher.leafHash(bytes[...]), using: hasher)
        return LogRecord(entry, index: index, isVerified: isVerified)
    }

    private mutating func checkAlert(
        _ body: AlertEntryBody,
        _ index: UInt64
    ) throws(AvisoError) {
        let statement: AlertStatement
        do throws(AlertError) {
            statement = try AlertStatement(decoding: body.statement, using: coding)
            guard let key = keys[statement.issuer] else { throw AlertError.signatureInvalid }
            let opener = AlertOpener(coding: coding, hasher: hasher, verifier: Cryptography())
            try opener.verify(statement, authorKey: key)
        } catch {
            throw violation(index, error.message)
        }
        let named = Set(statement.header.to.map(\.description))
        guard Set(body.counts.map(\.agency)) == named else {
            throw violation(index, "its counts are not for the agencies that the statement names")
        }
        for count in body.counts {
            let expected = counts[count.agency, default: 0] + 1
            guard count.count == expected else {
                throw violation(
                    index,
                    "the count of \(count.agency) is \(count.count), and \(expected) was due"
                )
            }
            counts[count.agency] = expected
        }
    }

    // The statement of an entry, signed by who states it.
    private func signed<Statement: MemberStatement>(
        _ body: AlertEntryBody,
        _ index: UInt64
    ) throws(AvisoError) -> Statement {
        do throws(AlertError) {
            let statement = try Statement(decoding: body.statement, using: coding)
            guard let key = keys[statement.issuer],
                statement.isSigned(
                    by: key,
                    coding: coding,
                    hasher: hasher,
                    verifier: Cryptography()
                )
            else { throw AlertError.signatureInvalid }
            return statement
        } catch {
            throw violation(index, error.message)
        }
    }

    // Who ordered an erasure, or confirmed it, signed so; the alert stands in front of it.
    private func checkRedaction(
        _ body: AlertEntryBody,
        _ index: UInt64
    ) throws(AvisoError) {
        let statement: RedactionStatement = try signed(body, index)
        guard statement.draft.index < index else {
            throw violation(index, "index must be that of an entry before it")
        }
    }

    // Each statement on a group is signed by its owner and follows the one before it; which members
    // can receive is a rule of `LogAuditor`.
    private mutating func checkGroup(
        _ body: AlertEntryBody,
        at time: WallTime,
        _ index: UInt64
    ) throws(AvisoError) {
        let statement: GroupStatement = try signed(body, index)
        do throws(GroupFault) {
            try groups.check(statement.draft, at: time) { _ in true }
        } catch {
            throw violation(index, error.message)
        }
        let digest = hasher.digest(statement.canonicalBytes[...])
        groups.apply(statement, index: index, digest: digest)
    }

    /// Compares what was read with a signed checkpoint of the same size.
    ///
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` if the root or tally differs.
    public func conclude(_ checkpoint: LogCheckpoint) throws(AvisoError) {
        guard checkpoint.size == frontier.treeSize else {
            throw AvisoError(
                .notVerified,
                "the checkpoint is for \(checkpoint.size) entries, and \(size) were read"
            )
        }
        guard frontier.rootHash(using: hasher) == checkpoint.rootHash else {
            throw AvisoError(.notVerified, "the entries do not give the signed root")
        }
        guard currentKey == logKey else {
            throw AvisoError(.notVerified, "the log names another key than the profile's log.vkey")
        }
        var tally = TallyTree(coding: coding)
        tally.set(counts.map { ($0.key, $0.value) }, using: hasher)
        guard checkpoint.extensionLines.contains(tally.extensionLine(using: hasher)) else {
            throw AvisoError(.notVerified, "the counts do not give the signed tally")
        }
    }

    private func violation(_ index: UInt64, _ text: String) -> AvisoError {
        AvisoError(.notVerified, "entry \(index): \(text)")
    }
}

extension LogRecord {
    private static func details(of redaction: AlertEntryBody) -> [(String, String?)] {
        let statement = try? RedactionStatement(decoding: redaction.statement, using: LibCBOR())
        guard let draft = statement?.draft else { return [] }
        return [
            ("act", draft.act.rawValue), ("alert-index", String(draft.index)),
            ("alert", draft.alert.urn), ("by", draft.issuer.description),
            ("basis", draft.basis.description), ("reason", draft.reason),
        ]
    }

    private static func details(of notice: DeadlineBody) -> [(String, String?)] {
        [
            ("event", notice.event.rawValue), ("of", notice.subject.rawValue),
            ("alert", notice.alert), ("alert-index", String(notice.index)),
            ("from", notice.author), ("channel", notice.channel), ("status", notice.status),
            ("due", RFC3339.format(notice.due)),
            ("agencies", notice.agencies.joined(separator: " ")),
            ("answer", notice.answer.map { String($0) }),
        ]
    }

    private static func digests(of statement: AlertStatement) -> String? {
        let attachments = statement.header.attachments
        return attachments.isEmpty ? nil : attachments.map { "\($0.digest)" }.joined(separator: " ")
    }

    private static func details(ofAlert body: AlertEntryBody) -> [(String, String?)] {
        guard let statement = try? AlertStatement(decoding: body.statement, using: LibCBOR())
        else { return [] }
        let header = statement.header
        let groups = header.groups.joined(separator: " ")
        return [
            ("alert", statement.alert.urn), ("from", statement.issuer.description),
            ("channel", header.channel.rawValue), ("kind", header.kind.rawValue),
            ("status", header.status.rawValue), ("tlp", header.tlp.rawValue),
            ("groups", groups.isEmpty ? nil : groups), ("attachments", digests(of: statement)),
            ("expires", statement.expires.map { RFC3339.format($0) }),
        ]
    }

    private static func details(ofGroup body: AlertEntryBody) -> [(String, String?)] {
        let statement = try? GroupStatement(decoding: body.statement, using: LibCBOR())
        guard let draft = statement?.draft else { return [] }
        let definition = draft.definition
        return [
            ("act", definition == nil ? "dissolve" : "define"), ("group", draft.group),
            ("by", draft.issuer.description), ("version", String(draft.version)),
            ("form", definition?.form.rawValue),
            ("members", definition?.members.map(\.description).joined(separator: " ")),
            ("until", definition?.until.map { RFC3339.format($0) }), ("title", definition?.title),
        ]
    }

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
        var counts: [String: UInt64] = [:]
        var details: [(String, String?)] = []
        switch entry.body {
        case .genesis(let body):
            details = [("origin", body.origin), ("created-by", body.createdBy)]
        case .directory(let body):
            details = [
                ("change", body.change.rawValue), ("member", body.member), ("role", body.role),
                ("name", body.name),
            ]
        case .alert(let body):
            for count in body.counts { counts[count.agency] = count.count }
            details = Self.details(ofAlert: body)
        case .session(let body):
            details = [
                ("station", body.station), ("client", body.client),
                ("change", body.change.rawValue), ("filter", body.filter),
            ]
        case .delivery(let body):
            details = [
                ("station", body.station), ("client", body.client),
                ("cursor", String(body.cursor)),
                ("acknowledged", body.acknowledged.map { String($0) }.joined(separator: " ")),
            ]
        case .refusal(let body):
            details = [
                ("packet", body.packet), ("reason", String(body.reason)), ("text", body.text),
                ("station", body.station), ("address", body.address), ("alert", body.alert),
                ("suppressed", body.suppressed.map { String($0) }),
            ]
        case .redaction(let body):
            for count in body.counts { counts[count.agency] = count.count }
            details = Self.details(of: body)
        case .deadline(let body):
            details = Self.details(of: body)
        case .group(let body):
            details = Self.details(ofGroup: body)
        case .opaque(let body):
            details = [
                ("station", body.station), ("client", body.client), ("topic", body.topic),
                ("qos", String(body.qos)), ("length", String(body.payloadByteCount)),
            ]
        case .policy(let body):
            details = [
                ("change", "log-key"), ("old-key", Hex.encode(body.oldKey.bytes)),
                ("new-key", Hex.encode(body.newKey.bytes)), ("continued-by", body.continuedBy),
            ]
        case .snapshot(let body):
            details = [
                ("size", String(body.treeSize)), ("digest", body.digest.description),
            ]
        }
        self.counts = counts
        self.details = details.compactMap { name, value in
            value.map { ReceivedAlert.Label(name: name, value: $0) }
        }
    }
}
