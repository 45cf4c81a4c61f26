package import Base

/// The right edge of a Merkle tree (RFC 9162 2.1): enough to append and to know the root.
///
/// One hash for each bit that is set in the size, largest subtree first.
package struct MerkleFrontier: Hashable, Sendable {
    /// The number of leaves.
    package private(set) var treeSize: UInt64
    /// The roots of the complete subtrees, largest first.
    package private(set) var subtreeRoots: [Digest]

    /// Makes the frontier of the empty tree.
    package init() {
        treeSize = 0
        subtreeRoots = []
    }

    /// Makes a frontier of what was stored.
    ///
    /// The result is nil if the number of roots does not belong to the size.
    ///
    /// - Parameters:
    ///   - treeSize: the number of leaves.
    ///   - subtreeRoots: the roots of its complete subtrees, largest first.
    package init?(treeSize: UInt64, subtreeRoots: [Digest]) {
        guard treeSize.nonzeroBitCount == subtreeRoots.count else { return nil }
        self.treeSize = treeSize
        self.subtreeRoots = subtreeRoots
    }

    init(trusted treeSize: UInt64, subtreeRoots: [Digest]) {
        self.treeSize = treeSize
        self.subtreeRoots = subtreeRoots
    }

    /// The root of the complete subtree of `2^level` leaves at the frontier, if there is one.
    func root(atLevel level: Int) -> Digest? {
        guard level < UInt64.bitWidth, treeSize >> UInt64(level) & 1 == 1 else { return nil }
        // Two shifts, since one by all 64 bits at once would not give zero.
        return subtreeRoots[((treeSize >> UInt64(level)) >> 1).nonzeroBitCount]
    }

    /// Appends a leaf.
    ///
    /// - Complexity: amortised O(1), at most O(log n).
    package mutating func append(_ leaf: Digest, using hasher: some Hashing) {
        var node = leaf
        var size = treeSize
        while size & 1 == 1 {
            node = hasher.nodeHash(subtreeRoots.removeLast(), node)
            size >>= 1
        }
        subtreeRoots.append(node)
        treeSize += 1
    }

    /// The root hash; that of the empty tree is SHA-256 of nothing.
    package func rootHash(using hasher: some Hashing) -> Digest {
        guard var root = subtreeRoots.last else { return hasher.digest([]) }
        for left in subtreeRoots.dropLast().reversed() { root = hasher.nodeHash(left, root) }
        return root
    }
}
