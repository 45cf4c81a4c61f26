package import Base

/// Checking of proofs by those who have no tree (RFC 9162 2.1.3.2, 2.1.4.2).
package enum MerkleProof {
    /// The root that an inclusion path leads to, or nil if it has not the length that it must have.
    package static func root(
        ofLeaf leaf: Digest,
        index: UInt64,
        treeSize: UInt64,
        path: [Digest],
        using hasher: some Hashing
    ) -> Digest? {
        guard index < treeSize, path.count <= 64 else { return nil }
        var node = index
        var last = treeSize - 1
        var root = leaf
        for sibling in path {
            guard last > 0 else { return nil }
            if node & 1 == 1 || node == last {
                root = hasher.nodeHash(sibling, root)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                root = hasher.nodeHash(root, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 ? root : nil
    }

    /// Whether a tree of `newSize` leaves continues one of `oldSize`.
    package static func isConsistent(
        oldSize: UInt64,
        oldRoot: Digest,
        newSize: UInt64,
        newRoot: Digest,
        path: [Digest],
        using hasher: some Hashing
    ) -> Bool {
        guard oldSize > 0, oldSize <= newSize, path.count <= 65 else { return false }
        if oldSize == newSize { return path.isEmpty && oldRoot == newRoot }
        var steps = path[...]
        if oldSize.nonzeroBitCount == 1 { steps = [oldRoot] + steps }
        guard let first = steps.popFirst() else { return false }
        var node = oldSize - 1
        var last = newSize - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var old = first
        var new = first
        for step in steps {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                old = hasher.nodeHash(step, old)
                new = hasher.nodeHash(step, new)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                new = hasher.nodeHash(new, step)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
