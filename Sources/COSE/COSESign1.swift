/// A message with one signature (RFC 9052 4.2).
package struct COSESign1: Hashable, Sendable {
    /// The CBOR tag.
    package static let tag: UInt64 = 18

    // Room for the heads and words between the parts of an encoding.
    private static let frameByteCount = 64

    /// The protected header, encoded as it came.
    package let protectedHeader: ArraySlice<UInt8>
    /// The protected header, decoded.
    package let header: CBORMap
    /// The unprotected header.
    package let unprotectedHeader: CBORMap
    /// The payload; nil where it is detached.
    package let payload: ArraySlice<UInt8>?
    /// The signature.
    package let signature: ArraySlice<UInt8>

    /// Reads a message.
    ///
    /// - Throws: ``COSEError`` if the bytes are not exactly one tagged COSE_Sign1.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(COSEError) {
        let value: CBORValue
        do throws(CBORError) {
            value = try coding.decode(bytes, limits: CBORLimits())
        } catch {
            throw .invalidCBOR(error)
        }
        try self.init(value, using: coding)
    }

    /// Reads a message from a decoded item.
    ///
    /// - Throws: ``COSEError`` if it is not a tagged COSE_Sign1.
    package init(_ value: CBORValue, using coding: any CBORCoding) throws(COSEError) {
        guard case .tagged(Self.tag, let item) = value, let parts = item.arrayValue,
            parts.count == 4
        else { throw .notTheMessage(tag: Self.tag) }
        guard let protected = parts[0].bytesValue else { throw .invalidPart("protected header") }
        guard let unprotected = parts[1].mapValue else { throw .invalidPart("unprotected header") }
        switch parts[2] {
        case .bytes(let bytes): payload = bytes
        case .null: payload = nil
        default: throw .invalidPart("payload")
        }
        guard let signature = parts[3].bytesValue else { throw .invalidPart("signature") }
        protectedHeader = protected
        header = try COSEHeader.decode(protected, using: coding)
        unprotectedHeader = unprotected
        self.signature = signature
        try COSEHeader.check(header, unprotected)
    }

    /// Signs a payload.
    package init(
        header: CBORMap,
        payload: [UInt8],
        externalAAD: [UInt8] = [],
        key: any MessageSigning,
        using coding: any CBORCoding
    ) {
        let protected = header.pairs.isEmpty ? [] : coding.encode(.map(header))
        let message = Self.signatureStructure(
            protected: protected[...],
            externalAAD: externalAAD[...],
            payload: payload[...],
            using: coding
        )
        protectedHeader = protected[...]
        self.header = header
        unprotectedHeader = CBORMap()
        self.payload = payload[...]
        signature = key.sign(message[...])[...]
    }

    /// The `Sig_structure` that the signature covers (RFC 9052 4.4).
    ///
    /// - Parameters:
    ///   - externalAAD: what else the signature covers.
    ///   - detachedPayload: the payload, where the message has none.
    ///   - coding: the CBOR engine.
    /// - Returns: the bytes to sign or verify.
    package func signatureStructure(
        externalAAD: ArraySlice<UInt8> = [],
        detachedPayload: ArraySlice<UInt8> = [],
        using coding: any CBORCoding
    ) -> [UInt8] {
        Self.signatureStructure(
            protected: COSEHeader.authenticated(protectedHeader, header),
            externalAAD: externalAAD,
            payload: payload ?? detachedPayload,
            using: coding
        )
    }

    /// The encoding, with another unprotected header where one is handed in.
    package func encode(
        unprotectedHeader replacement: CBORMap? = nil,
        using coding: any CBORCoding
    ) -> [UInt8] {
        let count = protectedHeader.count + (payload?.count ?? 0) + signature.count
        var writer = CBORWriter(byteCount: count + Self.frameByteCount, using: coding)
        writer.tag(Self.tag)
        writer.array(4)
        writer.byteString(protectedHeader)
        let unprotected = replacement ?? unprotectedHeader
        if unprotected.pairs.isEmpty { writer.map(0) } else { writer.value(.map(unprotected)) }
        if let payload { writer.byteString(payload) } else { writer.null() }
        writer.byteString(signature)
        return writer.bytes
    }

    /// The `Sig_structure` of a message that is not at hand as a whole (RFC 9052 4.4).
    package static func signatureStructure(
        protected: ArraySlice<UInt8>,
        externalAAD: ArraySlice<UInt8> = [],
        payload: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) -> [UInt8] {
        let count = protected.count + externalAAD.count + payload.count
        var writer = CBORWriter(byteCount: count + Self.frameByteCount, using: coding)
        writer.array(4)
        writer.text("Signature1")
        writer.byteString(protected)
        writer.byteString(externalAAD)
        writer.byteString(payload)
        return writer.bytes
    }
}
