package import Base
package import COSE

/// A witness: which checkpoints it cosigns (C2SP tlog-witness).
///
/// A pure machine. It has no clock, no key and no file: whoever drives it stores what it says
/// before the answer leaves, and signs.
package struct Witness<Hasher: Hashing, Verifier: SignatureVerifying>: Sendable {
    /// What is to become of a request.
    package enum Decision: Hashable, Sendable {
        /// To be cosigned, once the record is on stable storage.
        case cosign(WitnessRecord)
        /// To be refused.
        case refuse(WitnessRefusal)
    }

    private let hasher: Hasher
    private let verifier: Verifier
    // By origin: the keys that are trusted, and the last checkpoint that was cosigned.
    private let keys: [String: [NoteVerifierKey]]
    private var latest: [String: WitnessRecord] = [:]

    /// Makes a witness that has seen nothing.
    ///
    /// - Parameters:
    ///   - keys: the keys of the logs; several of one name are keys of one log.
    ///   - hasher: SHA-256.
    ///   - verifier: Ed25519.
    package init(logs keys: [NoteVerifierKey], hasher: Hasher, verifier: Verifier) {
        self.hasher = hasher
        self.verifier = verifier
        self.keys = Dictionary(grouping: keys, by: \.name)
    }

    /// The origins of the logs, sorted.
    package var origins: [String] { keys.keys.sorted() }

    /// What was cosigned last of a log, or nil.
    package func record(of origin: String) -> WitnessRecord? { latest[origin] }

    /// Reads a stored record back; nil if it is not of a known log, or not signed by it.
    ///
    /// - Parameter note: the signed note.
    /// - Returns: the record, for ``take(_:)``.
    package func verified(_ note: [UInt8]) -> WitnessRecord? {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text),
            let keys = keys[checkpoint.origin], isSigned(signed, by: keys)
        else { return nil }
        return WitnessRecord(checkpoint: checkpoint, text: signed.text, note: note)
    }

    /// Notes that a record is on stable storage.
    ///
    /// - Parameter record: the record of a ``Decision/cosign(_:)``, or one that was stored before.
    package mutating func take(_ record: WitnessRecord) {
        latest[record.checkpoint.origin] = record
    }

    /// Decides on the body of `add-checkpoint`.
    ///
    /// - Parameter body: the body.
    /// - Returns: what is to become of it; the state changes only with ``take(_:)``.
    package func decide(_ body: [UInt8]) -> Decision {
        guard let request = AddCheckpointRequest(body), let note = SignedNote(request.note),
            let checkpoint = Checkpoint(text: note.text)
        else { return .refuse(.malformed) }
        guard let keys = keys[checkpoint.origin] else {
            return .refuse(.unknownLog(checkpoint.origin))
        }
        guard isSigned(note, by: keys) else { return .refuse(.notSigned(checkpoint.origin)) }
        let shown = WitnessRecord(checkpoint: checkpoint, text: note.text, note: request.note)
        let known = latest[checkpoint.origin]
        // Whatever else is wrong with the request, two signed views of one size are evidence.
        let conflict = known.flatMap { $0.contradicts(shown) ? $0 : nil }
        guard request.oldSize <= checkpoint.treeSize else {
            return .refuse(
                .oldSizeTooLarge(
                    conflict.map { WitnessEvidence(kind: .conflict, known: $0, shown: shown) }
                )
            )
        }
        if let conflict { return .refuse(.splitView(known: conflict, shown: shown)) }
        let knownSize = known?.checkpoint.treeSize ?? 0
        guard request.oldSize == knownSize else { return .refuse(.otherSize(knownSize)) }
        guard isConsistent(known, checkpoint, request.proof) else {
            return .refuse(.inconsistent(known: known, shown: shown))
        }
        return .cosign(shown)
    }

    private func isConsistent(
        _ known: WitnessRecord?,
        _ checkpoint: Checkpoint,
        _ proof: [Digest]
    ) -> Bool {
        guard let known, known.checkpoint.treeSize > 0 else {
            // From nothing every tree can grow, and nothing has one root.
            return proof.isEmpty
                && (checkpoint.treeSize > 0 || checkpoint.rootHash == hasher.digest([]))
        }
        return MerkleProof.isConsistent(
            oldSize: known.checkpoint.treeSize,
            oldRoot: known.checkpoint.rootHash,
            newSize: checkpoint.treeSize,
            newRoot: checkpoint.rootHash,
            path: proof,
            using: hasher
        )
    }

    // Signatures of unknown keys do not count, those of known ones must hold.
    private func isSigned(_ note: SignedNote, by keys: [NoteVerifierKey]) -> Bool {
        keys.contains { note.isSigned(by: $0, verifier: verifier) }
    }
}
