import Alerts
import Base
import CBOR
import COSE
import CaseCore
import Crypto
import MerkleLog

/// An entry of an extract, read and verified.
enum LoggedStatement {
    /// An alert, or a statement about one.
    case alert(CaseStatement)
    /// An order to erase a content, or the confirmation of a recipient, and whether it is signed
    /// by who may do so.
    case redaction(RedactionStatement.Draft, time: WallTime, isVerified: Bool)
}

extension AvisoProfile {
    /// Reads an entry that an extract holds, and verifies who signed it.
    ///
    /// - Parameters:
    ///   - bytes: the entry's encoding.
    ///   - index: its index.
    /// - Returns: the statement.
    ///   One whose signature does not hold is returned as such: it may be of a key that the
    ///   directory has no longer.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` for an entry that is none of a
    ///   statement.
    func loggedStatement(
        _ bytes: [UInt8],
        index: UInt64
    ) throws(AvisoError) -> LoggedStatement {
        let entry = try LogRecord.decode(bytes, index: index)
        do throws(AlertError) {
            switch entry.body {
            case .alert(let body):
                let statement = try AlertStatement(
                    decoding: body.statement,
                    using: LibCBOR()
                )
                return .alert(
                    CaseStatement(
                        statement,
                        index: index,
                        time: entry.time,
                        digest: SHA256().digest(statement.canonicalBytes[...]),
                        isVerified: isSigned(statement)
                    )
                )
            case .redaction(let body):
                let statement = try RedactionStatement(
                    decoding: body.statement,
                    using: LibCBOR()
                )
                return .redaction(
                    statement.draft,
                    time: entry.time,
                    isVerified: isSigned(statement)
                )
            default:
                break
            }
        } catch {
            throw AvisoError(.notVerified, "entry \(index): \(error.message)")
        }
        throw AvisoError(.notVerified, "entry \(index) is no statement, and was not asked for")
    }

    /// Whether a statement is signed with a registered key of its author, of now or of then.
    func isSigned(_ statement: AlertStatement) -> Bool {
        do throws(AlertError) {
            try verifyAuthor(statement)
            return true
        } catch {
            return false
        }
    }

    private func isSigned(_ statement: RedactionStatement) -> Bool {
        let issuer = statement.draft.issuer
        guard members[issuer]?.role == statement.role else { return false }
        return signingKeys(of: issuer).contains { key in
            statement.isSigned(
                by: key,
                coding: LibCBOR(),
                hasher: SHA256(),
                verifier: Cryptography()
            )
        }
    }
}

/// Every statement that concerns a member, as the broker's log has it.
struct StatementCollection {
    /// The statements, in the order of the log.
    private(set) var statements: [CaseStatement] = []
    /// The alerts whose contents were erased by order.
    private(set) var erased: Set<Base.UUID> = []
    // The entries of those that are to be proved.
    private var entries: [UInt64: [UInt8]] = [:]

    // What an agency can be expected to have in all its years; more is not held in memory.
    private static let countMax = 1_000_000

    /// Reads all statements of and to the profile's member; for auditors and operators, those of
    /// everybody.
    ///
    /// - Parameters:
    ///   - server: the broker.
    ///   - profile: whose statements are read.
    ///   - keepsEntries: which of them are to be proved later.
    /// - Throws: ``AvisoError``: no answer, or one that does not hold.
    init(
        _ server: LogServer,
        _ profile: AvisoProfile,
        keepsEntries: (CaseStatement) -> Bool = { _ in false }
    ) throws(AvisoError) {
        var known: Set<Base.UUID> = []
        var reader = ExtractReader(server, path: "/statements", from: 0)
        try reader.readOn { item throws(AvisoError) in
            guard case .entry(let index, let bytes) = item else { return }
            switch try profile.loggedStatement(bytes, index: index) {
            case .alert(let statement):
                guard known.insert(statement.alert).inserted else {
                    throw AvisoError(
                        .notVerified,
                        "\(statement.alert.urn) stands twice in the log, at \(index) again"
                    )
                }
                guard statements.count < Self.countMax else {
                    throw AvisoError(.refused, "there are more than \(Self.countMax) statements")
                }
                statements.append(statement)
                if keepsEntries(statement) { entries[index] = bytes }
            case .redaction(let draft, _, let isVerified):
                if isVerified, draft.act == .order { erased.insert(draft.alert) }
            }
        }
    }

    /// Verifies that statements whose entries were kept stand in the tree of the checkpoint.
    ///
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` for one that does not.
    func prove(_ proved: [CaseStatement], _ inclusion: EntryInclusion) throws(AvisoError) {
        for statement in proved {
            guard let bytes = entries[statement.index] else { continue }
            _ = try inclusion.holds(bytes, at: statement.index)
        }
    }

    /// The statement of a name; nil if there is none.
    subscript(name: LogEntryName) -> CaseStatement? {
        switch name {
        case .index(let index): statements.first { $0.index == index }
        case .alert(let text): statements.first { $0.alert == Base.UUID(urn: text) }
        }
    }
}

extension AvisoProfile {
    /// Where an alert stands in the log: by its kept receipt, else by the broker's statements.
    ///
    /// - Throws: ``AvisoError``: no answer, or ``AvisoError/Code/refused`` for an alert that does
    ///   not concern the profile's member.
    func index(of name: LogEntryName, _ server: LogServer) throws(AvisoError) -> UInt64 {
        let text: String
        switch name {
        case .index(let index): return index
        case .alert(let alert): text = alert
        }
        if let bytes = try? SmallFile.read(receiptFile(alert: text)),
            let proof = try? verifyReceipt(nil, statement: bytes), proof.alert == text
        {
            return proof.index
        }
        if let statement = try StatementCollection(server, self)[name] { return statement.index }
        throw AvisoError(.refused, "the log has no alert \(text) that concerns \(member)")
    }
}
