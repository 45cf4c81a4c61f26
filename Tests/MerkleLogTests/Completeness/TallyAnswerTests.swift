import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import MerkleLog

@Suite struct TallyAnswerTests {
    private let hasher = SHA256()
    private let coding = LibCBOR()
    private let note = Array("log\n1\nAA==\n\n\u{2014} log AAAAAAA=\n".utf8)

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 11]) func everyCountAndEveryAbsenceIsProved(
        agencyCount: Int
    ) throws {
        let (tally, names) = makeTally(agencyCount)
        let commitment = tally.commitment(using: hasher)
        for (place, name) in names.enumerated() {
            let answer = try readBack(tally.answer(for: name, note: note))
            #expect(answer.proofs.count == 1)
            #expect(try count(answer, commitment) == UInt64(place + 1))
        }
        for name in ["AA:0", "ZZ:9"] + names.map({ $0 + "-X" }) {
            let answer = try readBack(tally.answer(for: name, note: note))
            #expect(answer.proofs.count >= 1)
            #expect(try count(answer, commitment) == 0)
        }
    }

    @Test func anEmptyTallyCountsNothing() throws {
        let tally = TallyTree(coding: coding)
        let answer = try readBack(tally.answer(for: "CO:PONAL", note: note))
        #expect(try count(answer, tally.commitment(using: hasher)) == 0)
        let (other, _) = makeTally(3)
        #expect(throws: TallyError.self) { try count(answer, other.commitment(using: hasher)) }
        // A root that is not that of the empty tally.
        let strange = TallyCommitment(agencyCount: 0, rootHash: other.rootHash(using: hasher))
        #expect(throws: TallyError.self) { try count(answer, strange) }
    }

    @Test func whateverIsChangedTheProofFails() throws {
        let (tally, names) = makeTally(6)
        let commitment = tally.commitment(using: hasher)
        for name in names + ["AG:2-X"] {
            let answer = tally.answer(for: name, note: note)
            for place in answer.proofs.indices {
                for forged in forgeries(of: answer.proofs[place]) {
                    var proofs = answer.proofs
                    proofs[place] = forged
                    let answer = TallyAnswer(agency: name, proofs: proofs, note: note)
                    #expect(throws: TallyError.self, "\(name): \(forged)") {
                        try count(answer, commitment)
                    }
                }
            }
        }
    }

    @Test func anAgencyWithACountCannotBeShownAsAbsent() throws {
        let (tally, names) = makeTally(7)
        let commitment = tally.commitment(using: hasher)
        let proofs = names.compactMap { tally.proof(of: $0) }
        // Every selection of at most two leaves, in both orders.
        for (place, name) in names.enumerated() {
            let others = proofs.indices.filter { $0 != place }
            var selections: [[TallyProof]] = [[]] + others.map { [proofs[$0]] }
            for first in others {
                for second in others { selections.append([proofs[first], proofs[second]]) }
            }
            for selection in selections {
                let answer = TallyAnswer(agency: name, proofs: selection, note: note)
                #expect(throws: TallyError.self) { try count(answer, commitment) }
            }
        }
    }

    @Test func aLeafOfAnotherSpellingIsNotTheAgencys() throws {
        var tally = TallyTree(coding: coding)
        tally.set([(agency: "CO:\u{212A}ILO", count: 5 as UInt64)], using: hasher)
        let proofs = tally.neighbours(of: "CO:KILO")
        let answer = TallyAnswer(agency: "CO:KILO", proofs: proofs, note: note)
        #expect(try count(answer, tally.commitment(using: hasher)) == 0)
    }

    @Test func anAnswerUnderAnotherTallyFails() throws {
        let (tally, _) = makeTally(5)
        var later = tally
        later.set([("AG:3", 99)], using: hasher)
        let old = tally.answer(for: "AG:3", note: note)
        #expect(try count(old, tally.commitment(using: hasher)) == 3)
        #expect(throws: TallyError.self) { try count(old, later.commitment(using: hasher)) }
    }

    @Test func onlyTheOneEncodingIsRead() throws {
        let (tally, _) = makeTally(4)
        let text = String(decoding: tally.answer(for: "AG:2", note: note).bytes, as: UTF8.self)
        #expect(TallyAnswer(Array(text.utf8)) != nil)
        for (old, new) in [
            ("aviso-tally/v1", "aviso-tally/v2"), ("agency AG:2", "agency"), ("agency ", "agenci "),
            ("leaf 1 2", "leaf 01 2"), ("leaf 1 2", "leaf 1 +2"), ("leaf 1 2", "leaf 1 2 2"),
            ("leaf 1 2", "leaf -1 2"), ("leaf 1 2 AG:2", "leaf 1 2 "), ("=\n", "\n"),
            ("agency AG:2\n", "agency AG:2\nagency AG:2\n"), ("\n\n", "\n"),
        ] {
            let other = text.replacing(old, with: new, maxReplacements: 1)
            #expect(other != text)
            let answer = TallyAnswer(Array(other.utf8))
            #expect(answer == nil || answer?.note != note, "\(new)")
        }
        let block = "leaf 1 2 AG:2\n"
        let many = text.replacing(block, with: block + block + block, maxReplacements: 1)
        #expect(TallyAnswer(Array(many.utf8)) == nil)
        #expect(TallyAnswer([]) == nil)
        #expect(TallyAnswer([0x0A]) == nil)
        #expect(TallyAnswer([UInt8](repeating: 0x0A, count: TallyAnswer.byteCountMax + 1)) == nil)
    }

    private func makeTally(_ agencyCount: Int) -> (TallyTree, [String]) {
        let names = (0..<agencyCount).map { "AG:\($0 + 1 < 10 ? "" : "X")\($0 + 1)" }.sorted()
        var tally = TallyTree(coding: coding)
        tally.set(
            names.enumerated().map { (agency: $1, count: UInt64($0 + 1)) },
            using: hasher
        )
        return (tally, names)
    }

    private func forgeries(of proof: TallyProof) -> [TallyProof] {
        func with(
            agency: String? = nil,
            count: UInt64? = nil,
            index: UInt64? = nil,
            path: [Digest]? = nil
        ) -> TallyProof {
            TallyProof(
                agency: agency ?? proof.agency,
                count: count ?? proof.count,
                index: index ?? proof.index,
                path: path ?? proof.path
            )
        }
        var forged = [
            with(agency: proof.agency + "A"), with(count: proof.count - 1),
            with(count: proof.count + 1), with(count: 0), with(index: proof.index + 1),
            with(index: .max), with(path: Array(proof.path.dropLast())),
            with(path: proof.path + [Digest.zero]), with(path: []),
        ]
        for place in proof.path.indices {
            var path = proof.path
            path[place] = hasher.digest(path[place].bytes[...])
            forged.append(with(path: path))
        }
        return forged.filter { $0 != proof }
    }

    private func readBack(_ answer: TallyAnswer) throws -> TallyAnswer {
        let read = try #require(TallyAnswer(answer.bytes))
        #expect(read == answer)
        return read
    }

    private func count(
        _ answer: TallyAnswer,
        _ commitment: TallyCommitment
    ) throws(TallyError) -> UInt64 {
        try answer.count(under: commitment, coding: coding, hasher: hasher)
    }
}
