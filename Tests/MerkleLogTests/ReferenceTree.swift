import Base

@testable import MerkleLog

/// The definitions of RFC 9162 2.1 written down as they stand, slow and plain.
struct ReferenceTree: MerkleNodeSource {
    let leaves: [Digest]
    let hasher: any Hashing

    init(count: Int, hasher: any Hashing) {
        self.leaves = (0..<count).map { hasher.leafHash(Array("entry \($0)".utf8)[...]) }
        self.hasher = hasher
    }

    func node(level: Int, index: UInt64) -> Digest {
        let start = Int(index) << level
        return hash(leaves[start..<(start + 1 << level)])
    }

    func root(_ size: Int) -> Digest { hash(leaves[..<size]) }

    func path(_ index: Int, _ size: Int) -> [Digest] { path(index, leaves[..<size]) }

    func proof(_ earlier: Int, _ size: Int) -> [Digest] {
        earlier == 0 ? [] : subproof(earlier, leaves[..<size], true)
    }

    private func hash(_ leaves: ArraySlice<Digest>) -> Digest {
        guard leaves.count > 1 else { return leaves.first ?? hasher.digest([]) }
        let split = leaves.startIndex + split(leaves.count)
        return hasher.nodeHash(hash(leaves[..<split]), hash(leaves[split...]))
    }

    private func path(_ index: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
        guard leaves.count > 1 else { return [] }
        let count = split(leaves.count)
        let split = leaves.startIndex + count
        return index < count
            ? path(index, leaves[..<split]) + [hash(leaves[split...])]
            : path(index - count, leaves[split...]) + [hash(leaves[..<split])]
    }

    private func subproof(_ m: Int, _ leaves: ArraySlice<Digest>, _ known: Bool) -> [Digest] {
        guard m < leaves.count else { return known ? [] : [hash(leaves)] }
        let count = split(leaves.count)
        let split = leaves.startIndex + count
        return m <= count
            ? subproof(m, leaves[..<split], known) + [hash(leaves[split...])]
            : subproof(m - count, leaves[split...], false) + [hash(leaves[..<split])]
    }

    /// The largest power of two smaller than `count`.
    private func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }
}
