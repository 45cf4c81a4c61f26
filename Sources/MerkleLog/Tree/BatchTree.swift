package import Base

/// A batch of leaves on top of a tree: the new root and each new leaf's path, without a disk.
///
/// What lies left of the batch is in the frontier, what lies in the batch is kept here. Making it
/// costs about two hashes for each leaf, and a path costs none.
package struct BatchTree: Sendable {
    /// The complete subtrees of one height that the batch added.
    private struct Level {
        /// The index within the level of the first node.
        let start: UInt64
        let nodes: [Digest]
    }

    /// The frontier before the batch.
    package let base: MerkleFrontier
    /// The frontier after the batch.
    package let frontier: MerkleFrontier
    /// The root after the batch.
    package let rootHash: Digest

    private let treeSize: UInt64
    private let levels: [Level]
    // The root of what stands right of the last complete pair, for each level up to the root.
    private let edges: [Digest]

    /// Appends a batch.
    ///
    /// - Parameters:
    ///   - leaves: the batch's leaf hashes, one at least.
    ///   - base: the frontier before it.
    ///   - hasher: SHA-256.
    /// - Complexity: O(k + log n) hashes for k leaves on top of n.
    package init(_ leaves: [Digest], onto base: MerkleFrontier, using hasher: some Hashing) {
        precondition(!leaves.isEmpty, "a batch has one leaf at least")
        var levels: [Level] = []
        var level = Level(start: base.treeSize, nodes: leaves)
        while !level.nodes.isEmpty {
            levels.append(level)
            level = Self.parents(of: level, left: base.root(atLevel: levels.count - 1), hasher)
        }
        let treeSize = base.treeSize + UInt64(leaves.count)
        self.base = base
        self.levels = levels
        self.treeSize = treeSize
        frontier = Self.frontier(of: levels, base: base, treeSize: treeSize)
        edges = Self.edges(of: levels, base: base, treeSize: treeSize, hasher)
        rootHash = edges[edges.count - 1]
    }

    /// The index of the first leaf of the batch.
    package var firstIndex: UInt64 { base.treeSize }

    /// The inclusion path of a leaf of the batch in the tree after it (RFC 9162 2.1.3.1).
    ///
    /// - Precondition: the leaf belongs to the batch.
    /// - Complexity: O(log n).
    package func inclusionProof(index: UInt64) -> [Digest] {
        precondition(index >= firstIndex && index < treeSize, "the leaf lies outside of the batch")
        var path: [Digest] = []
        path.reserveCapacity(edges.count)
        for level in edges.indices.dropLast() {
            let place = index >> UInt64(level)
            let last = (treeSize - 1) >> UInt64(level)
            if place & 1 == 1 {
                path.append(node(level, place - 1))
            } else if place + 1 == last {
                path.append(edges[level])
            } else if place < last {
                path.append(node(level, place + 1))
            }
        }
        return path
    }

    private func node(_ level: Int, _ index: UInt64) -> Digest {
        Self.node(level, index, levels, base)
    }

    /// A complete subtree that is either of the batch or at the frontier before it.
    private static func node(
        _ level: Int,
        _ index: UInt64,
        _ levels: [Level],
        _ base: MerkleFrontier
    ) -> Digest {
        if level < levels.count, index >= levels[level].start {
            return levels[level].nodes[Int(index - levels[level].start)]
        }
        guard let root = base.root(atLevel: level) else {
            preconditionFailure("a path of the batch needs only the frontier and the batch")
        }
        return root
    }

    /// The subtrees above a level that became complete with it.
    private static func parents(
        of level: Level,
        left: Digest?,
        _ hasher: some Hashing
    ) -> Level {
        var nodes: [Digest] = []
        nodes.reserveCapacity((level.nodes.count + 1) / 2)
        var place = 0
        if level.start & 1 == 1, let left {
            nodes.append(hasher.nodeHash(left, level.nodes[0]))
            place = 1
        }
        while place + 1 < level.nodes.count {
            nodes.append(hasher.nodeHash(level.nodes[place], level.nodes[place + 1]))
            place += 2
        }
        return Level(start: level.start >> 1, nodes: nodes)
    }

    private static func frontier(
        of levels: [Level],
        base: MerkleFrontier,
        treeSize: UInt64
    ) -> MerkleFrontier {
        var roots: [Digest] = []
        for level in stride(from: UInt64.bitWidth - 1, through: 0, by: -1)
        where treeSize >> UInt64(level) & 1 == 1 {
            roots.append(node(level, (treeSize >> UInt64(level)) - 1, levels, base))
        }
        return MerkleFrontier(trusted: treeSize, subtreeRoots: roots)
    }

    /// The root of the right edge at each level, that of the tree last.
    private static func edges(
        of levels: [Level],
        base: MerkleFrontier,
        treeSize: UInt64,
        _ hasher: some Hashing
    ) -> [Digest] {
        var last = treeSize - 1
        var edge = node(0, last, levels, base)
        var edges = [edge]
        var level = 0
        while last > 0 {
            if last & 1 == 1 {
                edge = hasher.nodeHash(node(level, last - 1, levels, base), edge)
            }
            edges.append(edge)
            last >>= 1
            level += 1
        }
        return edges
    }
}
