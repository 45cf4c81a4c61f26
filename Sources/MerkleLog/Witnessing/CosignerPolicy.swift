package import Base
package import COSE

/// Which witnesses a reader of the log trusts, and how many of them must have cosigned what it is
/// shown: as many as make a second history, for this reader alone, impossible.
package struct CosignerPolicy: Hashable, Sendable {
    /// A cosignature that holds, and whose.
    package struct Cosigner: Hashable, Sendable {
        /// The name of the witness.
        package let name: String
        /// When it cosigned.
        package let time: WallTime
    }

    /// The most witnesses of a policy.
    package static let keyCountMax = 16
    // How far the clock of a witness may run ahead of the reader's.
    private static let clockToleranceSeconds: UInt64 = 300

    /// The keys of the witnesses, each once.
    package let keys: [CosignerKey]
    /// How many of them must have cosigned.
    package let required: Int
    /// Seconds for which a cosignature counts under what a server shows as its latest checkpoint.
    package let ageSecondsMax: UInt64

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - keys: the keys of the witnesses, each once.
    ///   - required: how many of them must have cosigned, from 1 on.
    ///   - ageSecondsMax: seconds for which a cosignature counts.
    package init(keys: [CosignerKey], required: Int, ageSecondsMax: UInt64) {
        self.keys = keys
        self.required = required
        self.ageSecondsMax = ageSecondsMax
    }

    /// Holds a signed note against the policy; the log's own signature is for the caller to verify.
    ///
    /// - Parameters:
    ///   - note: the note.
    ///   - now: the time, for a checkpoint that is shown as the latest; nil where the age of a
    ///     cosignature does not matter, as for a file.
    ///   - verifier: Ed25519.
    /// - Returns: who has cosigned, in the order of the policy.
    /// - Throws: ``CosignerPolicyError``: a forged cosignature, or too few.
    package func check(
        _ note: SignedNote,
        now: WallTime?,
        verifier: some SignatureVerifying
    ) throws(CosignerPolicyError) -> [Cosigner] {
        var cosigners: [Cosigner] = []
        var outdated: [Cosigner] = []
        for key in keys {
            try refuseForged(note, key, verifier)
            guard let cosignature = note.cosignature(by: key, verifier: verifier) else { continue }
            let time = WallTime(seconds: cosignature.seconds)
            let cosigner = Cosigner(name: key.name, time: time)
            if now.map({ isOf($0, cosignature.seconds) }) ?? true {
                cosigners.append(cosigner)
            } else {
                outdated.append(cosigner)
            }
        }
        guard cosigners.count >= required else {
            throw CosignerPolicyError(
                text: "too few of the trusted witnesses have cosigned the checkpoint",
                expected: "\(required) of \(keys.map(\.name).joined(separator: ", "))",
                found: Self.list(cosigners, outdated)
            )
        }
        return cosigners
    }

    // A line that claims a known key and does not hold makes the whole note worthless
    // (C2SP signed-note).
    private func refuseForged(
        _ note: SignedNote,
        _ key: CosignerKey,
        _ verifier: some SignatureVerifying
    ) throws(CosignerPolicyError) {
        for signature in note.signatures
        where signature.name == key.name && signature.keyHash == key.keyHash {
            let cosignature = Cosignature(signature.bytes)
            guard cosignature?.isValid(for: note.text, by: key, verifier: verifier) != true else {
                continue
            }
            throw CosignerPolicyError(
                text: "a cosignature of \(key.name) is forged",
                expected: "a signature of \(key)",
                found: Base64.encode(signature.bytes)
            )
        }
    }

    private func isOf(_ now: WallTime, _ seconds: UInt64) -> Bool {
        seconds <= now.seconds + Self.clockToleranceSeconds
            && (now.seconds <= seconds || now.seconds - seconds <= ageSecondsMax)
    }

    private static func list(_ cosigners: [Cosigner], _ outdated: [Cosigner]) -> String {
        let words =
            cosigners.map { "\($0.name) at \(RFC3339.format($0.time))" }
            + outdated.map { "\($0.name) at \(RFC3339.format($0.time)), which is not of now" }
        return words.isEmpty ? "none" : words.joined(separator: "; ")
    }
}

/// Why a checkpoint is not cosigned as its reader wants it.
package struct CosignerPolicyError: Error, Hashable, Sendable {
    /// What is wrong.
    package let text: String
    /// What was due.
    package let expected: String
    /// What stands there.
    package let found: String

    /// A sentence for people.
    package var message: String { "\(text); expected \(expected), found \(found)" }
}
