import Base
import CBOR
import COSE
import Crypto
import MerkleLog

/// Signs what the log commits to: checkpoints for everyone, receipts for authors.
struct LogSigner: Sendable {
    let origin: String
    let key: Ed25519SigningKey
    let verifierKey: NoteVerifierKey
    /// The thumbprint of the key, by which receipts name it.
    let keyID: [UInt8]
    private let receipts: ReceiptSigner
    private let coding = LibCBOR()
    private let hasher = SHA256()

    init(origin: String, key: Ed25519SigningKey) {
        self.origin = origin
        self.key = key
        verifierKey = NoteVerifierKey(name: origin, publicKey: key.publicKey, using: hasher)
        keyID = COSEKeyThumbprint.of(key.publicKey, coding: coding, hasher: hasher)
        receipts = ReceiptSigner(origin: origin, keyID: keyID, coding: coding)
    }

    /// The signed note of a checkpoint.
    func note(_ checkpoint: Checkpoint) -> [UInt8] {
        let text = checkpoint.text
        let signature = key.sign(Array(text.utf8)[...])
        return SignedNote(
            text: text,
            signatures: [
                .init(name: origin, keyHash: verifierKey.keyHash, bytes: signature)
            ]
        ).bytes
    }

    /// The checkpoint of a note that this key has signed, or nil.
    func checkpoint(of note: [UInt8]) -> Checkpoint? {
        checkpoint(of: note, signedBy: verifierKey)
    }

    /// The checkpoint of a note of this log that a key has signed, or nil.
    func checkpoint(of note: [UInt8], signedBy verifierKey: NoteVerifierKey) -> Checkpoint? {
        guard let note = SignedNote(note),
            note.isSigned(by: verifierKey, verifier: Cryptography()),
            let checkpoint = Checkpoint(text: note.text), checkpoint.origin == origin
        else { return nil }
        return checkpoint
    }

    /// The signature that all receipts of one tree share.
    func sign(rootHash: Digest) -> [UInt8] {
        key.sign(receipts.message(rootHash: rootHash)[...])
    }

    /// The receipt of one entry.
    func receipt(
        treeSize: UInt64,
        index: UInt64,
        path: [Digest],
        signature: [UInt8],
        time: WallTime,
        accepted: WallTime,
        counts: [AlertEntryBody.Count]
    ) -> [UInt8] {
        receipts.receipt(
            treeSize: treeSize,
            leafIndex: index,
            path: path,
            signature: signature,
            time: time,
            accepted: accepted,
            counts: counts
        )
    }
}
