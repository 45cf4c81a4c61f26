package import Base
package import COSE

/// What the broker answers to "how many alerts were addressed to this agency?": leaves of the tally
/// with their paths, and the checkpoint under which they hold.
///
/// An agency that has a count is proved by its own leaf; one that has none by its neighbours in the
/// order of the names, which stand side by side, or at an end.
package struct TallyAnswer: Hashable, Sendable {
    /// The first line of the encoding.
    package static let heading = "aviso-tally/v1"
    /// The most bytes that an answer may have.
    package static let byteCountMax = 128 << 10

    /// The agency that was asked for.
    package let agency: String
    /// Its own leaf, or its neighbours' in their order; none if the tally is empty.
    package let proofs: [TallyProof]
    /// The signed note of the checkpoint.
    package let note: [UInt8]

    /// Makes an answer.
    ///
    /// - Parameters:
    ///   - agency: the agency that was asked for.
    ///   - proofs: the leaves that prove its count.
    ///   - note: the signed note of the checkpoint.
    package init(agency: String, proofs: [TallyProof], note: [UInt8]) {
        self.agency = agency
        self.proofs = proofs
        self.note = note
    }

    /// Finds the count that the answer proves.
    ///
    /// - Parameters:
    ///   - commitment: the tally of the checkpoint, whose signature the caller has verified.
    ///   - coding: the CBOR engine.
    ///   - hasher: SHA-256.
    /// - Returns: how many alerts were addressed to the agency; 0 for one that has no leaf.
    /// - Throws: ``TallyError`` naming what does not hold.
    package func count(
        under commitment: TallyCommitment,
        coding: any CBORCoding,
        hasher: some Hashing
    ) throws(TallyError) -> UInt64 {
        for proof in proofs
        where !proof.isValid(under: commitment, coding: coding, hasher: hasher) {
            throw TallyError(
                "the count of \(proof.agency), \(proof.count), does not lead to the signed tally"
            )
        }
        // By the bytes, as the leaves go: another spelling of the name is another leaf.
        if proofs.count == 1, proofs[0].agency.utf8.elementsEqual(agency.utf8) {
            return proofs[0].count
        }
        guard !proofs.isEmpty else {
            guard commitment.agencyCount == 0, commitment.rootHash == hasher.digest([]) else {
                throw TallyError("nothing proves that \(agency) has no alerts")
            }
            return 0
        }
        try checkNeighbours(commitment)
        return 0
    }

    // Nothing lies between two leaves that stand side by side in the order of the names.
    private func checkNeighbours(_ commitment: TallyCommitment) throws(TallyError) {
        let isBefore = { (left: String, right: String) in
            left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        let lower = proofs.filter { isBefore($0.agency, agency) }
        let upper = proofs.filter { isBefore(agency, $0.agency) }
        guard lower.count <= 1, upper.count <= 1, lower.count + upper.count == proofs.count else {
            throw TallyError("the leaves are neither that of \(agency) nor its neighbours'")
        }
        let isGapless =
            switch (lower.first, upper.first) {
            case (let lower?, let upper?): lower.index + 1 == upper.index
            case (let lower?, nil): lower.index + 1 == commitment.agencyCount
            case (nil, let upper?): upper.index == 0
            case (nil, nil): false
            }
        guard isGapless else {
            throw TallyError("there is room for \(agency) between the leaves that were shown")
        }
    }
}

/// Why an answer of the tally proves nothing.
package struct TallyError: Error, Hashable, Sendable {
    /// What is wrong.
    package let message: String

    init(_ message: String) {
        self.message = message
    }
}

extension TallyTree {
    /// Proves the count of an agency, also that of one without.
    ///
    /// - Parameters:
    ///   - agency: the agency.
    ///   - note: the signed note of the checkpoint that commits to this tally.
    /// - Returns: the answer.
    package func answer(for agency: String, note: [UInt8]) -> TallyAnswer {
        let proofs = proof(of: agency).map { [$0] } ?? neighbours(of: agency)
        return TallyAnswer(agency: agency, proofs: proofs, note: note)
    }
}
