import Alerts
import Base
import CBOR
import COSE
import Crypto
import Glibc
import MerkleLog

/// What a tlog-proof file proves.
public struct VerifiedEntry: Sendable {
    /// The entry; for an alert, its author's signature was verified too.
    public let record: LogRecord
    /// The size of the log that the checkpoint was signed for.
    public let treeSize: UInt64
    /// The log's name.
    public let origin: String
    /// Who has cosigned it, of the witnesses that the profile trusts.
    public let cosigners: [LogCosigner]
}

extension AvisoProfile {
    /// Whether a file is a tlog-proof, rather than a statement with a receipt.
    public static func isProof(_ bytes: [UInt8]) -> Bool { TLogProof.isProof(bytes) }

    /// Makes a tlog-proof file of an entry from the log's tiles.
    ///
    /// Whoever reads entries (an auditor, an operator) names an index; an agency names an alert
    /// whose receipt its profile keeps.
    ///
    /// - Parameter entry: an index, or an alert's identifier `urn:uuid:…`.
    /// - Returns: the file's bytes; the proof was verified.
    /// - Throws: ``AvisoError``: no answer, or a proof that does not hold.
    public func prove(_ entry: LogEntryName) throws(AvisoError) -> [UInt8] {
        let server = try LogServer(profile: self)
        let note = try server.get("/checkpoint")
        let checkpoint = try shownCheckpoint(note).signed
        let (index, bytes) = try find(entry, server, checkpoint)
        guard index < checkpoint.treeSize else {
            throw AvisoError(
                .refused,
                "the log has \(checkpoint.treeSize) entries: index \(index) is not among them"
            )
        }
        let tiles = LogTiles(server: server, treeSize: checkpoint.treeSize)
        let proof = TLogProof(
            index: index,
            path: try tiles.inclusionProof(index: index),
            note: note,
            entry: bytes
        )
        _ = try verifyProof(proof.bytes)
        return proof.bytes
    }

    /// Gets the receipt of an alert again (RFC 9942), in a transparent statement (RFC 9943).
    ///
    /// - Parameters:
    ///   - entry: the alert's index, or its identifier if the profile keeps its receipt.
    ///   - isBare: whether to return the receipt without the statement.
    /// - Returns: the file's bytes; the receipt was verified.
    /// - Throws: ``AvisoError``: no answer, or a receipt that does not hold.
    public func receipt(
        of entry: LogEntryName,
        isBare: Bool = false
    ) throws(AvisoError) -> [UInt8] {
        let server = try LogServer(profile: self)
        let index = try index(of: entry)
        let bytes = try server.get("/entries/\(index)", accept: TransparentStatement.mediaType)
        _ = try verifyReceipt(nil, statement: bytes)
        guard isBare else { return bytes }
        guard let statement = try? AlertStatement(decoding: bytes[...], using: LibCBOR()),
            let receipt = TransparentStatement.receipt(in: statement.sign1)
        else { throw AvisoError(.notVerified, "the answer carries no receipt") }
        return receipt
    }

    /// The place of an entry: told, or that of an alert whose receipt the profile keeps.
    func index(of entry: LogEntryName) throws(AvisoError) -> UInt64 {
        switch entry {
        case .index(let index): index
        case .alert(let alert): try keptReceipt(alert).receipt.leafIndex
        }
    }

    /// Verifies a tlog-proof file with nothing but the keys of the profile.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: what it proves.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming what does not hold.
    public func verifyProof(_ bytes: [UInt8]) throws(AvisoError) -> VerifiedEntry {
        guard let proof = TLogProof(bytes), let entry = proof.entry else {
            throw AvisoError(
                .invalidInput,
                "the file is no tlog-proof that carries its entry in the line extra"
            )
        }
        let checkpoint: Checkpoint
        do throws(ReceiptError) {
            checkpoint = try proof.verify(
                entry: entry,
                keys: [logKey] + formerLogKeys,
                hasher: SHA256(),
                verifier: Cryptography()
            )
        } catch {
            throw AvisoError(.notVerified, error.message)
        }
        guard let note = SignedNote(proof.note) else {
            preconditionFailure("the proof was verified with its note")
        }
        return VerifiedEntry(
            record: try record(entry, proof.index),
            treeSize: checkpoint.treeSize,
            origin: checkpoint.origin,
            // A proof is kept for as long as it is needed: when it was cosigned does not matter.
            cosigners: try cosigners(of: note, now: nil)
        )
    }

    private func record(_ entry: [UInt8], _ index: UInt64) throws(AvisoError) -> LogRecord {
        let decoded = try LogRecord.decode(entry, index: index)
        guard case .alert(let body) = decoded.body else {
            return LogRecord(decoded, index: index, isVerified: false)
        }
        do throws(AlertError) {
            let statement = try AlertStatement(decoding: body.statement, using: LibCBOR())
            try verifyAuthor(statement)
        } catch {
            throw AvisoError(.notVerified, "entry \(index): \(error.message)")
        }
        return LogRecord(decoded, index: index, isVerified: true)
    }

    private func find(
        _ entry: LogEntryName,
        _ server: LogServer,
        _ checkpoint: Checkpoint
    ) throws(AvisoError) -> (UInt64, [UInt8]) {
        switch entry {
        case .alert(let alert):
            let (statement, receipt) = try keptReceipt(alert)
            let bytes = receipt.entry(statement: statement.canonicalBytes[...], using: LibCBOR())
            return (receipt.leafIndex, bytes)
        case .index(let index):
            guard !isAgency else {
                throw AvisoError(
                    .invalidInput,
                    "entries are for auditors and operators: name an alert whose receipt this "
                        + "profile keeps, as urn:uuid:..."
                )
            }
            guard index < checkpoint.treeSize else { return (index, []) }
            let width = UInt64(TilePath.fullWidth)
            let count = Int(min(width, checkpoint.treeSize - index / width * width))
            let path = TilePath(.entries, index: index / width, width: count).path
            guard let entries = EntryBundle.decode(try server.get(path), count: count) else {
                throw AvisoError(.notVerified, "\(path) does not hold \(count) entries")
            }
            return (index, entries[Int(index % width)])
        }
    }

    private func keptReceipt(
        _ alert: String
    ) throws(AvisoError) -> (statement: AlertStatement, receipt: Receipt) {
        let path = receiptFile(alert: alert)
        guard unsafe access(path, F_OK) == 0 else {
            throw AvisoError(.refused, "the profile keeps no receipt of \(alert)")
        }
        let bytes = try SmallFile.read(path)
        guard let statement = try? AlertStatement(decoding: bytes[...], using: LibCBOR()),
            let bytes = TransparentStatement.receipt(in: statement.sign1),
            let receipt = try? Receipt(decoding: bytes[...], using: LibCBOR())
        else { throw AvisoError(.notVerified, "\(path) is no statement with a receipt") }
        return (statement, receipt)
    }
}

/// How an entry is named.
public enum LogEntryName: Hashable, Sendable {
    /// By its place.
    case index(UInt64)
    /// By its identifier, `urn:uuid:…`.
    case alert(String)

    /// Reads either form; nil for anything else.
    public init?(_ text: String) {
        if let index = UInt64(text) {
            self = .index(index)
        } else if UUID(urn: text) != nil {
            self = .alert(text)
        } else {
            return nil
        }
    }
}
