package import Alerts
package import Base
package import COSE
import MerkleLog

/// Checks a log entry by entry, and its checkpoints against what the entries give.
///
/// Pure: entries and checkpoints are handed in, in order; what takes the time (hashes, signatures)
/// is computed apart, by ``AuditEntry`` and ``SignatureCheck``. A cosigned checkpoint vouches for
/// every batch up to its size, since each batch's checkpoint is of the same tree.
package struct AuditMachine: Sendable {
    /// What became of entries.
    package struct Step: Sendable {
        /// The signatures to be verified.
        package var checks: [SignatureCheck] = []
        /// The first entry that breaks a rule, whatever its signature.
        package var violation: AuditViolation?
    }

    /// That the log gives a member another signing key than before.
    package struct KeyChange: Hashable, Sendable {
        /// The entry.
        package let index: UInt64
        /// The member.
        package let member: AgencyID
        /// The key from there on.
        package let key: Ed25519PublicKey
    }

    /// The most changes of keys that are told.
    package static let keyChangeCountMax = 1000

    /// What is known so far.
    package internal(set) var state: AuditState
    /// How many checkpoints were verified.
    package private(set) var checkpointCount: UInt64 = 0
    /// How many alerts were looked at.
    package private(set) var alertCount: UInt64 = 0

    /// The changes of keys that were met, in the order of the log.
    package internal(set) var keyChanges: [KeyChange] = []

    let tools: AuditTools
    let directory: AuditDirectory
    private let trustedKey: Ed25519PublicKey
    private let origin: String
    private let depth: AuditDepth
    private let startSize: UInt64
    private var hasMetCheckpoint = false
    private var tally: TallyTree
    private var uncommitted: [String: UInt64] = [:]
    // The signed checkpoints whose size is still to come, nearest last.
    private var due: [Due]

    // What witnesses have cosigned of the entries to come.
    private var cosigned: (treeSize: UInt64, note: [UInt8])?

    private struct Due: Sendable {
        let checkpoint: Checkpoint
        let kind: AuditViolation.Kind
    }

    /// Begins, or goes on.
    ///
    /// - Parameters:
    ///   - origin: the name of the trusted log.
    ///   - trustedKey: the key that signs it now; before a change of key, the entries tell which.
    ///   - directory: the members' keys, as the auditor knows them.
    ///   - state: what was verified before.
    ///   - depth: how much is checked.
    ///   - tools: the engines.
    package init(
        origin: String,
        trustedKey: Ed25519PublicKey,
        directory: AuditDirectory,
        state: AuditState,
        depth: AuditDepth,
        tools: AuditTools
    ) {
        self.trustedKey = trustedKey
        self.directory = directory
        self.origin = origin
        self.state = state
        self.depth = depth
        self.tools = tools
        startSize = state.treeSize
        tally = TallyTree(coding: tools.coding)
        tally.set(state.counts.map { ($0.key, $0.value) }, using: tools.hasher)
        due = state.kept.compactMap { note in
            guard let text = SignedNote(note)?.text, let checkpoint = Checkpoint(text: text),
                checkpoint.treeSize > state.treeSize
            else { return nil }
            return Due(checkpoint: checkpoint, kind: .consistency)
        }.sorted { $0.checkpoint.treeSize > $1.checkpoint.treeSize }
    }

    // MARK: - Entries

    /// Takes the next entries.
    ///
    /// - Parameter entries: the entries, in order.
    /// - Returns: what is left to verify, and the first broken rule; nothing behind it was taken.
    package mutating func take(_ entries: [AuditEntry]) -> Step {
        var step = Step()
        do throws(AuditViolation) {
            for entry in entries { try take(entry, &step) }
        } catch {
            step.violation = error
        }
        return step
    }

    private mutating func take(_ entry: AuditEntry, _ step: inout Step) throws(AuditViolation) {
        let index = entry.index
        guard index == state.treeSize else {
            throw AuditViolation(
                .missing,
                at: state.treeSize,
                "the entries are not in order",
                expected: "entry \(state.treeSize)",
                found: "entry \(index)"
            )
        }
        if let content = try entry.content?.get() {
            try fold(content, index, &step)
        }
        state.frontier.append(entry.leafHash, using: tools.hasher)
        while let next = due.last, next.checkpoint.treeSize == state.treeSize {
            try compare(next)
            due.removeLast()
        }
    }

    private mutating func fold(
        _ content: AuditEntry.Content,
        _ index: UInt64,
        _ step: inout Step
    ) throws(AuditViolation) {
        let entry = content.entry
        guard entry.time >= state.lastTime else {
            throw AuditViolation(
                .time,
                at: index,
                "the entry's time goes back",
                expected: "\(RFC3339.format(state.lastTime)) or later",
                found: RFC3339.format(entry.time)
            )
        }
        try checkFirst(entry.body, index)
        try checkNothingPassed(before: entry, index)
        switch entry.body {
        case .genesis(let genesis): state.logKey = genesis.logKey
        case .policy(let policy): try change(policy, index)
        case .directory(let change): try apply(change, index)
        case .alert:
            if let alert = content.alert {
                step.checks.append(try check(alert, at: entry.time, index))
                takeDeadlines(of: alert.statement, at: entry.time, index)
                for count in alert.body.counts { uncommitted[count.agency] = count.count }
                alertCount += 1
            }
        case .redaction:
            if let redaction = content.redaction {
                step.checks.append(try check(redaction, at: entry.time, index))
            }
        case .group:
            if let group = content.group {
                step.checks.append(try check(group, at: entry.time, index))
            }
        case .delivery(let delivery): acknowledge(delivery)
        case .deadline(let notice): try take(notice, at: entry.time, index)
        case .snapshot(let snapshot):
            guard snapshot.treeSize <= index else {
                throw AuditViolation(
                    .snapshot,
                    at: index,
                    "a snapshot of entries that are not there yet",
                    expected: "a size of \(index) at most",
                    found: "\(snapshot.treeSize)"
                )
            }
        case .session, .refusal, .opaque: break
        }
        state.lastTime = entry.time
        state.entryCounts[entry.body.type.rawValue, default: 0] += 1
    }

    private func checkFirst(_ body: EntryBody, _ index: UInt64) throws(AuditViolation) {
        guard case .genesis(let genesis) = body else {
            guard index > 0 else {
                throw AuditViolation(
                    .genesis,
                    at: index,
                    "the first entry is no genesis",
                    expected: "genesis",
                    found: body.type.rawValue
                )
            }
            return
        }
        guard index == 0, genesis.origin == origin else {
            throw AuditViolation(
                .genesis,
                at: index,
                "the genesis is not that of the trusted log",
                expected: "\(origin) at index 0",
                found: "\(genesis.origin) at index \(index)"
            )
        }
    }

    private mutating func change(_ policy: PolicyBody, _ index: UInt64) throws(AuditViolation) {
        guard policy.oldKey == state.logKey else {
            throw AuditViolation(
                .logKey,
                at: index,
                "the key that is replaced does not sign the log",
                expected: Base64.encode(state.logKey?.bytes ?? []),
                found: Base64.encode(policy.oldKey.bytes)
            )
        }
        state.logKey = policy.newKey
    }

    // MARK: - Checkpoints

    /// Compares a checkpoint of the entries taken so far with what they give.
    ///
    /// - Parameters:
    ///   - note: the checkpoint as a signed note.
    ///   - isKept: whether later audits hold the log to it.
    /// - Throws: ``AuditViolation``.
    package mutating func take(
        checkpoint note: [UInt8],
        isKept: Bool
    ) throws(AuditViolation) {
        let checkpoint = try verify(note)
        guard checkpoint.treeSize == state.treeSize else {
            throw AuditViolation(
                .checkpoint,
                at: state.treeSize,
                "the checkpoint is for another size",
                expected: "\(state.treeSize)",
                found: "\(checkpoint.treeSize)"
            )
        }
        let root = state.frontier.rootHash(using: tools.hasher)
        guard root == checkpoint.rootHash else {
            // The first one after what was verified before tells whether the log continues that.
            let continues = startSize == 0 || hasMetCheckpoint
            throw AuditViolation(
                continues ? .root : .consistency,
                at: checkpoint.treeSize,
                continues
                    ? "the entries do not give the signed root"
                    : "the signed tree does not continue the one of \(startSize) entries that was "
                        + "verified before (audit --from-start finds the entry)",
                expected: Base64.encode(root.bytes),
                found: Base64.encode(checkpoint.rootHash.bytes)
            )
        }
        try compareTally(checkpoint)
        guard !isKept || depth == .tree || state.logKey == trustedKey else {
            throw AuditViolation(
                .logKey,
                at: checkpoint.treeSize,
                "the key in force at the end is not the trusted one",
                expected: Base64.encode(trustedKey.bytes),
                found: Base64.encode(state.logKey?.bytes ?? [])
            )
        }
        hasMetCheckpoint = true
        checkpointCount += 1
        guard isKept else { return }
        if let cosigned, cosigned.treeSize <= state.treeSize { state.keep(cosigned.note) }
        state.keep(note)
    }

    private func verify(_ note: [UInt8]) throws(AuditViolation) -> Checkpoint {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text) else {
            throw AuditViolation(
                .checkpoint,
                at: state.treeSize,
                "the checkpoint is no signed note",
                expected: "origin, size and root with a signature",
                found: "\(note.count) bytes that are none"
            )
        }
        let key = state.logKey ?? trustedKey
        guard checkpoint.origin == origin,
            signed.isSigned(
                by: NoteVerifierKey(name: origin, publicKey: key, using: tools.hasher),
                verifier: tools.verifier
            )
        else {
            throw AuditViolation(
                .checkpoint,
                at: checkpoint.treeSize,
                "the checkpoint is not signed by the log's key in force",
                expected: "a signature of \(origin)",
                found: "\(checkpoint.origin), signed by "
                    + signed.signatures.map(\.name).joined(separator: ", ")
            )
        }
        return checkpoint
    }

    private mutating func compareTally(_ checkpoint: Checkpoint) throws(AuditViolation) {
        guard depth == .full else { return }
        tally.set(uncommitted.map { ($0.key, $0.value) }, using: tools.hasher)
        uncommitted = [:]
        let commitment = tally.commitment(using: tools.hasher)
        guard checkpoint.tally == commitment else {
            throw AuditViolation(
                .tally,
                at: checkpoint.treeSize,
                "the counts do not give the signed tally",
                expected: commitment.extensionLine,
                found: checkpoint.tally?.extensionLine ?? "no line of a tally"
            )
        }
    }

    private func compare(_ due: Due) throws(AuditViolation) {
        let root = state.frontier.rootHash(using: tools.hasher)
        let (size, signed) = (due.checkpoint.treeSize, due.checkpoint.rootHash)
        guard signed == root else {
            throw AuditViolation(
                due.kind,
                at: size,
                due.kind == .cosignature
                    ? "the witnesses have cosigned another root for the first \(size) entries"
                    : "the log signed another root for the first \(size) entries before",
                expected: Base64.encode(signed.bytes),
                found: Base64.encode(root.bytes)
            )
        }
    }

    /// Holds the entries to come to a checkpoint that witnesses have cosigned.
    ///
    /// - Parameter note: the signed note, whose signatures the caller verifies.
    /// - Throws: ``AuditViolation`` if it is of entries that an earlier audit has verified without
    ///   it, so that they cannot be compared any more.
    package mutating func expect(cosigned note: [UInt8]) throws(AuditViolation) {
        guard let text = SignedNote(note)?.text, let checkpoint = Checkpoint(text: text) else {
            throw AuditViolation(
                .cosignature,
                at: state.treeSize,
                "the cosigned checkpoint is no signed note",
                expected: "origin, size and root with signatures",
                found: "\(note.count) bytes that are none"
            )
        }
        guard checkpoint.treeSize > state.treeSize else {
            let isKnown = state.kept.contains { SignedNote($0)?.text == text }
            guard isKnown else {
                throw AuditViolation(
                    .cosignature,
                    at: checkpoint.treeSize,
                    "the cosigned checkpoint is of entries that were verified before without it "
                        + "(audit --from-start compares it)",
                    expected: "more than \(state.treeSize) entries, or a checkpoint that was kept",
                    found: "\(checkpoint.treeSize) entries"
                )
            }
            return
        }
        due.append(Due(checkpoint: checkpoint, kind: .cosignature))
        due.sort { $0.checkpoint.treeSize > $1.checkpoint.treeSize }
        cosigned = (checkpoint.treeSize, note)
    }

    /// Whether the log still holds what was verified: it may not be shorter, nor have another root
    /// at that size.
    ///
    /// - Parameters:
    ///   - size: the size that the log claims now.
    ///   - root: its root at the size that was verified, where it can be asked; else nil.
    /// - Throws: ``AuditViolation``.
    package func checkContinuation(size: UInt64, root: Digest?) throws(AuditViolation) {
        let longest = max(state.treeSize, due.first?.checkpoint.treeSize ?? 0)
        guard size >= longest else {
            throw AuditViolation(
                .consistency,
                at: size,
                "the log is shorter than what it signed before",
                expected: "\(longest) entries at least",
                found: "\(size) entries"
            )
        }
        let known = state.frontier.rootHash(using: tools.hasher)
        guard let root, state.treeSize > 0, root != known else { return }
        throw AuditViolation(
            .consistency,
            at: state.treeSize,
            "the log has another root for the entries that were verified before",
            expected: Base64.encode(known.bytes),
            found: Base64.encode(root.bytes)
        )
    }
}
