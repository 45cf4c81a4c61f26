/// The cryptographic engine that composing messages needs, handed in so that the formats stay free
/// of C libraries.
///
/// The content key is made, used and wiped inside of the engine: it never reaches the formats.
package protocol COSECryptography: SignatureVerifying {
    /// Encrypts `plaintext` with ChaCha20-Poly1305 under a new content key and a new nonce, and
    /// that key to each recipient with HPKE in base mode (RFC 9180 6.1).
    ///
    /// - Parameters:
    ///   - plaintext: what to encrypt.
    ///   - additionalData: what is authenticated beside it.
    ///   - recipients: whom to encrypt the content key to.
    /// - Returns: the ciphertexts, the keys in the order of `recipients`.
    /// - Throws: ``COSEError`` if a recipient's key is no key to encrypt to.
    func seal(
        _ plaintext: ArraySlice<UInt8>,
        additionalData: [UInt8],
        recipients: [ContentKeyRecipient]
    ) throws(COSEError) -> SealedContent
}

/// A private encryption key (X25519), handed in so that the formats never hold its bytes.
package protocol ContentOpening: Sendable {
    /// The public half.
    var publicKey: X25519PublicKey { get }

    /// Opens the content key with HPKE in base mode, and the content with that.
    ///
    /// - Parameters:
    ///   - ciphertext: the content with its authentication tag.
    ///   - nonce: its nonce, 12 bytes.
    ///   - additionalData: what is authenticated beside it.
    ///   - contentKey: the content key, encrypted to this key.
    ///   - info: what the content key is bound to.
    /// - Returns: the plaintext.
    /// - Throws: ``COSEError/notAuthentic`` if anything does not fit.
    func open(
        _ ciphertext: ArraySlice<UInt8>,
        nonce: ArraySlice<UInt8>,
        additionalData: [UInt8],
        contentKey: EncryptedContentKey,
        info: [UInt8]
    ) throws(COSEError) -> [UInt8]
}

/// Whom a content key is encrypted to.
package struct ContentKeyRecipient: Sendable {
    /// The recipient's key.
    package let key: X25519PublicKey
    /// What the content key is bound to: the `info` of HPKE.
    package let info: [UInt8]

    /// Makes a recipient.
    package init(key: X25519PublicKey, info: [UInt8]) {
        self.key = key
        self.info = info
    }
}

/// A content key as one recipient gets it.
package struct EncryptedContentKey: Hashable, Sendable {
    /// HPKE's encapsulated key, 32 bytes.
    package let encapsulatedKey: ArraySlice<UInt8>
    /// The content key, encrypted, with its authentication tag.
    package let ciphertext: ArraySlice<UInt8>

    /// Makes an encrypted key of its parts.
    package init(encapsulatedKey: ArraySlice<UInt8>, ciphertext: ArraySlice<UInt8>) {
        self.encapsulatedKey = encapsulatedKey
        self.ciphertext = ciphertext
    }
}

/// What sealing yields.
package struct SealedContent: Hashable, Sendable {
    /// The nonce of the content, 12 bytes.
    package let nonce: [UInt8]
    /// The content, encrypted, with its authentication tag.
    package let ciphertext: [UInt8]
    /// The content key for each recipient, in their order.
    package let contentKeys: [EncryptedContentKey]

    /// Makes sealed content of its parts.
    package init(nonce: [UInt8], ciphertext: [UInt8], contentKeys: [EncryptedContentKey]) {
        self.nonce = nonce
        self.ciphertext = ciphertext
        self.contentKeys = contentKeys
    }
}
