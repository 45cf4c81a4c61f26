package import Alerts
package import Base
import COSE
import MerkleLog

/// What can be computed of an entry without those before it; many can be made at once.
package struct AuditEntry: Sendable {
    /// What an entry says.
    package struct Content: Sendable {
        let entry: LogEntry
        let alert: Alert?
        let redaction: Signed<RedactionStatement>?
        let group: Signed<GroupStatement>?

        init(
            entry: LogEntry,
            alert: Alert? = nil,
            redaction: Signed<RedactionStatement>? = nil,
            group: Signed<GroupStatement>? = nil
        ) {
            self.entry = entry
            self.alert = alert
            self.redaction = redaction
            self.group = group
        }
    }

    /// The statement of an alert, and the message that its author signed.
    package struct Alert: Sendable {
        let body: AlertEntryBody
        let statement: AlertStatement
        let message: [UInt8]
        let mark: UInt64
    }

    /// A statement beside alerts with what its entry adds, and the message that was signed.
    package struct Signed<Statement: MemberStatement>: Sendable {
        let statement: Statement
        let accepted: WallTime
        let counts: [AlertEntryBody.Count]
        let message: [UInt8]
    }

    /// The index.
    package let index: UInt64
    /// The leaf hash of its bytes.
    package let leafHash: Digest
    /// How many bytes it has.
    package let byteCount: Int
    /// What it says; nil where only the tree is checked.
    package let content: Result<Content, AuditViolation>?

    /// Reads an entry.
    ///
    /// - Parameters:
    ///   - bytes: its encoding.
    ///   - index: its index.
    ///   - depth: whether to look into it.
    ///   - tools: the engines.
    package init(_ bytes: [UInt8], index: UInt64, depth: AuditDepth, tools: AuditTools) {
        self.index = index
        leafHash = tools.hasher.leafHash(bytes[...])
        byteCount = bytes.count
        switch depth {
        case .tree: content = nil
        case .full: content = Self.read(bytes, index, tools)
        }
    }

    private static func read(
        _ bytes: [UInt8],
        _ index: UInt64,
        _ tools: AuditTools
    ) -> Result<Content, AuditViolation> {
        do throws(LogEntryError) {
            let entry = try LogEntry(decoding: bytes[...], using: tools.coding)
            let due = deterministic(bytes, entry, tools)
            guard due == bytes else { return .failure(notDeterministic(due, bytes, index, tools)) }
            switch entry.body {
            case .alert(let body):
                return readAlert(body, index, tools).map { Content(entry: entry, alert: $0) }
            case .redaction(let body):
                return readStatement(body, index, tools).map {
                    Content(entry: entry, redaction: $0)
                }
            case .group(let body):
                return readStatement(body, index, tools).map { Content(entry: entry, group: $0) }
            case .genesis, .policy, .directory, .session, .delivery, .refusal, .opaque,
                .snapshot, .deadline:
                return .success(Content(entry: entry))
            }
        } catch {
            return .failure(
                AuditViolation(
                    .encoding,
                    at: index,
                    error.message,
                    expected: "CBOR [1, type, time, body]",
                    found: Hex.encode(Array(bytes.prefix(16))) + " (\(bytes.count) bytes)"
                )
            )
        }
    }

    private static func readAlert(
        _ body: AlertEntryBody,
        _ index: UInt64,
        _ tools: AuditTools
    ) -> Result<Alert, AuditViolation> {
        do throws(AlertError) {
            let statement = try AlertStatement(decoding: body.statement, using: tools.coding)
            guard body.statement.elementsEqual(statement.canonicalBytes) else {
                return .failure(notCanonical(statement.canonicalBytes, body, index, tools))
            }
            let message = statement.sign1.signatureStructure(using: tools.coding)
            let mark = AlertMark.of(index, body.counts, using: tools.hasher)
            return .success(
                Alert(body: body, statement: statement, message: message, mark: mark)
            )
        } catch {
            return .failure(notAStatement(error, body, index))
        }
    }

    private static func readStatement<Statement: MemberStatement>(
        _ body: AlertEntryBody,
        _ index: UInt64,
        _ tools: AuditTools
    ) -> Result<Signed<Statement>, AuditViolation> {
        do throws(AlertError) {
            let statement = try Statement(decoding: body.statement, using: tools.coding)
            guard body.statement.elementsEqual(statement.canonicalBytes) else {
                return .failure(notCanonical(statement.canonicalBytes, body, index, tools))
            }
            let message = statement.sign1.signatureStructure(using: tools.coding)
            return .success(
                Signed(
                    statement: statement,
                    accepted: body.accepted,
                    counts: body.counts,
                    message: message
                )
            )
        } catch {
            return .failure(notAStatement(error, body, index))
        }
    }

    // A receipt is for the one encoding of its entry, without another key: any other is not what an
    // author was promised. Other bodies may have more in them than this version knows.
    private static func deterministic(
        _ bytes: [UInt8],
        _ entry: LogEntry,
        _ tools: AuditTools
    ) -> [UInt8] {
        switch entry.body {
        case .alert, .redaction, .group:
            return entry.encode(using: tools.coding)
        case .genesis, .policy, .directory, .session, .delivery, .refusal, .opaque, .snapshot,
            .deadline:
            let value = try? tools.coding.decode(bytes[...], limits: LogEntry.limits)
            return value.map { tools.coding.encode($0) } ?? []
        }
    }

    private static func notDeterministic(
        _ due: [UInt8],
        _ bytes: [UInt8],
        _ index: UInt64,
        _ tools: AuditTools
    ) -> AuditViolation {
        AuditViolation(
            .encoding,
            at: index,
            "the entry is not in the one encoding that an entry has",
            expected: tools.hasher.digest(due[...]).description,
            found: tools.hasher.digest(bytes[...]).description
        )
    }

    private static func notCanonical(
        _ canonical: [UInt8],
        _ body: AlertEntryBody,
        _ index: UInt64,
        _ tools: AuditTools
    ) -> AuditViolation {
        AuditViolation(
            .statement,
            at: index,
            "the statement is not in the form that the log keeps",
            expected: tools.hasher.digest(canonical[...]).description,
            found: tools.hasher.digest(body.statement).description
        )
    }

    private static func notAStatement(
        _ error: AlertError,
        _ body: AlertEntryBody,
        _ index: UInt64
    ) -> AuditViolation {
        AuditViolation(
            .statement,
            at: index,
            error.message,
            expected: "a signed statement",
            found: "\(body.statement.count) bytes that are none"
        )
    }
}
