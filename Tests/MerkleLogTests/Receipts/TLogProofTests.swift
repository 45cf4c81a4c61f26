import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import Testing

/// Proofs as C2SP tlog-proof has them.
@Suite struct TLogProofTests {
    private static let origin = "log.example/proof"

    private let key = Ed25519SigningKey.generate()
    private let hasher = SHA256()

    private var verifier: NoteVerifierKey {
        NoteVerifierKey(name: Self.origin, publicKey: key.publicKey, using: hasher)
    }

    private func makeProof(index: Int) -> (proof: TLogProof, entries: [[UInt8]]) {
        let entries = (0..<7).map { [UInt8(0xA0), UInt8($0)] }
        let leaves = entries.map { hasher.leafHash($0[...]) }
        let batch = BatchTree(leaves, onto: MerkleFrontier(), using: hasher)
        let text = Checkpoint(origin: Self.origin, treeSize: 7, rootHash: batch.rootHash).text
        let signature = SignedNote.Signature(
            name: Self.origin,
            keyHash: verifier.keyHash,
            bytes: key.sign(Array(text.utf8)[...])
        )
        let proof = TLogProof(
            index: UInt64(index),
            path: batch.inclusionProof(index: UInt64(index)),
            note: SignedNote(text: text, signatures: [signature]).bytes,
            entry: entries[index]
        )
        return (proof, entries)
    }

    @Test(arguments: 0..<7) func everyEntryIsProvedAndReadBack(index: Int) throws {
        let (proof, entries) = makeProof(index: index)
        let read = try #require(TLogProof(proof.bytes))
        #expect(read == proof)
        let checkpoint = try read.verify(
            entry: entries[index],
            keys: [verifier],
            hasher: hasher,
            verifier: Cryptography()
        )
        #expect(checkpoint.treeSize == 7)
        #expect(throws: ReceiptError.self) {
            try read.verify(
                entry: entries[(index + 1) % 7],
                keys: [verifier],
                hasher: hasher,
                verifier: Cryptography()
            )
        }
        let other = NoteVerifierKey(
            name: Self.origin,
            publicKey: Ed25519SigningKey.generate().publicKey,
            using: hasher
        )
        #expect(throws: ReceiptError.self) {
            try read.verify(
                entry: entries[index],
                keys: [other],
                hasher: hasher,
                verifier: Cryptography()
            )
        }
    }

    @Test func onlyTheOneFormIsRead() {
        let text = String(decoding: makeProof(index: 3).proof.bytes, as: UTF8.self)
        #expect(TLogProof(Array(text.utf8)) != nil)
        for wrong in [
            text.replacing("proof@v1", with: "proof@v2"),
            text.replacing("index 3", with: "index 03"),
            text.replacing("index 3", with: "index -3"), text.replacing("extra ", with: "extra !"),
            text.replacing("index 3\n", with: ""), text.replacing("\n\n", with: "\n"),
            text.replacing("index 3\n", with: "index 3\nAAAA\n"),
        ] {
            #expect(TLogProof(Array(wrong.utf8)) == nil, "\(wrong)")
        }
        #expect(!TLogProof.isProof(Array("c2sp.org/tlog-proof".utf8)))
    }
}
