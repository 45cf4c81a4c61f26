import Base
import Crypto
import Testing

@testable import MerkleLog

@Suite struct MerkleProofTests {
    private let hasher = SHA256()
    private let reference = ReferenceTree(count: 34, hasher: SHA256())

    @Test func noOtherIndexSizeLeafOrRootVerifies() {
        for size in 1...20 {
            for index in 0..<size {
                let path = reference.path(index, size)
                for otherSize in 1...22 {
                    for otherIndex in 0..<22 {
                        let fits = isIncluded(
                            path,
                            leaf: reference.leaves[index],
                            otherIndex,
                            otherSize,
                            root: reference.root(size)
                        )
                        // The same path length and turns can serve several sizes; then the
                        // root, which the log signs with the size, tells them apart.
                        if otherIndex == index && otherSize == size { #expect(fits) }
                        if otherIndex >= otherSize { #expect(!fits) }
                    }
                }
                let foreign = reference.leaves[(index + 1) % size]
                if size > 1 {
                    #expect(
                        !isIncluded(path, leaf: foreign, index, size, root: reference.root(size))
                    )
                }
                #expect(
                    !isIncluded(path, leaf: reference.leaves[index], index, size, root: .zero)
                )
            }
        }
    }

    @Test func aPathThatIsAlteredShortenedOrLengthenedDoesNotVerify() {
        for size in 1...20 {
            for index in 0..<size {
                let path = reference.path(index, size)
                let leaf = reference.leaves[index]
                let root = reference.root(size)
                #expect(!isIncluded(path + [.zero], leaf: leaf, index, size, root: root))
                guard !path.isEmpty else { continue }
                #expect(!isIncluded(path.dropLast(), leaf: leaf, index, size, root: root))
                #expect(!isIncluded(Array(path.dropFirst()), leaf: leaf, index, size, root: root))
                for position in path.indices {
                    var altered = path
                    altered[position] = hasher.digest(altered[position].bytes[...])
                    #expect(!isIncluded(altered, leaf: leaf, index, size, root: root))
                }
            }
        }
    }

    @Test func aConsistencyProofThatIsAlteredDoesNotVerify() {
        for size in 1...20 {
            for earlier in 1...size {
                let proof = reference.proof(earlier, size)
                #expect(!isConsistent(proof + [.zero], earlier, size))
                if earlier < size { #expect(!isConsistent([], earlier, size)) }
                for position in proof.indices {
                    var altered = proof
                    altered[position] = .zero
                    #expect(!isConsistent(altered, earlier, size))
                }
                let foreign = MerkleProof.isConsistent(
                    oldSize: UInt64(earlier),
                    oldRoot: .zero,
                    newSize: UInt64(size),
                    newRoot: reference.root(size),
                    path: proof,
                    using: hasher
                )
                #expect(!foreign)
            }
        }
        #expect(!isConsistent([], 5, 4))
    }

    @Test func hostileSizesAndLengthsAreRefusedWithoutATrap() {
        let long = [Digest](repeating: .zero, count: 1000)
        for size: UInt64 in [.max, 1 << 63, (1 << 63) + 1, 0, 1] {
            for index: UInt64 in [0, 1, size / 2, size &- 1, .max] {
                for count in [0, 1, 62, 63, 64, 65, 1000] {
                    let path = Array(long.prefix(count))
                    let root = MerkleProof.root(
                        ofLeaf: .zero,
                        index: index,
                        treeSize: size,
                        path: path,
                        using: hasher
                    )
                    #expect(root != hasher.digest([]))
                    let isConsistent = MerkleProof.isConsistent(
                        oldSize: index,
                        oldRoot: .zero,
                        newSize: size,
                        newRoot: hasher.digest([]),
                        path: path,
                        using: hasher
                    )
                    #expect(!isConsistent)
                }
            }
        }
    }

    private func isIncluded(
        _ path: [Digest],
        leaf: Digest,
        _ index: Int,
        _ size: Int,
        root: Digest
    ) -> Bool {
        let found = MerkleProof.root(
            ofLeaf: leaf,
            index: UInt64(index),
            treeSize: UInt64(size),
            path: path,
            using: hasher
        )
        return found == root
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
