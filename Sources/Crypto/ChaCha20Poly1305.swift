import CSodium

/// Authenticated encryption with ChaCha20 and Poly1305 (RFC 8439), by libsodium.
package enum ChaCha20Poly1305 {
    /// The number of bytes of a key.
    package static let keyByteCount = 32
    /// The number of bytes of a nonce.
    package static let nonceByteCount = 12
    /// The number of bytes that the authentication tag adds.
    package static let tagByteCount = 16

    /// Encrypts `plaintext`; the tag stands at the end.
    ///
    /// - Precondition: the key has 32 bytes, the nonce 12, and they never meet again.
    package static func seal(
        _ plaintext: ArraySlice<UInt8>,
        key: borrowing SecretBytes,
        nonce: [UInt8],
        additionalData: [UInt8]
    ) -> [UInt8] {
        unsafe plaintext.withUnsafeBufferPointer { plaintext in
            unsafe seal(plaintext, key: key, nonce: nonce, additionalData: additionalData)
        }
    }

    /// Encrypts a secret; the tag stands at the end.
    ///
    /// - Precondition: the key has 32 bytes, the nonce 12, and they never meet again.
    static func seal(
        _ plaintext: borrowing SecretBytes,
        key: borrowing SecretBytes,
        nonce: [UInt8],
        additionalData: [UInt8]
    ) -> [UInt8] {
        unsafe plaintext.withUnsafeBytes { plaintext in
            unsafe seal(plaintext, key: key, nonce: nonce, additionalData: additionalData)
        }
    }

    /// Decrypts what ``seal(_:key:nonce:additionalData:)-(ArraySlice<UInt8>,_,_,_)`` made.
    ///
    /// - Throws: ``CryptoError/notAuthentic`` if anything does not fit, sizes included.
    package static func open(
        _ ciphertext: ArraySlice<UInt8>,
        key: borrowing SecretBytes,
        nonce: ArraySlice<UInt8>,
        additionalData: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        let count = ciphertext.count - tagByteCount
        guard count >= 0 else { throw .notAuthentic }
        var result: Int32 = -1
        let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: count) { plaintext, filled in
            result = unsafe open(
                ciphertext,
                into: plaintext,
                key: key,
                nonce: nonce,
                additionalData: additionalData
            )
            filled = result == 0 ? count : 0
        }
        guard result == 0 else { throw .notAuthentic }
        return plaintext
    }

    /// Decrypts a secret.
    ///
    /// - Throws: ``CryptoError/notAuthentic`` if anything does not fit, sizes included.
    static func openSecret(
        _ ciphertext: ArraySlice<UInt8>,
        key: borrowing SecretBytes,
        nonce: ArraySlice<UInt8>,
        additionalData: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        let count = ciphertext.count - tagByteCount
        guard count >= 0 else { throw .notAuthentic }
        return unsafe try SecretBytes(count: count) {
            (secret: UnsafeMutableBufferPointer<UInt8>) throws(CryptoError) in
            let result = unsafe open(
                ciphertext,
                into: secret,
                key: key,
                nonce: nonce,
                additionalData: additionalData
            )
            guard result == 0 else { throw .notAuthentic }
        }
    }

    private static func seal(
        _ plaintext: UnsafeBufferPointer<UInt8>,
        key: borrowing SecretBytes,
        nonce: [UInt8],
        additionalData: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == keyByteCount, "ChaCha20 has keys of 32 bytes")
        precondition(nonce.count == nonceByteCount, "ChaCha20 has nonces of 12 bytes")
        SodiumLibrary.prepare()
        let count = plaintext.count + tagByteCount
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { ciphertext, filled in
            unsafe key.withUnsafeBytes { key in
                _ = unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                    ciphertext.start,
                    nil,
                    plaintext.start,
                    UInt64(plaintext.count),
                    additionalData,
                    UInt64(additionalData.count),
                    nil,
                    nonce,
                    key.start
                )
            }
            filled = count
        }
    }

    private static func open(
        _ ciphertext: ArraySlice<UInt8>,
        into plaintext: UnsafeMutableBufferPointer<UInt8>,
        key: borrowing SecretBytes,
        nonce: ArraySlice<UInt8>,
        additionalData: [UInt8]
    ) -> Int32 {
        guard key.count == keyByteCount, nonce.count == nonceByteCount else { return -1 }
        SodiumLibrary.prepare()
        return unsafe key.withUnsafeBytes { key in
            unsafe ciphertext.withUnsafeBufferPointer { ciphertext in
                unsafe nonce.withUnsafeBufferPointer { nonce in
                    unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                        plaintext.start,
                        nil,
                        nil,
                        ciphertext.start,
                        UInt64(ciphertext.count),
                        additionalData,
                        UInt64(additionalData.count),
                        nonce.start,
                        key.start
                    )
                }
            }
        }
    }
}
