import Base
import Crypto
import Testing

@testable import MerkleLog

@Suite struct MerkleTreeTests {
    private let hasher = SHA256()
    private let reference = ReferenceTree(count: 34, hasher: SHA256())

    @Test func rootsAndPathsAgreeWithTheDefinition() {
        for size in 0...34 {
            let root = MerkleTree.rootHash(
                treeSize: UInt64(size),
                nodes: reference,
                using: hasher
            )
            #expect(root == reference.root(size))
            for index in 0..<size {
                let path = MerkleTree.inclusionProof(
                    index: UInt64(index),
                    treeSize: UInt64(size),
                    nodes: reference,
                    using: hasher
                )
                #expect(path == reference.path(index, size))
            }
        }
    }

    @Test func frontiersAgreeWithThoseOfAppending() {
        var frontier = MerkleFrontier()
        for size in 0...34 {
            #expect(MerkleTree.frontier(treeSize: UInt64(size), nodes: reference) == frontier)
            if size < 34 { frontier.append(reference.leaves[size], using: hasher) }
        }
    }

    @Test func consistencyProofsAgreeWithTheDefinitionAndVerify() {
        for size in 1...34 {
            for earlier in 1...size {
                let proof = MerkleTree.consistencyProof(
                    from: UInt64(earlier),
                    to: UInt64(size),
                    nodes: reference,
                    using: hasher
                )
                #expect(proof == reference.proof(earlier, size))
                #expect(isConsistent(proof, earlier, size))
            }
        }
    }

    private func isConsistent(_ proof: [Digest], _ earlier: Int, _ size: Int) -> Bool {
        MerkleProof.isConsistent(
            oldSize: UInt64(earlier),
            oldRoot: reference.root(earlier),
            newSize: UInt64(size),
            newRoot: reference.root(size),
            path: proof,
            using: hasher
        )
    }
}
