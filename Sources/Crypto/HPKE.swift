import Base
package import COSE

/// Hybrid public key encryption in base mode, single shot (RFC 9180 6.1), with the suite
/// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
package enum HPKE {
    // RFC 9180 4.1 and 5.1: "KEM" with the KEM's number, "HPKE" with those of KEM, KDF and AEAD.
    private static let keyEncapsulation: [UInt8] = Array("KEM".utf8) + [0x00, 0x20]
    private static let suite: [UInt8] =
        Array("HPKE".utf8) + [0x00, 0x20, 0x00, 0x01, 0x00, 0x03]
    private static let baseMode: UInt8 = 0x00

    /// Encrypts `plaintext` to the holder of the private half of `key`.
    ///
    /// - Parameters:
    ///   - plaintext: what to encrypt.
    ///   - key: the recipient's key.
    ///   - info: what the ciphertext is bound to, by way of the key schedule.
    ///   - additionalData: what is authenticated beside it.
    /// - Returns: the encapsulated key and the ciphertext with its tag.
    /// - Throws: ``CryptoError/weakPublicKey`` for a key of small order.
    package static func seal(
        _ plaintext: borrowing SecretBytes,
        to key: X25519PublicKey,
        info: [UInt8],
        additionalData: [UInt8] = []
    ) throws(CryptoError) -> EncryptedContentKey {
        try seal(
            plaintext,
            to: key,
            info: info,
            additionalData: additionalData,
            ephemeral: Randomness.secret(X25519.byteCount)
        )
    }

    /// Encrypts with a given ephemeral key, which only test vectors may repeat.
    static func seal(
        _ plaintext: borrowing SecretBytes,
        to key: X25519PublicKey,
        info: [UInt8],
        additionalData: [UInt8],
        ephemeral: borrowing SecretBytes
    ) throws(CryptoError) -> EncryptedContentKey {
        let encapsulated = unsafe ephemeral.withUnsafeBytes { unsafe X25519.publicKey(of: $0) }
        let agreed = unsafe try ephemeral.withUnsafeBytes {
            (scalar: UnsafeBufferPointer<UInt8>) throws(CryptoError) -> SecretBytes in
            unsafe try X25519.sharedSecret(scalar, key)
        }
        let secret = try sharedSecret(agreed, encapsulated: encapsulated.bytes, recipient: key)
        let schedule = try KeySchedule(secret, info: info)
        let ciphertext = ChaCha20Poly1305.seal(
            plaintext,
            key: schedule.key,
            nonce: schedule.nonce,
            additionalData: additionalData
        )
        return EncryptedContentKey(
            encapsulatedKey: encapsulated.bytes[...],
            ciphertext: ciphertext[...]
        )
    }

    /// Decrypts what ``seal(_:to:info:additionalData:)`` made.
    ///
    /// - Parameters:
    ///   - sealed: encapsulated key and ciphertext.
    ///   - key: the recipient's private key.
    ///   - info: what the ciphertext is bound to.
    ///   - additionalData: what is authenticated beside it.
    /// - Returns: the plaintext.
    /// - Throws: ``CryptoError`` if anything does not fit.
    package static func open(
        _ sealed: EncryptedContentKey,
        with key: X25519PrivateKey,
        info: [UInt8],
        additionalData: [UInt8] = []
    ) throws(CryptoError) -> SecretBytes {
        guard let encapsulated = X25519PublicKey(sealed.encapsulatedKey) else {
            throw .notAuthentic
        }
        let agreed = try key.sharedSecret(with: encapsulated)
        let secret = try sharedSecret(
            agreed,
            encapsulated: encapsulated.bytes,
            recipient: key.publicKey
        )
        let schedule = try KeySchedule(secret, info: info)
        return try ChaCha20Poly1305.openSecret(
            sealed.ciphertext,
            key: schedule.key,
            nonce: schedule.nonce[...],
            additionalData: additionalData
        )
    }

    /// The KEM's shared secret (RFC 9180 4.1, ExtractAndExpand).
    static func sharedSecret(
        _ agreed: borrowing SecretBytes,
        encapsulated: [UInt8],
        recipient: X25519PublicKey
    ) throws(CryptoError) -> SecretBytes {
        let key = try labeledExtract(
            suite: keyEncapsulation,
            salt: SecretBytes(copying: []),
            label: "eae_prk",
            keyMaterial: agreed
        )
        return try labeledExpand(
            suite: keyEncapsulation,
            key: key,
            label: "shared_secret",
            info: encapsulated + recipient.bytes,
            byteCount: 32
        )
    }

    /// Key and nonce of the first and only message (RFC 9180 5.1).
    struct KeySchedule: ~Copyable {
        /// The key.
        let key: SecretBytes
        /// The nonce of sequence number 0.
        let nonce: [UInt8]

        init(_ sharedSecret: borrowing SecretBytes, info: [UInt8]) throws(CryptoError) {
            let none = SecretBytes(copying: [])
            let identifierHash = try HPKE.labeledExtract(
                suite: HPKE.suite,
                salt: none,
                label: "psk_id_hash",
                keyMaterial: none
            )
            let infoHash = try HPKE.labeledExtract(
                suite: HPKE.suite,
                salt: none,
                label: "info_hash",
                keyMaterial: SecretBytes(copying: info)
            )
            let context = [HPKE.baseMode] + identifierHash.exposed() + infoHash.exposed()
            let secret = try HPKE.labeledExtract(
                suite: HPKE.suite,
                salt: sharedSecret,
                label: "secret",
                keyMaterial: none
            )
            let key = try HPKE.labeledExpand(
                suite: HPKE.suite,
                key: secret,
                label: "key",
                info: context,
                byteCount: ChaCha20Poly1305.keyByteCount
            )
            let nonce = try HPKE.labeledExpand(
                suite: HPKE.suite,
                key: secret,
                label: "base_nonce",
                info: context,
                byteCount: ChaCha20Poly1305.nonceByteCount
            )
            self.key = key
            self.nonce = nonce.exposed()
        }
    }

    private static func labeledExtract(
        suite: [UInt8],
        salt: borrowing SecretBytes,
        label: String,
        keyMaterial: borrowing SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        try HKDF.extract(salt: salt, keyMaterial: SecretBytes(labeled(suite, label), keyMaterial))
    }

    private static func labeledExpand(
        suite: [UInt8],
        key: borrowing SecretBytes,
        label: String,
        info: [UInt8],
        byteCount: Int
    ) throws(CryptoError) -> SecretBytes {
        var bound: [UInt8] = []
        bound.append(bigEndian: UInt16(byteCount))
        return try HKDF.expand(
            key: key,
            info: bound + labeled(suite, label) + info,
            byteCount: byteCount
        )
    }

    private static func labeled(_ suite: [UInt8], _ label: String) -> [UInt8] {
        Array("HPKE-v1".utf8) + suite + Array(label.utf8)
    }
}
