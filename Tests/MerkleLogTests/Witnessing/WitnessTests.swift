import Base
import COSE
import Crypto
import TestKit
import Testing

@testable import MerkleLog

@Suite struct WitnessTests {
    private typealias Machine = Witness<SHA256, Cryptography>
    private let log = LogScene(count: 40)

    @Test func aLogThatGrowsIsCosignedAtEachStep() {
        var witness = machine()
        var old = 0
        for size in [1, 2, 3, 7, 8, 8, 21, 40] {
            #expect(cosign(&witness, log.request(old, size)), "\(old) to \(size)")
            #expect(witness.record(of: LogScene.origin)?.checkpoint.treeSize == UInt64(size))
            old = size
        }
    }

    @Test func everyRewrittenHistoryIsRefusedForEver() {
        for old in [1, 2, 5, 8, 13] {
            for size in old...20 {
                var witness = machine()
                #expect(cosign(&witness, log.request(0, old)))
                var leaves = log.leaves
                leaves[old - 1] = leaves[39]
                let forged = LogScene(signer: log, leaves: leaves)
                let decision = witness.decide(forged.request(old, size))
                guard case .refuse(let refusal) = decision else {
                    Issue.record("a rewritten tree of \(size) was cosigned")
                    continue
                }
                #expect(refusal.status == (size == old ? 409 : 422))
                #expect(refusal.evidence?.kind == (size == old ? .conflict : .unproven))
                // Also after the true log has gone on.
                #expect(cosign(&witness, log.request(old, 30)))
                #expect(!cosign(&witness, forged.request(30, 35)))
            }
        }
    }

    @Test func theStatusIsThatOfTheStandard() {
        var witness = machine()
        #expect(cosign(&witness, log.request(0, 10)))
        let stranger = LogScene(count: 40)
        #expect(refusal(witness, stranger.request(10, 12))?.status == 403)
        let other = AddCheckpointRequest(
            oldSize: 0,
            proof: [],
            note: log.note(12, origin: "other.example/log")
        )
        #expect(refusal(witness, other.bytes) == .unknownLog("other.example/log"))
        #expect(refusal(witness, other.bytes)?.status == 404)
        #expect(refusal(witness, log.request(0, 12)) == .otherSize(10))
        #expect(refusal(witness, log.request(11, 12))?.size == 10)
        #expect(refusal(witness, log.request(11, 12))?.status == 409)
        let backwards = AddCheckpointRequest(oldSize: 10, proof: [], note: log.note(9))
        #expect(refusal(witness, backwards.bytes) == .oldSizeTooLarge(nil))
        #expect(refusal(witness, backwards.bytes)?.status == 400)
        #expect(refusal(witness, [])?.status == 400)
        #expect(refusal(witness, Array("old 10\n\nno note".utf8))?.status == 400)
        let unproven = AddCheckpointRequest(oldSize: 10, proof: [], note: log.note(12))
        #expect(refusal(witness, unproven.bytes)?.status == 422)
    }

    @Test func theFirstCheckpointNeedsAnEmptyProof() {
        let witness = machine()
        let request = AddCheckpointRequest(
            oldSize: 0,
            proof: [log.leaves[0]],
            note: log.note(3)
        )
        #expect(refusal(witness, request.bytes)?.status == 422)
        #expect(refusal(witness, request.bytes)?.evidence == nil)
    }

    @Test func theEmptyTreeHasOneRoot() {
        var witness = machine()
        #expect(cosign(&witness, log.request(0, 0)))
        #expect(cosign(&witness, log.request(0, 5)))
    }

    @Test func twoTalliesOfOneSizeAreAConflict() {
        var witness = machine()
        let tally = { (count: UInt8) in
            TallyCommitment(
                agencyCount: 1,
                rootHash: SHA256().digest([count])
            ).extensionLine
        }
        #expect(cosign(&witness, log.request(0, 10, lines: [tally(1)])))
        #expect(cosign(&witness, log.request(10, 10, lines: [tally(1)])))
        let split = refusal(witness, log.request(10, 10, lines: [tally(2)]))
        #expect(split?.status == 409)
        #expect(split?.evidence?.kind == .conflict)
        // Of other lines a cosignature says nothing.
        #expect(cosign(&witness, log.request(10, 10, lines: [tally(1), "note"])))
    }

    @Test func aSplitViewIsEvidenceWhateverOldSizeComesWithIt() throws {
        var witness = machine()
        #expect(cosign(&witness, log.request(0, 10)))
        let forged = LogScene(signer: log, leaves: log.leaves.reversed())
        for old in [0, 3, 10, 11] {
            let refused = refusal(witness, forged.request(old, 10))
            // The standard asks for the sizes first.
            #expect(refused?.status == (old > 10 ? 400 : 409))
            let found = try #require(refused?.evidence)
            #expect(found.kind == .conflict)
            #expect(found.known.note == log.note(10))
            #expect(found.shown.note == forged.note(10))
        }
    }

    @Test func aStoredNoteIsTakenBackOnlyIfItsLogSignedIt() {
        let witness = machine()
        #expect(witness.verified(log.note(10))?.checkpoint.treeSize == 10)
        #expect(witness.verified(LogScene(count: 10).note(10)) == nil)
        #expect(witness.verified(Array(log.note(10).dropLast(9))) == nil)
    }

    private func machine() -> Machine {
        Machine(logs: [log.verifierKey], hasher: SHA256(), verifier: Cryptography())
    }

    private func cosign(_ witness: inout Machine, _ body: [UInt8]) -> Bool {
        guard case .cosign(let record) = witness.decide(body) else { return false }
        witness.take(record)
        return true
    }

    private func refusal(_ witness: Machine, _ body: [UInt8]) -> WitnessRefusal? {
        guard case .refuse(let refusal) = witness.decide(body) else { return nil }
        return refusal
    }
}
