import Alerts
import Base
import Crypto
import EventLoop
import MerkleLog

/// A witness that has cosigned a checkpoint.
public struct LogCosigner: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// When it cosigned, RFC 3339.
    public let time: String

    init(_ cosigner: CosignerPolicy.Cosigner) {
        name = cosigner.name
        time = RFC3339.format(cosigner.time)
    }
}

/// A checkpoint that the log has signed, and who has cosigned it of those that the profile trusts.
struct ShownCheckpoint {
    let signed: Checkpoint
    let cosigners: [LogCosigner]
}

extension AvisoProfile {
    /// How long a reader waits for cosignatures that are on their way.
    static let cosigningSecondsMax: UInt64 = 5

    /// The checkpoint of a note that the log's key has signed.
    func verifiedCheckpoint(_ bytes: [UInt8]) throws(AvisoError) -> Checkpoint {
        guard let checkpoint = checkpoint(ofNote: bytes) else {
            throw AvisoError(
                .notVerified,
                "the checkpoint is not signed by the key of \(logOrigin)"
            )
        }
        return checkpoint
    }

    /// Verifies what the broker shows as its latest checkpoint: its own signature, and as many
    /// cosignatures of now as the profile asks for.
    ///
    /// - Parameter bytes: the signed note.
    /// - Returns: the checkpoint.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming what does not hold.
    func shownCheckpoint(_ bytes: [UInt8]) throws(AvisoError) -> ShownCheckpoint {
        let checkpoint = try verifiedCheckpoint(bytes)
        guard let note = SignedNote(bytes) else {
            preconditionFailure("a note whose signature holds is one")
        }
        return ShownCheckpoint(
            signed: checkpoint,
            cosigners: try cosigners(of: note, now: SystemClock.wall())
        )
    }

    /// Who has cosigned a note; none for a profile that trusts no witnesses.
    ///
    /// - Parameters:
    ///   - note: the note.
    ///   - now: the time, if cosignatures must be of now; else nil.
    /// - Returns: the witnesses.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified``: forged, or too few.
    func cosigners(of note: SignedNote, now: WallTime?) throws(AvisoError) -> [LogCosigner] {
        guard let witnesses else { return [] }
        do throws(CosignerPolicyError) {
            return try witnesses.check(note, now: now, verifier: Cryptography())
                .map { LogCosigner($0) }
        } catch {
            throw AvisoError(.notVerified, error.message)
        }
    }
}
