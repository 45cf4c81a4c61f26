/// A checkpoint that its log has signed, as a witness has seen it.
package struct WitnessRecord: Hashable, Sendable {
    /// What the log commits to.
    package let checkpoint: Checkpoint
    /// The text that is signed, with its final newline.
    package let text: String
    /// The signed note, as it was shown.
    package let note: [UInt8]

    init(checkpoint: Checkpoint, text: String, note: [UInt8]) {
        self.checkpoint = checkpoint
        self.text = text
        self.note = note
    }

    /// Whether both cannot be the truth: one size with two roots, or with two tallies.
    ///
    /// Other extension lines may differ: a cosignature says nothing of them.
    func contradicts(_ other: WitnessRecord) -> Bool {
        guard checkpoint.treeSize == other.checkpoint.treeSize else { return false }
        guard checkpoint.rootHash == other.checkpoint.rootHash else { return true }
        guard let tally = checkpoint.tally, let otherTally = other.checkpoint.tally else {
            return false
        }
        return tally != otherTally
    }
}

/// Why a witness does not cosign, with the answer that the standard has for it.
package enum WitnessRefusal: Hashable, Sendable {
    /// The body is not that of `add-checkpoint`.
    case malformed
    /// The witness does not know the log.
    case unknownLog(String)
    /// No trusted key has signed the checkpoint.
    case notSigned(String)
    /// The old size is above the checkpoint's; with the evidence, if the checkpoint is some.
    case oldSizeTooLarge(WitnessEvidence?)
    /// The old size is not the one that the witness knows, which is this.
    case otherSize(UInt64)
    /// The log has signed two views of one size.
    case splitView(known: WitnessRecord, shown: WitnessRecord)
    /// The proof does not lead from what is known to what was shown.
    case inconsistent(known: WitnessRecord?, shown: WitnessRecord)

    /// The media type of an answer that is a size.
    package static let sizeType = "text/x.tlog.size"

    /// The status code.
    package var status: Int {
        switch self {
        case .malformed, .oldSizeTooLarge: 400
        case .notSigned: 403
        case .unknownLog: 404
        case .otherSize, .splitView: 409
        case .inconsistent: 422
        }
    }

    /// The size that a status of 409 tells, or nil.
    package var size: UInt64? {
        switch self {
        case .otherSize(let size): size
        case .splitView(let known, _): known.checkpoint.treeSize
        default: nil
        }
    }

    /// A sentence on what is wrong.
    package var message: String {
        switch self {
        case .malformed:
            "the body is not that of add-checkpoint: \"old SIZE\", hashes, an empty line, a note"
        case .unknownLog(let origin): "this witness does not know the log \(origin)"
        case .notSigned(let origin): "no key that is trusted for \(origin) has signed this"
        case .oldSizeTooLarge: "the old size is larger than the checkpoint's"
        case .otherSize(let size): "the checkpoint that was cosigned last has size \(size)"
        case .splitView(let known, _):
            "the log has signed two different trees of \(known.checkpoint.treeSize) entries"
        case .inconsistent(let known, let shown):
            "the proof does not lead from \(known?.checkpoint.treeSize ?? 0) entries to the "
                + "\(shown.checkpoint.treeSize) of this checkpoint"
        }
    }

    /// Both notes of a contradiction, where there is one to keep.
    package var evidence: WitnessEvidence? {
        switch self {
        case .oldSizeTooLarge(let evidence): evidence
        case .splitView(let known, let shown):
            WitnessEvidence(kind: .conflict, known: known, shown: shown)
        case .inconsistent(let known?, let shown):
            WitnessEvidence(kind: .unproven, known: known, shown: shown)
        default: nil
        }
    }
}

/// Two notes of one log that a witness could not bring together.
package struct WitnessEvidence: Hashable, Sendable {
    /// How much they prove.
    package enum Kind: String, CaseIterable, Sendable {
        /// Both cannot be true: whoever holds both notes can show that the log has lied.
        case conflict
        /// No valid proof came with the second: its sender may have been at fault, or the log.
        case unproven
    }

    /// How much they prove.
    package let kind: Kind
    /// What the witness had cosigned.
    package let known: WitnessRecord
    /// What it was shown.
    package let shown: WitnessRecord

    /// Brings two notes together.
    package init(kind: Kind, known: WitnessRecord, shown: WitnessRecord) {
        self.kind = kind
        self.known = known
        self.shown = shown
    }
}
