package import Base
package import COSE
package import MerkleLog

/// Which checkpoint the witnesses are asked to cosign, and what they have made of it.
///
/// All witnesses are asked for the same checkpoint, so that it can gather their cosignatures;
/// while they sign, the log goes on. A pure machine: whoever drives it sends the submissions.
package struct CosigningBoard: Sendable {
    /// What the log has published.
    package struct Published: Sendable {
        /// The signed note.
        package let note: [UInt8]
        /// The counts that it commits to.
        package let tally: TallyTree

        /// Makes one.
        package init(note: [UInt8], tally: TallyTree) {
            self.note = note
            self.tally = tally
        }
    }

    /// What one witness is to be sent.
    package struct Submission: Hashable, Sendable {
        /// The size that the witness is believed to know.
        package let oldSize: UInt64
        /// The size of the checkpoint.
        package let treeSize: UInt64
        /// The signed note of the checkpoint.
        package let note: [UInt8]
        let round: UInt64
    }

    /// How a witness fares.
    package struct Status: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Whether it has cosigned recently.
        package let isRecent: Bool
        /// The size of the checkpoint that it cosigned last, or nil.
        package let treeSize: UInt64?
        /// How often it gave no cosignature.
        package let failureCount: UInt64
        /// The trouble with it, or ``CosigningEvent/cosigns``; nil before its first answer.
        package let event: CosigningEvent?
    }

    private struct Candidate: Sendable {
        let round: UInt64
        let text: String
        let note: SignedNote
        let treeSize: UInt64
        let tally: TallyTree
        let takenAt: MonotonicTime
        // By the number of the witness.
        var cosignatures: [Int: SignedNote.Signature] = [:]
    }

    /// How many witnesses there must be, and how recent.
    package let policy: CosigningPolicy
    /// The latest checkpoint that has as many cosignatures as the policy asks for, with them.
    package private(set) var cosigned: Published?

    private var links: [WitnessLink]
    private var candidate: Candidate?

    /// Makes a board on which nothing is cosigned.
    ///
    /// - Parameters:
    ///   - keys: the keys of the witnesses.
    ///   - policy: how many of them there must be.
    package init(keys: [CosignerKey], policy: CosigningPolicy) {
        self.policy = policy
        links = keys.map { WitnessLink(key: $0) }
    }

    /// Decides what a witness is to be sent now.
    ///
    /// - Parameters:
    ///   - number: the number of the witness.
    ///   - published: the latest checkpoint of the log.
    ///   - now: the time.
    /// - Returns: what to send; nil if there is nothing to be asked of it yet.
    package mutating func next(
        for number: Int,
        published: Published,
        now: MonotonicTime
    ) -> Submission? {
        takeCandidate(published, now)
        guard let candidate, candidate.cosignatures[number] == nil, links[number].nextAt <= now
        else { return nil }
        let knownSize = links[number].knownSize
        return Submission(
            // One that knows more is asked what it knows.
            oldSize: knownSize <= candidate.treeSize ? knownSize : 0,
            treeSize: candidate.treeSize,
            note: candidate.note.bytes,
            round: candidate.round
        )
    }

    private mutating func takeCandidate(_ published: Published, _ now: MonotonicTime) {
        if let candidate {
            let age = now.milliseconds(since: candidate.takenAt)
            guard age >= CosigningPolicy.intervalMilliseconds else { return }
            let isWaiting = links.indices.contains {
                candidate.cosignatures[$0] == nil && links[$0].nextAt <= now
            }
            guard !isWaiting || age >= UInt64(policy.roundSeconds) * 1000 else { return }
            guard age >= policy.refreshMilliseconds || candidate.note.bytes != published.note
            else { return }
        }
        guard let note = SignedNote(published.note), let checkpoint = Checkpoint(text: note.text)
        else { return }
        candidate = Candidate(
            round: (candidate?.round ?? 0) + 1,
            text: note.text,
            note: note,
            treeSize: checkpoint.treeSize,
            tally: published.tally,
            takenAt: now
        )
    }

    /// Takes what came back of a submission.
    ///
    /// - Parameters:
    ///   - answer: what came back.
    ///   - submission: what had been sent.
    ///   - number: the number of the witness.
    ///   - logSize: the size of the log, now.
    ///   - now: the time.
    ///   - wall: the civil time, which a cosignature must not be far ahead of.
    ///   - verifier: Ed25519.
    /// - Returns: what the operator is to be told, if it is news.
    package mutating func take(
        _ answer: WitnessAnswer,
        of submission: Submission,
        from number: Int,
        logSize: UInt64,
        now: MonotonicTime,
        wall: WallTime,
        verifier: some SignatureVerifying
    ) -> CosigningEvent? {
        guard case .answer(let status, let type, let body) = answer else {
            guard case .none(let reason) = answer else { return nil }
            return links[number].fail(.unreachable(reason: reason), now)
        }
        switch status {
        case 200:
            let key = links[number].key
            guard let note = SignedNote(submission.note),
                let lines = SignedNote.signatures(ofLines: body),
                let cosignature = SignedNote(text: note.text, signatures: lines)
                    .cosignature(by: key, verifier: verifier),
                policy.isOfNow(cosignature.seconds, wall)
            else { return links[number].fail(.invalidCosignature, now) }
            return add(cosignature.noteSignature(key), of: submission, from: number, now)
        case 409:
            guard type.hasPrefix(WitnessRefusal.sizeType), let size = Self.size(body) else {
                return links[number].fail(.refused(status: 409, reason: Self.text(body)), now)
            }
            if size == submission.oldSize, size > 0 {
                return links[number].fail(.splitView(size: size), now)
            }
            return links[number].learn(size, logSize: logSize, now)
        case 422 where submission.oldSize > 0:
            // The proof is that of this log: what the witness knows at that size is another tree.
            return links[number].fail(.splitView(size: submission.oldSize), now)
        default:
            return links[number].fail(.refused(status: status, reason: Self.text(body)), now)
        }
    }

    private mutating func add(
        _ cosignature: SignedNote.Signature,
        of submission: Submission,
        from number: Int,
        _ now: MonotonicTime
    ) -> CosigningEvent? {
        // One that comes when the round is over still tells what the witness knows.
        guard candidate?.round == submission.round else {
            return links[number].cosign(submission.treeSize, takenAt: nil)
        }
        candidate?.cosignatures[number] = cosignature
        let event = links[number].cosign(submission.treeSize, takenAt: candidate?.takenAt)
        if let candidate, candidate.cosignatures.count >= policy.required {
            let cosignatures = candidate.cosignatures.sorted { $0.key < $1.key }.map(\.value)
            cosigned = Published(
                note: SignedNote(
                    text: candidate.text,
                    signatures: candidate.note.signatures + cosignatures
                ).bytes,
                tally: candidate.tally
            )
        }
        return event
    }

    /// How each witness fares.
    package func statuses(now: MonotonicTime) -> [Status] {
        links.map { $0.status(lagSeconds: policy.lagSeconds, now: now) }
    }

    /// Whether as many witnesses as the policy asks for have cosigned recently.
    package func isRecent(now: MonotonicTime) -> Bool {
        statuses(now: now).count { $0.isRecent } >= policy.required
    }

    private static func size(_ body: [UInt8]) -> UInt64? {
        guard body.count <= 21, body.last == 0x0A else { return nil }
        let text = String(decoding: body.dropLast(), as: UTF8.self)
        return UInt64(text).flatMap { String($0) == text ? $0 : nil }
    }

    // The first line of an answer, for the log.
    private static func text(_ body: [UInt8]) -> String {
        let line = body.prefix(200).prefix { $0 >= 0x20 }
        return line.isEmpty ? "no reason was given" : String(decoding: line, as: UTF8.self)
    }
}
