/// A message encrypted to several recipients (RFC 9052 5.1): ChaCha20/Poly1305, and for each
/// recipient the content key by HPKE-4-KE (draft-ietf-cose-hpke).
package struct COSEEncrypt: Hashable, Sendable {
    /// The CBOR tag.
    package static let tag: UInt64 = 96
    /// The most recipients that are read.
    package static let recipientCountMax = 1024
    // For each recipient its array, both headers with two labels each, and the ciphertext.
    private static let itemCountMax = 16 * recipientCountMax
    private static let nonceByteCount = 12
    private static let tagByteCount = 16

    /// One recipient's layer.
    package struct Recipient: Hashable, Sendable {
        /// The identifier of its key.
        package let keyID: ArraySlice<UInt8>
        /// The protected header, encoded as it came.
        package let protectedHeader: ArraySlice<UInt8>
        /// The content key.
        package let contentKey: EncryptedContentKey
    }

    /// The protected header, encoded as it came.
    package let protectedHeader: ArraySlice<UInt8>
    /// The nonce.
    package let nonce: ArraySlice<UInt8>
    /// The content with its authentication tag.
    package let ciphertext: ArraySlice<UInt8>
    /// The recipients, in order.
    package let recipients: [Recipient]

    /// Reads a message.
    ///
    /// - Throws: ``COSEError`` if the bytes are not exactly one such message.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(COSEError) {
        let value: CBORValue
        do throws(CBORError) {
            value = try coding.decode(bytes, limits: CBORLimits(itemCountMax: Self.itemCountMax))
        } catch {
            throw .invalidCBOR(error)
        }
        guard case .tagged(Self.tag, let item) = value, let parts = item.arrayValue,
            parts.count == 4
        else { throw .notTheMessage(tag: Self.tag) }
        guard let protected = parts[0].bytesValue else { throw .invalidPart("protected header") }
        guard let unprotected = parts[1].mapValue else { throw .invalidPart("unprotected header") }
        let header = try COSEHeader.decode(protected, using: coding)
        try COSEHeader.check(header, unprotected)
        guard header[HeaderLabel.algorithm]?.integerValue == Algorithm.chaCha20Poly1305 else {
            throw .unsupportedAlgorithm("content")
        }
        guard
            let nonce = (header[HeaderLabel.nonce] ?? unprotected[HeaderLabel.nonce])?.bytesValue,
            nonce.count == Self.nonceByteCount
        else { throw .invalidPart("nonce") }
        guard let ciphertext = parts[2].bytesValue, ciphertext.count >= Self.tagByteCount else {
            throw .invalidPart("ciphertext")
        }
        guard let items = parts[3].arrayValue, !items.isEmpty,
            items.count <= Self.recipientCountMax
        else { throw .invalidPart("list of recipients") }
        protectedHeader = protected
        self.nonce = nonce
        self.ciphertext = ciphertext
        var recipients: [Recipient] = []
        recipients.reserveCapacity(items.count)
        for item in items { recipients.append(try Recipient(item, using: coding)) }
        self.recipients = recipients
    }
}

extension COSEEncrypt.Recipient {
    private static let encapsulatedKeyByteCount = 32

    fileprivate init(_ value: CBORValue, using coding: any CBORCoding) throws(COSEError) {
        guard let parts = value.arrayValue, parts.count == 3,
            let protected = parts[0].bytesValue, let unprotected = parts[1].mapValue,
            let ciphertext = parts[2].bytesValue
        else { throw .invalidPart("recipient") }
        let header = try COSEHeader.decode(protected, using: coding)
        try COSEHeader.check(header, unprotected)
        guard header[HeaderLabel.algorithm]?.integerValue == Algorithm.hpke4KeyEncryption else {
            throw .unsupportedAlgorithm("recipient")
        }
        func field(_ label: Int) -> ArraySlice<UInt8>? {
            (header[label] ?? unprotected[label])?.bytesValue
        }
        guard let keyID = field(HeaderLabel.keyID) else { throw .invalidPart("recipient's kid") }
        guard let encapsulatedKey = field(HeaderLabel.encapsulatedKey),
            encapsulatedKey.count == Self.encapsulatedKeyByteCount
        else { throw .invalidPart("recipient's encapsulated key") }
        self.keyID = keyID
        protectedHeader = protected
        contentKey = EncryptedContentKey(encapsulatedKey: encapsulatedKey, ciphertext: ciphertext)
    }
}
