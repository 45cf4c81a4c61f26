import Base
import COSE
import Crypto
import TestKit
import Testing

@testable import MerkleLog

@Suite struct CosignerPolicyTests {
    private static let time: UInt64 = 1_790_000_000

    private let log = LogScene(count: 8)
    private let witnesses = ["witness.example/co", "witness.example/mx", "witness.example/pe"]
    private let signers = (0..<3).map { _ in Ed25519SigningKey.generate() }

    @Test func enoughCosignaturesHoldAndTooFewAreNamed() throws {
        let both = try policy(required: 2)
        let cosigners = try both.check(try note([0, 2]), now: now(), verifier: Cryptography())
        #expect(cosigners.map(\.name) == ["witness.example/co", "witness.example/pe"])
        #expect(cosigners.map(\.time) == [now(), now()])
        let error = try failure(both, try note([1]), now())
        #expect(error.text == "too few of the trusted witnesses have cosigned the checkpoint")
        #expect(error.expected == "2 of " + witnesses.joined(separator: ", "))
        #expect(error.found == "witness.example/mx at 2026-09-21T14:13:20.000Z")
        #expect(try failure(both, try note([]), nil).found == "none")
    }

    @Test func aForgedCosignatureSpoilsTheNoteHoweverManyHold() throws {
        let one = try policy(required: 1)
        for place in [0, 7, 8, 71] {
            let forged = try note([0, 1]) { signature in signature[place] ^= 1 }
            let error = try failure(one, forged, nil)
            #expect(error.text == "a cosignature of witness.example/co is forged")
        }
        let cut = try note([0, 1]) { signature in signature.removeLast() }
        #expect(try failure(one, cut, nil).text.hasSuffix("is forged"))
        // The signature of another text, put under this one.
        let other = try #require(SignedNote(log.note(7)))
        let line = Cosignature(of: other.text, seconds: Self.time, key: signers[0])
            .noteSignature(try key(0))
        let true8 = try #require(SignedNote(log.note(8)))
        let moved = SignedNote(text: true8.text, signatures: true8.signatures + [line])
        #expect(try failure(one, moved, nil).text.hasSuffix("is forged"))
    }

    @Test func whoIsNotTrustedCountsNothingAndDoesNoHarm() throws {
        let stranger = Ed25519SigningKey.generate()
        // Under the name of a trusted witness, but with another key.
        let false0 = try #require(
            CosignerKey(name: witnesses[0], publicKey: stranger.publicKey, using: SHA256())
        )
        let signed = try #require(SignedNote(log.note(8)))
        let line = Cosignature(of: signed.text, seconds: Self.time, key: stranger)
            .noteSignature(false0)
        let false8 = SignedNote(text: signed.text, signatures: signed.signatures + [line])
        #expect(try failure(try policy(required: 1), false8, nil).found == "none")
        let true8 = SignedNote(
            text: signed.text,
            signatures: try note([1]).signatures + [line]
        )
        let one = try policy(required: 1)
        let cosigners = try one.check(true8, now: nil, verifier: Cryptography())
        #expect(cosigners.map(\.name) == ["witness.example/mx"])
    }

    @Test func whatIsShownAsTheLatestMustBeOfNow() throws {
        let one = try policy(required: 1)
        let old = WallTime(seconds: Self.time + 601)
        let note = try note([0])
        #expect(try failure(one, note, old).found.hasSuffix(", which is not of now"))
        let early = WallTime(seconds: Self.time - 301)
        #expect(try failure(one, note, early).found.hasSuffix(", which is not of now"))
        for seconds in [Self.time - 300, Self.time, Self.time + 600] {
            let now = WallTime(seconds: seconds)
            #expect(try one.check(note, now: now, verifier: Cryptography()).count == 1)
        }
        // However long a cosignature may be of now, it is.
        let patient = CosignerPolicy(keys: try [key(0)], required: 1, ageSecondsMax: .max)
        let late = WallTime(seconds: Self.time * 2)
        #expect(try patient.check(note, now: late, verifier: Cryptography()).count == 1)
        // A file is as good as on its first day.
        #expect(try one.check(note, now: nil, verifier: Cryptography()).count == 1)
    }

    private func now() -> WallTime { WallTime(seconds: Self.time) }

    private func key(_ number: Int) throws -> CosignerKey {
        try #require(
            CosignerKey(
                name: witnesses[number],
                publicKey: signers[number].publicKey,
                using: SHA256()
            )
        )
    }

    private func policy(required: Int) throws -> CosignerPolicy {
        let keys = try signers.indices.map { try key($0) }
        return CosignerPolicy(keys: keys, required: required, ageSecondsMax: 600)
    }

    /// A checkpoint that some have cosigned, the first of them as a test wants it.
    private func note(
        _ numbers: [Int],
        _ change: (inout [UInt8]) -> Void = { _ in }
    ) throws -> SignedNote {
        let signed = try #require(SignedNote(log.note(8)))
        var signatures = signed.signatures
        for (place, number) in numbers.enumerated() {
            let key = try key(number)
            let line = Cosignature(of: signed.text, seconds: Self.time, key: signers[number])
                .noteSignature(key)
            var bytes = line.bytes
            if place == 0 { change(&bytes) }
            signatures.append(
                SignedNote.Signature(name: key.name, keyHash: key.keyHash, bytes: bytes)
            )
        }
        return SignedNote(text: signed.text, signatures: signatures)
    }

    private func failure(
        _ policy: CosignerPolicy,
        _ note: SignedNote,
        _ now: WallTime?
    ) throws -> CosignerPolicyError {
        try #require(
            #expect(throws: CosignerPolicyError.self) {
                try policy.check(note, now: now, verifier: Cryptography())
            }
        )
    }
}
