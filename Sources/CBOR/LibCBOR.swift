package import COSE

/// CBOR by libcbor: its streaming decoder, which allocates nothing, and its encoders.
package struct LibCBOR: CBORCoding {
    // What most messages fit in.
    private static let usualByteCount = 1024

    /// Makes the codec.
    package init() {}

    package func decode(
        _ bytes: ArraySlice<UInt8>,
        limits: CBORLimits
    ) throws(CBORError) -> CBORValue {
        let (value, byteCount) = try decodePrefix(bytes, limits: limits)
        guard byteCount == bytes.count else { throw .trailingBytes }
        return value
    }

    package func decodePrefix(
        _ bytes: ArraySlice<UInt8>,
        limits: CBORLimits
    ) throws(CBORError) -> (value: CBORValue, byteCount: Int) {
        var decoder = StreamDecoder(bytes, limits: limits)
        let value = try decoder.decodeItem(depth: 0)
        return (value, decoder.offset)
    }

    package func encode(_ value: CBORValue) -> [UInt8] {
        var encoder = Encoder(byteCount: Self.usualByteCount)
        encoder.encode(value)
        return encoder.bytes
    }

    package func encode(_ head: CBORHead, into bytes: inout [UInt8]) {
        Encoder.append(head, to: &bytes)
    }
}
