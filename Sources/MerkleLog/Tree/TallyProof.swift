package import Base
package import COSE

/// The proof that the tally counts a certain number of alerts for an agency.
package struct TallyProof: Hashable, Sendable {
    /// The agency.
    package let agency: String
    /// How many alerts were addressed to it.
    package let count: UInt64
    /// The place of the agency among all, in the order of their bytes.
    package let index: UInt64
    /// The inclusion path in the tally's tree.
    package let path: [Digest]

    /// Makes a proof.
    package init(agency: String, count: UInt64, index: UInt64, path: [Digest]) {
        self.agency = agency
        self.count = count
        self.index = index
        self.path = path
    }

    /// Whether the proof holds under the tally of a checkpoint.
    package func isValid(
        under commitment: TallyCommitment,
        coding: any CBORCoding,
        hasher: some Hashing
    ) -> Bool {
        let root = MerkleProof.root(
            ofLeaf: Self.leafHash(agency, count, coding: coding, hasher: hasher),
            index: index,
            treeSize: commitment.agencyCount,
            path: path,
            using: hasher
        )
        return root == commitment.rootHash
    }

    /// The leaf of an agency: the hash of `CBOR [agency, count]`.
    static func leafHash(
        _ agency: String,
        _ count: UInt64,
        coding: any CBORCoding,
        hasher: some Hashing
    ) -> Digest {
        hasher.leafHash(coding.encode(.array([.text(agency), .unsigned(count)]))[...])
    }
}
