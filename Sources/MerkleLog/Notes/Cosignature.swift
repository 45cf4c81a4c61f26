package import Base
package import COSE

/// The public key of a witness: `name+hash+key` with the algorithm of cosignature/v1
/// (C2SP tlog-cosignature), Ed25519.
package struct CosignerKey: Hashable, Sendable, CustomStringConvertible {
    // The algorithm byte of timestamped Ed25519 cosignatures.
    private static let algorithm: UInt8 = 4

    /// The name of the witness.
    package let name: String
    /// The first four bytes of SHA-256 over name, newline, algorithm and key.
    package let keyHash: UInt32
    /// The key.
    package let publicKey: Ed25519PublicKey

    /// Makes the key of a witness.
    ///
    /// The result is nil for a name that no note can carry.
    ///
    /// - Parameters:
    ///   - name: the name of the witness, such as `witness.example/w1`.
    ///   - publicKey: its key.
    ///   - hasher: SHA-256.
    package init?(name: String, publicKey: Ed25519PublicKey, using hasher: some Hashing) {
        guard NoteVerifierKey.isName(name) else { return nil }
        self.name = name
        self.publicKey = publicKey
        keyHash = KeyForm.hash(name, Self.algorithm, publicKey, hasher)
    }

    /// Reads the form `name+hash+key`; nil if the hash does not belong to the key.
    package init?(_ text: String, using hasher: some Hashing) {
        guard let (name, key) = KeyForm.parse(text, Self.algorithm, hasher) else { return nil }
        self.init(name: name, publicKey: key, using: hasher)
    }

    /// The form `name+hash+key`.
    package var description: String {
        KeyForm.text(name, keyHash, Self.algorithm, publicKey)
    }
}

/// What a witness says of a checkpoint: at this time, the largest consistent tree that it had seen
/// (C2SP tlog-cosignature, cosignature/v1).
package struct Cosignature: Hashable, Sendable {
    private static let timeByteCount = 8
    private static let byteCount = timeByteCount + 64

    /// When it was made, in seconds since 1970.
    package let seconds: UInt64
    /// The Ed25519 signature.
    package let signature: [UInt8]

    /// Makes a cosignature.
    ///
    /// - Parameters:
    ///   - text: the text of the checkpoint, with its final newline.
    ///   - seconds: the time, in seconds since 1970.
    ///   - key: the private key of the witness.
    package init(of text: String, seconds: UInt64, key: some MessageSigning) {
        self.seconds = seconds
        signature = key.sign(Self.message(text, seconds)[...])
    }

    /// Reads the bytes of a signature line; nil if they have not the form of a cosignature.
    ///
    /// - Parameter bytes: the bytes behind the key's hash.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        seconds = bytes.prefix(Self.timeByteCount).reduce(0) { $0 << 8 | UInt64($1) }
        guard seconds <= UInt64(Int64.max) else { return nil }
        signature = Array(bytes.dropFirst(Self.timeByteCount))
    }

    /// Whether a witness has signed a text at this time.
    ///
    /// - Parameters:
    ///   - text: the text of the checkpoint, with its final newline.
    ///   - key: the key of the witness.
    ///   - verifier: Ed25519.
    /// - Returns: whether the signature holds.
    package func isValid(
        for text: String,
        by key: CosignerKey,
        verifier: some SignatureVerifying
    ) -> Bool {
        verifier.verify(
            signature: signature[...],
            message: Self.message(text, seconds)[...],
            key: key.publicKey
        )
    }

    /// The signature line's content for a note.
    ///
    /// - Parameter key: the key of the witness.
    /// - Returns: name, hash and bytes.
    package func noteSignature(_ key: CosignerKey) -> SignedNote.Signature {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: seconds)
        return SignedNote.Signature(
            name: key.name,
            keyHash: key.keyHash,
            bytes: bytes + signature
        )
    }

    private static func message(_ text: String, _ seconds: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n\(text)".utf8)
    }
}

extension SignedNote {
    /// The latest cosignature of a witness that holds.
    ///
    /// - Parameters:
    ///   - key: the key of the witness.
    ///   - verifier: Ed25519.
    /// - Returns: the cosignature; nil if none stands here that holds.
    package func cosignature(
        by key: CosignerKey,
        verifier: some SignatureVerifying
    ) -> Cosignature? {
        signatures.filter { $0.name == key.name && $0.keyHash == key.keyHash }
            .compactMap { Cosignature($0.bytes) }
            .filter { $0.isValid(for: text, by: key, verifier: verifier) }
            .max { $0.seconds < $1.seconds }
    }

    /// One signature as the line of a note, with its newline.
    package static func line(_ signature: Signature) -> String {
        var blob: [UInt8] = []
        blob.append(bigEndian: signature.keyHash)
        blob.append(contentsOf: signature.bytes)
        return "\u{2014} \(signature.name) \(Base64.encode(blob))\n"
    }

    /// Reads signature lines, as a witness answers them; nil for anything else.
    ///
    /// - Parameter bytes: the lines, each with its newline.
    /// - Returns: the signatures, in order.
    package static func signatures(ofLines bytes: [UInt8]) -> [Signature]? {
        guard !bytes.isEmpty else { return nil }
        // A note of any text has them behind an empty line.
        return SignedNote(Array("text\n\n".utf8) + bytes)?.signatures
    }
}
