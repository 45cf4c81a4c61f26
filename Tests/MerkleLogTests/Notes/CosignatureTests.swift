import COSE
import Crypto
import Testing

@testable import MerkleLog

@Suite struct CosignatureTests {
    private let hasher = SHA256()
    private let signer = Ed25519SigningKey.generate()
    private let text = "example.com/log\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    @Test func aCosignatureIsWrittenReadAndVerified() throws {
        let key = try makeKey()
        let cosignature = Cosignature(of: text, seconds: 1_679_315_147, key: signer)
        let note = SignedNote(text: text, signatures: [cosignature.noteSignature(key)])
        let read = try #require(SignedNote(note.bytes))
        #expect(read.signatures[0].bytes.count == 72)
        #expect(read.cosignature(by: key, verifier: Cryptography()) == cosignature)
        let line = SignedNote.line(cosignature.noteSignature(key))
        #expect(line.hasPrefix("\u{2014} witness.example/w1 "))
        #expect(SignedNote.signatures(ofLines: Array(line.utf8)) == read.signatures)
        #expect(SignedNote.signatures(ofLines: []) == nil)
        #expect(SignedNote.signatures(ofLines: Array("\n".utf8)) == nil)
        #expect(SignedNote.signatures(ofLines: Array(line.utf8.dropLast())) == nil)
    }

    @Test func theMessageIsThatOfTheStandard() throws {
        let message =
            "cosignature/v1\ntime 1679315147\nexample.com/log\n20852163\n"
            + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let cosignature = Cosignature(of: text, seconds: 1_679_315_147, key: signer)
        #expect(cosignature.signature == signer.sign(Array(message.utf8)[...]))
    }

    @Test func otherTextTimeAndKeyDoNotVerify() throws {
        let key = try makeKey()
        let line = Cosignature(of: text, seconds: 1000, key: signer).noteSignature(key)
        let other = try #require(
            CosignerKey(
                name: key.name,
                publicKey: Ed25519SigningKey.generate().publicKey,
                using: hasher
            )
        )
        func cosignature(
            _ text: String,
            _ bytes: [UInt8],
            _ key: CosignerKey
        ) -> Cosignature? {
            let signature = SignedNote.Signature(
                name: key.name,
                keyHash: key.keyHash,
                bytes: bytes
            )
            return SignedNote(text: text, signatures: [signature])
                .cosignature(by: key, verifier: Cryptography())
        }
        #expect(cosignature(text, line.bytes, key) != nil)
        #expect(cosignature(text + "x\n", line.bytes, key) == nil)
        #expect(cosignature(text, line.bytes, other) == nil)
        for place in line.bytes.indices {
            var bytes = line.bytes
            bytes[place] ^= 1
            #expect(cosignature(text, bytes, key) == nil, "byte \(place)")
        }
        #expect(cosignature(text, Array(line.bytes.dropLast()), key) == nil)
        #expect(Cosignature([0x80] + line.bytes.dropFirst()) == nil)
    }

    @Test func theLatestOfSeveralCounts() throws {
        let key = try makeKey()
        let lines = [5, 9, 7].map {
            Cosignature(of: text, seconds: $0, key: signer).noteSignature(key)
        }
        let note = SignedNote(text: text, signatures: lines)
        #expect(note.cosignature(by: key, verifier: Cryptography())?.seconds == 9)
    }

    @Test func keysAreOfAlgorithmFour() throws {
        let key = try makeKey()
        #expect(CosignerKey(key.description, using: hasher) == key)
        // The key of a log is no key of a witness, nor the other way round.
        let log = NoteVerifierKey(name: key.name, publicKey: key.publicKey, using: hasher)
        #expect(log.keyHash != key.keyHash)
        #expect(CosignerKey(log.description, using: hasher) == nil)
        #expect(NoteVerifierKey(key.description, using: hasher) == nil)
        #expect(CosignerKey(name: "a b", publicKey: key.publicKey, using: hasher) == nil)
        #expect(CosignerKey(name: "", publicKey: key.publicKey, using: hasher) == nil)
    }

    private func makeKey() throws -> CosignerKey {
        try #require(
            CosignerKey(name: "witness.example/w1", publicKey: signer.publicKey, using: hasher)
        )
    }
}
