package import Base
package import COSE

/// The Merkle map from agency to the number of alerts addressed to it.
///
/// Its leaves are the encodings of `[agency, count]`, sorted by the agency's bytes, hashed as in
/// RFC 9162; its root stands in each checkpoint, so that an agency can prove what it is owed.
package struct TallyTree: Sendable {
    private var agencies: [String] = []
    private var counts: [UInt64] = []
    // levels[0] are the leaf hashes; the last level is the root alone.
    private var levels: [[Digest]] = [[]]
    private let coding: any CBORCoding

    /// Makes an empty tally.
    package init(coding: any CBORCoding) {
        self.coding = coding
    }

    /// The number of agencies.
    package var agencyCount: Int { agencies.count }

    /// Sets the counts of some agencies.
    ///
    /// - Complexity: O(k log n) for known agencies, O(n) where one is new.
    package mutating func set(
        _ changes: some Collection<(agency: String, count: UInt64)>,
        using hasher: some Hashing
    ) {
        var places: Set<Int> = []
        var hasNew = false
        for (agency, count) in changes {
            let leaf = TallyProof.leafHash(agency, count, coding: coding, hasher: hasher)
            let place = position(of: agency)
            if isThere(agency, at: place) {
                counts[place] = count
                levels[0][place] = leaf
                places.insert(place)
            } else {
                agencies.insert(agency, at: place)
                counts.insert(count, at: place)
                levels[0].insert(leaf, at: place)
                hasNew = true
            }
        }
        if hasNew {
            rebuild(using: hasher)
        } else {
            for place in places { update(place, using: hasher) }
        }
    }

    /// The root; that of the empty tally is SHA-256 of nothing.
    package func rootHash(using hasher: some Hashing) -> Digest {
        levels.last?.first ?? hasher.digest([])
    }

    /// What a checkpoint says of the tally.
    package func commitment(using hasher: some Hashing) -> TallyCommitment {
        TallyCommitment(agencyCount: UInt64(agencyCount), rootHash: rootHash(using: hasher))
    }

    /// The extension line of the checkpoint.
    package func extensionLine(using hasher: some Hashing) -> String {
        commitment(using: hasher).extensionLine
    }

    /// The proof of an agency's count under the root; nil for an agency without a count.
    package func proof(of agency: String) -> TallyProof? {
        let index = position(of: agency)
        guard isThere(agency, at: index) else { return nil }
        return proof(at: index)
    }

    /// The proofs of those between whom an agency without a count would stand.
    ///
    /// - Parameter agency: the agency, which has no count.
    /// - Returns: the one before it and the one behind it, as far as there are such.
    package func neighbours(of agency: String) -> [TallyProof] {
        let place = position(of: agency)
        return [place - 1, place].filter { agencies.indices.contains($0) }.map { proof(at: $0) }
    }

    private func proof(at index: Int) -> TallyProof {
        var place = index
        var path: [Digest] = []
        for level in levels.dropLast() {
            if place ^ 1 < level.count { path.append(level[place ^ 1]) }
            place >>= 1
        }
        return TallyProof(
            agency: agencies[index],
            count: counts[index],
            index: UInt64(index),
            path: path
        )
    }

    // By the bytes, as leaves and order go: `String` holds other spellings for the same name.
    private func isThere(_ agency: String, at place: Int) -> Bool {
        place < agencies.count && agencies[place].utf8.elementsEqual(agency.utf8)
    }

    private func position(of agency: String) -> Int {
        var low = 0
        var high = agencies.count
        while low < high {
            let middle = (low + high) / 2
            if agencies[middle].utf8.lexicographicallyPrecedes(agency.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    // An odd node at the end of a level goes up unchanged, which is RFC 9162's tree.
    private mutating func rebuild(using hasher: some Hashing) {
        var rebuilt = [levels[0]]
        while let level = rebuilt.last, level.count > 1 {
            rebuilt.append(
                stride(from: 0, to: level.count, by: 2).map { place in
                    place + 1 < level.count
                        ? hasher.nodeHash(level[place], level[place + 1]) : level[place]
                }
            )
        }
        levels = rebuilt
    }

    private mutating func update(_ leafPlace: Int, using hasher: some Hashing) {
        var place = leafPlace
        for height in levels.indices.dropLast() {
            let left = place & ~1
            let level = levels[height]
            place >>= 1
            levels[height + 1][place] =
                left + 1 < level.count
                ? hasher.nodeHash(level[left], level[left + 1]) : level[left]
        }
    }
}
