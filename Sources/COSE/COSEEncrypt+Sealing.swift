extension COSEEncrypt {
    /// Encrypts `plaintext` to `recipients`, and encodes the message.
    ///
    /// - Parameters:
    ///   - plaintext: what to encrypt.
    ///   - externalAAD: what the content is bound to without containing it.
    ///   - recipients: the recipients' keys with their identifiers.
    ///   - coding: the CBOR engine.
    ///   - cryptography: the cryptographic engine.
    /// - Returns: the message, encoded.
    /// - Throws: ``COSEError/invalidRecipientKey`` for a key that cannot be encrypted to.
    package static func seal(
        _ plaintext: ArraySlice<UInt8>,
        externalAAD: [UInt8],
        to recipients: [(key: X25519PublicKey, keyID: [UInt8])],
        coding: any CBORCoding,
        cryptography: any COSECryptography
    ) throws(COSEError) -> [UInt8] {
        let protected = encodeHeader(Algorithm.chaCha20Poly1305, using: coding)
        let layer = encodeHeader(Algorithm.hpke4KeyEncryption, using: coding)
        let info = recipientStructure(protected: layer[...], extraInfo: [], using: coding)
        let sealed = try cryptography.seal(
            plaintext,
            additionalData: encryptionStructure(protected[...], externalAAD, using: coding),
            recipients: recipients.map { ContentKeyRecipient(key: $0.key, info: info) }
        )
        var layers: [CBORValue] = []
        layers.reserveCapacity(recipients.count)
        for (recipient, contentKey) in zip(recipients, sealed.contentKeys) {
            let unprotected = CBORMap([
                CBORMap.Pair(.integer(HeaderLabel.keyID), .bytes(recipient.keyID)),
                CBORMap.Pair(
                    .integer(HeaderLabel.encapsulatedKey),
                    .bytes(contentKey.encapsulatedKey)
                ),
            ])
            layers.append(
                .array([.bytes(layer), .map(unprotected), .bytes(contentKey.ciphertext)])
            )
        }
        let unprotected = CBORMap([
            CBORMap.Pair(.integer(HeaderLabel.nonce), .bytes(sealed.nonce))
        ])
        let parts: [CBORValue] = [
            .bytes(protected), .map(unprotected), .bytes(sealed.ciphertext), .array(layers),
        ]
        return coding.encode(.tagged(tag, .array(parts)))
    }

    /// Decrypts the message with the key of one of its recipients.
    ///
    /// - Parameters:
    ///   - keyID: the identifier of the key.
    ///   - key: the private key.
    ///   - externalAAD: what the content is bound to without containing it.
    ///   - recipientExtraInfo: what the recipient's layer is bound to; Aviso leaves it empty.
    ///   - coding: the CBOR engine.
    /// - Returns: the plaintext.
    /// - Throws: ``COSEError`` if there is no entry for the key, or anything does not fit.
    package func open(
        keyID: [UInt8],
        key: any ContentOpening,
        externalAAD: [UInt8],
        recipientExtraInfo: [UInt8] = [],
        using coding: any CBORCoding
    ) throws(COSEError) -> [UInt8] {
        guard let recipient = recipients.first(where: { $0.keyID.elementsEqual(keyID) }) else {
            throw .notARecipient
        }
        return try key.open(
            ciphertext,
            nonce: nonce,
            additionalData: Self.encryptionStructure(protectedHeader, externalAAD, using: coding),
            contentKey: recipient.contentKey,
            info: Self.recipientStructure(
                protected: recipient.protectedHeader,
                extraInfo: recipientExtraInfo,
                using: coding
            )
        )
    }

    /// `Enc_structure`: what is authenticated beside the content (RFC 9052 5.3).
    static func encryptionStructure(
        _ protected: ArraySlice<UInt8>,
        _ externalAAD: [UInt8],
        using coding: any CBORCoding
    ) -> [UInt8] {
        coding.encode(.array([.text("Encrypt"), .bytes(protected), .bytes(externalAAD)]))
    }

    /// `Recipient_structure`: what a content key is bound to (draft-ietf-cose-hpke).
    static func recipientStructure(
        protected: ArraySlice<UInt8>,
        extraInfo: [UInt8],
        using coding: any CBORCoding
    ) -> [UInt8] {
        coding.encode(
            .array([
                .text("HPKE Recipient"), .integer(Algorithm.chaCha20Poly1305), .bytes(protected),
                .bytes(extraInfo),
            ])
        )
    }

    private static func encodeHeader(_ algorithm: Int, using coding: any CBORCoding) -> [UInt8] {
        coding.encode(
            .map(
                CBORMap([CBORMap.Pair(.integer(HeaderLabel.algorithm), .integer(algorithm))])
            )
        )
    }
}
