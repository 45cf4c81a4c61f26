import Base
import COSE
import Crypto
import Foundation
import MerkleLog
import TestKit
import Testing

/// avisod before real witnesses.
@Suite struct WitnessTests {
    @Test func twoWitnessesCosignWhatIsServed() throws {
        let network = try TestNetwork()
        let witnesses = try ["witness.example/co", "witness.example/mx"].map {
            try WitnessProcess($0, in: network)
        }
        try network.appoint(witnesses, required: 2)
        try network.openTestChannel()
        try network.start()
        try waitUntil("both have cosigned") { try network.request("/readyz").status == 200 }
        try network.fill(40)
        let note = try network.cosigned(by: witnesses, atLeast: 40)
        #expect(note.signatures.count == 3)
        // The proof of a count stands under the cosigned checkpoint.
        let tally = try network.request("/tally/CO:PONAL", as: "agencies/CO-PONAL")
        #expect(tally.status == 200)
        #expect(tally.text.contains("\u{2014} witness.example/co "))
        let complete = try network.aviso("agencies/CO-PONAL", "prove-complete", "--json")
        #expect(complete.status == 0, "\(complete.error)")
        let metrics = try network.metrics()
        #expect(metrics["aviso_witnesses_required"] == 2)
        #expect(metrics["aviso_witness_recent{witness=\"witness.example/co\"}"] == 1)
        #expect(metrics["aviso_witness_conflict{witness=\"witness.example/mx\"}"] == 0)

        // The broker starts anew: its witnesses tell it what they know, and go on.
        #expect(network.stop() == 0)
        try network.start()
        try network.fill(10)
        _ = try network.cosigned(by: witnesses, atLeast: 50)
        #expect(witnesses.allSatisfy { $0.evidence.isEmpty })
        #expect(network.stop() == 0)
    }

    @Test(.enabled(if: GoProgram.isWanted)) func goVerifiesTheServedCheckpoint() throws {
        let network = try TestNetwork()
        let witness = try WitnessProcess("witness.example/co", in: network)
        try network.appoint([witness], required: 1)
        try network.start()
        try waitUntil("it has cosigned") { try network.request("/readyz").status == 200 }
        let served = try network.request("/checkpoint")
        let program = try GoProgram.build("witness", in: network.folder.path)
        let keys = [try network.verifierKey, witness.key]
        let output = try GoProgram.run(program, keys, input: served.body)
        #expect(String(decoding: output, as: UTF8.self).hasPrefix("cosigned at "))
        let forged = Data(served.text.replacing("aviso", with: "bviso").utf8)
        #expect(throws: GoProgram.Failure.self) {
            try GoProgram.run(program, keys, input: forged)
        }
    }

    @Test func readinessFollowsThePolicy() throws {
        let network = try TestNetwork()
        let witnesses = try ["witness.example/co", "witness.example/mx"].map {
            try WitnessProcess($0, in: network)
        }
        try network.appoint(witnesses, required: 2)
        try network.start()
        try waitUntil("both have cosigned") { try network.request("/readyz").status == 200 }
        witnesses[1].stop()
        try waitUntil("the lag is over") { try network.request("/readyz").status == 503 }
        let trouble = try network.request("/readyz").text
        #expect(trouble.hasPrefix("1 of the 2 witnesses that are required have cosigned recently"))
        #expect(trouble.contains("witness.example/mx: The witness gives no answer"))
        // Alerts are accepted all the same: the witnesses are not on the way of a commit.
        let published = try network.publish(
            TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        )
        #expect(published.status == 0, "\(published.error)")
        try witnesses[1].start()
        try waitUntil("it is back", seconds: 60) { try network.request("/readyz").status == 200 }
        #expect(witnesses[1].words.contains("goes on from"))
        #expect(network.stop() == 0)
    }

    @Test func aSplitViewShownToTwoWitnessesIsRefusedAndKept() throws {
        let network = try TestNetwork()
        let witnesses = try ["witness.example/co", "witness.example/mx"].map {
            try WitnessProcess($0, in: network)
        }
        // The operator signs another history of the same size, for the second witness alone.
        let shown = try network.forgedNote(size: 5)
        let seduced = try network.post(shown, oldSize: 0, to: witnesses[1])
        #expect(seduced == 200)
        try network.appoint(witnesses, required: 2)
        try network.start()
        try network.waitForMembers()
        try waitUntil("the conflict is seen") {
            try network.metrics()["aviso_witness_conflict{witness=\"witness.example/mx\"}"] == 1
        }
        #expect(witnesses[1].evidence.contains { $0.hasPrefix("unproven-") })
        let ready = try network.request("/readyz")
        #expect(ready.status == 503)
        #expect(ready.text.contains("witness.example/mx: The witness has cosigned another tree"))
        #expect(!ready.text.contains("witness.example/co: "))
        // Shown to the first one too, it is evidence there: it had cosigned the true tree.
        let size = try #require(try network.checkpointSize())
        #expect(
            try network.post(network.forgedNote(size: size), oldSize: size, to: witnesses[0]) == 409
        )
        let kept = witnesses[0].evidence
        #expect(kept.count == 2)
        #expect(kept.allSatisfy { $0.hasPrefix("conflict-") })
        let notes = kept.map { witnesses[0].evidence($0) }
        #expect(Set(notes.compactMap { SignedNote(Array($0.utf8))?.text }).count == 2)
        for note in notes {
            let key = try #require(NoteVerifierKey(network.verifierKey, using: SHA256()))
            let signed = try #require(SignedNote(Array(note.utf8)))
            #expect(signed.isSigned(by: key, verifier: Cryptography()))
        }
        #expect(witnesses[0].words.contains("CONFLICT"))
        // For ever, also after a restart of the witness.
        witnesses[0].stop()
        try witnesses[0].start()
        #expect(
            try network.post(network.forgedNote(size: size), oldSize: size, to: witnesses[0]) == 409
        )
    }

    @Test func aForgedCosignatureIsNotServed() throws {
        let network = try TestNetwork()
        let witness = try WitnessProcess("witness.example/co", in: network)
        // The broker is told another key than that of the witness that answers.
        let other = try WitnessProcess("witness.example/mx", in: network)
        let key = Ed25519SigningKey.generate().publicKey
        let foreign = try #require(
            CosignerKey(name: "witness.example/co", publicKey: key, using: SHA256())
        )
        try network.appoint(
            [
                ("witness.example/co", witness.url, foreign.description),
                (other.name, other.url, other.key),
            ],
            required: 2
        )
        try network.start()
        try network.waitForMembers()
        try waitUntil("the false one is seen") {
            try network.metrics()["aviso_witness_failures_total{witness=\"witness.example/co\"}"]
                ?? 0 > 0
        }
        let ready = try network.request("/readyz")
        #expect(ready.status == 503)
        #expect(ready.text.contains("witness.example/co: The witness answered with no cosignature"))
        #expect(try !network.request("/checkpoint").text.contains("witness.example/co"))
    }
}
