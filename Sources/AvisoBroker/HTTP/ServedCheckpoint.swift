import BrokerCore
import MerkleLog

/// Which checkpoint readers are shown: the latest that witnesses have cosigned, and before there is
/// one the latest of all; never a smaller one than before.
///
/// A reader who was shown a bare checkpoint takes a smaller one for a log that was cut. So the bare
/// one stays until the witnesses have come as far.
struct ServedCheckpoint: Sendable {
    // The last that was shown without cosignatures, until a cosigned one is as large.
    private var bare: CosigningBoard.Published?

    /// Decides what is shown now.
    ///
    /// - Parameters:
    ///   - latest: the latest of the log.
    ///   - cosigned: the latest that has its cosignatures, or nil.
    /// - Returns: one of the two, or the one that was shown before.
    mutating func choose(
        latest: CosigningBoard.Published,
        cosigned: CosigningBoard.Published?
    ) -> CosigningBoard.Published {
        guard let cosigned else {
            bare = latest
            return latest
        }
        guard let bare, Self.size(cosigned) < Self.size(bare) else {
            self.bare = nil
            return cosigned
        }
        return bare
    }

    private static func size(_ published: CosigningBoard.Published) -> UInt64 {
        SignedNote(published.note).flatMap { Checkpoint(text: $0.text) }?.treeSize ?? 0
    }
}
