package import Base
import COSE
import Crypto
package import MerkleLog

/// A log that signs whatever a test wants.
package struct LogScene: Sendable {
    /// Its name.
    package static let origin = "aviso.example/log"

    /// The hashes of its entries.
    package let leaves: [Digest]
    private let signer: Ed25519SigningKey
    private let hasher = SHA256()

    /// Makes a log with a key of its own.
    package init(count: Int) {
        let hasher = SHA256()
        signer = Ed25519SigningKey.generate()
        leaves = (0..<count).map { hasher.leafHash(Array("\($0)".utf8)[...]) }
    }

    /// Makes another history under the key of a log.
    package init(signer other: LogScene, leaves: [Digest]) {
        signer = other.signer
        self.leaves = leaves
    }

    /// Its public key.
    package var verifierKey: NoteVerifierKey { key(Self.origin) }

    /// The root of its first entries.
    package func root(_ size: Int) -> Digest {
        var frontier = MerkleFrontier()
        for leaf in leaves.prefix(size) { frontier.append(leaf, using: hasher) }
        return frontier.rootHash(using: hasher)
    }

    /// The signed note of its first entries.
    package func note(
        _ size: Int,
        lines: [String] = [],
        origin: String = origin
    ) -> [UInt8] {
        let checkpoint = Checkpoint(
            origin: origin,
            treeSize: UInt64(size),
            rootHash: root(size),
            extensionLines: lines
        )
        let signature = SignedNote.Signature(
            name: origin,
            keyHash: key(origin).keyHash,
            bytes: signer.sign(Array(checkpoint.text.utf8)[...])
        )
        return SignedNote(text: checkpoint.text, signatures: [signature]).bytes
    }

    /// The consistency proof between two sizes.
    package func proof(_ old: Int, _ new: Int) -> [Digest] {
        guard old > 0, old < new else { return [] }
        return MerkleTree.consistencyProof(
            from: UInt64(old),
            to: UInt64(new),
            nodes: Nodes(leaves: leaves, hasher: hasher),
            using: hasher
        )
    }

    /// The body of `add-checkpoint` with a true proof.
    package func request(_ old: Int, _ new: Int, lines: [String] = []) -> [UInt8] {
        AddCheckpointRequest(
            oldSize: UInt64(old),
            proof: proof(old, new),
            note: note(new, lines: lines)
        ).bytes
    }

    private func key(_ origin: String) -> NoteVerifierKey {
        NoteVerifierKey(name: origin, publicKey: signer.publicKey, using: hasher)
    }

    private struct Nodes: MerkleNodeSource {
        let leaves: [Digest]
        let hasher: SHA256

        func node(level: Int, index: UInt64) -> Digest {
            guard level > 0 else { return leaves[Int(index)] }
            return hasher.nodeHash(
                node(level: level - 1, index: 2 * index),
                node(level: level - 1, index: 2 * index + 1)
            )
        }
    }
}
