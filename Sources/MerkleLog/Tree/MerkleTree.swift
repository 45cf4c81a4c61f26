package import Base

/// Where the hashes of complete subtrees come from: memory, files, or another's tiles.
package protocol MerkleNodeSource {
    /// What reading can fail with.
    associatedtype Failure: Error

    /// The root of the complete subtree of height `level` that covers the leaves
    /// `index << level ..< (index + 1) << level`.
    func node(level: Int, index: UInt64) throws(Failure) -> Digest
}

/// Roots and proofs of a Merkle tree whose complete subtrees can be looked up (RFC 9162 2.1).
package enum MerkleTree {
    /// The root of the first `treeSize` leaves.
    package static func rootHash<Source: MerkleNodeSource>(
        treeSize: UInt64,
        nodes: Source,
        using hasher: some Hashing
    ) throws(Source.Failure) -> Digest {
        guard treeSize > 0 else { return hasher.digest([]) }
        return try root(of: 0, count: treeSize, nodes, hasher)
    }

    /// The frontier of the first `treeSize` leaves.
    package static func frontier<Source: MerkleNodeSource>(
        treeSize: UInt64,
        nodes: Source
    ) throws(Source.Failure) -> MerkleFrontier {
        var roots: [Digest] = []
        var start: UInt64 = 0
        for level in stride(from: 63, through: 0, by: -1) where treeSize >> UInt64(level) & 1 == 1 {
            roots.append(try nodes.node(level: level, index: start >> UInt64(level)))
            start += 1 << UInt64(level)
        }
        return MerkleFrontier(treeSize: treeSize, subtreeRoots: roots) ?? MerkleFrontier()
    }

    /// The inclusion path of a leaf (RFC 9162 2.1.3.1), nearest sibling first.
    ///
    /// - Precondition: `index < treeSize`.
    package static func inclusionProof<Source: MerkleNodeSource>(
        index: UInt64,
        treeSize: UInt64,
        nodes: Source,
        using hasher: some Hashing
    ) throws(Source.Failure) -> [Digest] {
        precondition(index < treeSize, "the leaf lies outside of the tree")
        var path: [Digest] = []
        var start: UInt64 = 0
        var count = treeSize
        while count > 1 {
            let left = largestPowerOfTwo(below: count)
            if index - start < left {
                path.append(try root(of: start + left, count: count - left, nodes, hasher))
                count = left
            } else {
                path.append(try root(of: start, count: left, nodes, hasher))
                start += left
                count -= left
            }
        }
        return path.reversed()
    }

    /// The consistency proof between two sizes (RFC 9162 2.1.4.1).
    ///
    /// - Precondition: `0 < oldSize <= newSize`.
    package static func consistencyProof<Source: MerkleNodeSource>(
        from oldSize: UInt64,
        to newSize: UInt64,
        nodes: Source,
        using hasher: some Hashing
    ) throws(Source.Failure) -> [Digest] {
        precondition(oldSize > 0 && oldSize <= newSize, "a proof leads from a smaller tree")
        var path: [Digest] = []
        var start: UInt64 = 0
        var count = newSize
        var rest = oldSize
        var isWhole = true
        while rest != count {
            let left = largestPowerOfTwo(below: count)
            if rest <= left {
                path.append(try root(of: start + left, count: count - left, nodes, hasher))
                count = left
            } else {
                path.append(try root(of: start, count: left, nodes, hasher))
                start += left
                rest -= left
                count -= left
                isWhole = false
            }
        }
        if !isWhole { path.append(try root(of: start, count: count, nodes, hasher)) }
        return path.reversed()
    }

    // The root of any run of leaves that begins at a multiple of the power of two it needs.
    private static func root<Source: MerkleNodeSource>(
        of start: UInt64,
        count: UInt64,
        _ nodes: Source,
        _ hasher: some Hashing
    ) throws(Source.Failure) -> Digest {
        if count.nonzeroBitCount == 1 {
            let level = count.trailingZeroBitCount
            return try nodes.node(level: level, index: start >> UInt64(level))
        }
        let left = largestPowerOfTwo(below: count)
        return hasher.nodeHash(
            try root(of: start, count: left, nodes, hasher),
            try root(of: start + left, count: count - left, nodes, hasher)
        )
    }

    static func largestPowerOfTwo(below count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
