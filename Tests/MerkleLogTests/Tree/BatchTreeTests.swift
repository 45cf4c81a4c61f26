import Base
import Crypto
import Testing

@testable import MerkleLog

@Suite struct BatchTreeTests {
    private let hasher = SHA256()

    @Test func everyBatchUponEverySizeAgreesWithTheDefinition() {
        let reference = ReferenceTree(count: 40, hasher: hasher)
        for before in 0...24 {
            var base = MerkleFrontier()
            for leaf in reference.leaves[..<before] { base.append(leaf, using: hasher) }
            for count in 1...16 {
                let leaves = Array(reference.leaves[before..<(before + count)])
                let tree = BatchTree(leaves, onto: base, using: hasher)
                let size = before + count
                #expect(tree.rootHash == reference.root(size))
                #expect(tree.firstIndex == UInt64(before))
                #expect(tree.frontier.treeSize == UInt64(size))
                #expect(tree.frontier.rootHash(using: hasher) == reference.root(size))
                for index in before..<size {
                    #expect(
                        tree.inclusionProof(index: UInt64(index)) == reference.path(index, size)
                    )
                }
            }
        }
    }

    @Test func theFrontierAfterABatchIsThatOfItsLeavesOneByOne() {
        let reference = ReferenceTree(count: 300, hasher: hasher)
        var random = SplitMix64(seed: 11)
        var frontier = MerkleFrontier()
        var expected = MerkleFrontier()
        var start = 0
        while start < 300 {
            let end = min(300, start + Int.random(in: 1...40, using: &random))
            let leaves = Array(reference.leaves[start..<end])
            frontier = BatchTree(leaves, onto: frontier, using: hasher).frontier
            for leaf in leaves { expected.append(leaf, using: hasher) }
            #expect(frontier == expected)
            start = end
        }
    }

    @Test func aBatchAtTheEndOfTheLargestTreeHasItsPath() throws {
        let size = UInt64(Int64.max) - 1
        let roots = [Digest](repeating: .zero, count: size.nonzeroBitCount)
        let base = try #require(MerkleFrontier(treeSize: size, subtreeRoots: roots))
        let leaf = hasher.digest([1])
        let tree = BatchTree([leaf], onto: base, using: hasher)
        let root = MerkleProof.root(
            ofLeaf: leaf,
            index: size,
            treeSize: size + 1,
            path: tree.inclusionProof(index: size),
            using: hasher
        )
        #expect(root == tree.rootHash)
        #expect(tree.frontier.subtreeRoots.count == 63)
    }
}
