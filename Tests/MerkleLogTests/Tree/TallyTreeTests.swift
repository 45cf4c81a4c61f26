import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import MerkleLog

@Suite struct TallyTreeTests {
    private let hasher = SHA256()
    private let coding = LibCBOR()

    @Test func theTreeIsThatOfTheSortedCounts() {
        var random = SplitMix64(seed: 7)
        var tally = TallyTree(coding: coding)
        var counts: [String: UInt64] = [:]
        for _ in 0..<60 {
            var batch: [(agency: String, count: UInt64)] = []
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let agency = "AG:\(Int.random(in: 0..<23, using: &random))"
                counts[agency, default: 0] += 1
                batch.append((agency, counts[agency, default: 0]))
            }
            tally.set(batch, using: hasher)
            guard !counts.isEmpty else { continue }
            let commitment = tally.commitment(using: hasher)
            #expect(commitment == expected(counts))
            for (agency, count) in counts {
                let proof = tally.proof(of: agency)
                #expect(proof?.count == count)
                #expect(proof?.isValid(under: commitment, coding: coding, hasher: hasher) == true)
            }
        }
        #expect(tally.agencyCount == counts.count)
        #expect(tally.proof(of: "AG:99") == nil)
    }

    @Test func anotherSpellingIsAnotherAgency() {
        // `String` holds the Kelvin sign for a K.
        let (kilo, kelvin) = ("CO:KILO", "CO:\u{212A}ILO")
        #expect(kilo == kelvin)
        var tally = TallyTree(coding: coding)
        tally.set([(agency: kilo, count: 3 as UInt64)], using: hasher)
        #expect(tally.proof(of: kelvin) == nil)
        tally.set([(agency: kelvin, count: 1 as UInt64)], using: hasher)
        #expect(tally.agencyCount == 2)
        #expect(tally.proof(of: kilo)?.count == 3)
        #expect(tally.proof(of: kelvin)?.count == 1)
    }

    @Test func oneBatchOfManyNewAgenciesGivesTheTreeOfManyBatches() {
        let counts: [(agency: String, count: UInt64)] = (0..<300).map { ("AG:\($0)", $0 + 1) }
        var atOnce = TallyTree(coding: coding)
        atOnce.set(counts, using: hasher)
        var oneByOne = TallyTree(coding: coding)
        for count in counts.reversed() { oneByOne.set([count], using: hasher) }
        #expect(atOnce.commitment(using: hasher) == oneByOne.commitment(using: hasher))
        let again: [(agency: String, count: UInt64)] = [("AG:7", 9), ("AG:7", 10), ("AG:8", 12)]
        atOnce.set(again, using: hasher)
        for count in again { oneByOne.set([count], using: hasher) }
        #expect(atOnce.commitment(using: hasher) == oneByOne.commitment(using: hasher))
    }

    @Test func anEmptyTallyHasTheHashOfNothing() {
        let tally = TallyTree(coding: coding)
        #expect(tally.rootHash(using: hasher) == hasher.digest([]))
        #expect(tally.proof(of: "CO:PONAL") == nil)
    }

    @Test func aFalseCountDoesNotVerify() throws {
        var tally = TallyTree(coding: coding)
        let counts: [(agency: String, count: UInt64)] = [
            ("CO:PONAL", 1), ("MX:FGR", 2), ("US:DEA", 1),
        ]
        tally.set(counts, using: hasher)
        let commitment = tally.commitment(using: hasher)
        let proof = try #require(tally.proof(of: "MX:FGR"))
        for forged in [
            TallyProof(agency: "MX:FGR", count: 1, index: proof.index, path: proof.path),
            TallyProof(agency: "US:DEA", count: 2, index: proof.index, path: proof.path),
            TallyProof(agency: "MX:FGR", count: 2, index: 0, path: proof.path),
            TallyProof(agency: "MX:FGR", count: 2, index: proof.index, path: []),
        ] {
            #expect(!forged.isValid(under: commitment, coding: coding, hasher: hasher))
        }
    }

    private func expected(_ counts: [String: UInt64]) -> TallyCommitment {
        let leaves = counts.keys.sorted().map { agency in
            hasher.leafHash(
                coding.encode(.array([.text(agency), .unsigned(counts[agency] ?? 0)]))[...]
            )
        }
        let tree = BatchTree(leaves, onto: MerkleFrontier(), using: hasher)
        return TallyCommitment(agencyCount: UInt64(leaves.count), rootHash: tree.rootHash)
    }
}
