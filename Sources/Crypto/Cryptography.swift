package import COSE

/// The engine behind the protocols of the formats: libsodium and OpenSSL.
package struct Cryptography: COSECryptography {
    /// Makes the engine.
    package init() {}

    package func verify(
        signature: ArraySlice<UInt8>,
        message: ArraySlice<UInt8>,
        key: Ed25519PublicKey
    ) -> Bool {
        key.verify(signature: signature, over: message)
    }

    package func seal(
        _ plaintext: ArraySlice<UInt8>,
        additionalData: [UInt8],
        recipients: [ContentKeyRecipient]
    ) throws(COSEError) -> SealedContent {
        let key = Randomness.secret(ChaCha20Poly1305.keyByteCount)
        let nonce = Randomness.bytes(ChaCha20Poly1305.nonceByteCount)
        var contentKeys: [EncryptedContentKey] = []
        contentKeys.reserveCapacity(recipients.count)
        for recipient in recipients {
            do throws(CryptoError) {
                contentKeys.append(
                    try HPKE.seal(key, to: recipient.key, info: recipient.info)
                )
            } catch {
                throw COSEError(error)
            }
        }
        let ciphertext = ChaCha20Poly1305.seal(
            plaintext,
            key: key,
            nonce: nonce,
            additionalData: additionalData
        )
        return SealedContent(nonce: nonce, ciphertext: ciphertext, contentKeys: contentKeys)
    }
}

extension X25519PrivateKey: ContentOpening {
    package func open(
        _ ciphertext: ArraySlice<UInt8>,
        nonce: ArraySlice<UInt8>,
        additionalData: [UInt8],
        contentKey: EncryptedContentKey,
        info: [UInt8]
    ) throws(COSEError) -> [UInt8] {
        do throws(CryptoError) {
            let key = try HPKE.open(contentKey, with: self, info: info)
            return try ChaCha20Poly1305.open(
                ciphertext,
                key: key,
                nonce: nonce,
                additionalData: additionalData
            )
        } catch {
            throw COSEError(error)
        }
    }
}

extension COSEError {
    /// The error of the formats that stands for one of the engine.
    fileprivate init(_ error: CryptoError) {
        self =
            switch error {
            case .notAuthentic: .notAuthentic
            case .weakPublicKey: .invalidRecipientKey
            case .libraryFailed(let reason): .engineFailed(reason)
            }
    }
}
