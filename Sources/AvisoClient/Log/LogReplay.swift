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
