/// Encoding and decoding of CBOR, handed in to the formats so that they stay free of C libraries.
///
/// The engine behind it is libcbor, in the module `CBOR`.
package protocol CBORCoding: Sendable {
    /// Decodes exactly one item that fills all of `bytes`.
    ///
    /// - Throws: ``CBORError`` for malformed, truncated, indefinite-length or trailing bytes, a map
    ///   key that stands twice, invalid UTF-8, or anything over `limits`.
    func decode(_ bytes: ArraySlice<UInt8>, limits: CBORLimits) throws(CBORError) -> CBORValue

    /// Decodes the one item at the front of `bytes`.
    ///
    /// - Returns: the item and the number of bytes that it takes.
    /// - Throws: ``CBORError``, as ``decode(_:limits:)`` but for trailing bytes.
    func decodePrefix(
        _ bytes: ArraySlice<UInt8>,
        limits: CBORLimits
    ) throws(CBORError) -> (value: CBORValue, byteCount: Int)

    /// Encodes an item by the core deterministic rules (RFC 8949 4.2.1).
    func encode(_ value: CBORValue) -> [UInt8]

    /// Appends the head of an item in its shortest form; what it announces is for the caller.
    func encode(_ head: CBORHead, into bytes: inout [UInt8])
}

/// What a decoder accepts at most.
package struct CBORLimits: Sendable {
    /// The number of items, nested ones included.
    package let itemCountMax: Int
    /// How deep arrays, maps and tags may nest.
    package let depthMax: Int

    /// Makes limits; the defaults fit every structure that Aviso defines.
    package init(itemCountMax: Int = 4096, depthMax: Int = 16) {
        self.itemCountMax = itemCountMax
        self.depthMax = depthMax
    }
}

/// Why bytes are not the CBOR that was asked for.
package enum CBORError: Error, Hashable, Sendable {
    /// The item ends past the end of the bytes.
    case truncated
    /// Bytes follow the item.
    case trailingBytes
    /// The bytes at `offset` begin no well-formed item.
    case malformed(offset: Int)
    /// An indefinite length, which COSE and the log do not use here.
    case indefiniteLength
    /// The same key twice in one map.
    case duplicateKey
    /// A text string that is not UTF-8.
    case invalidText
    /// More items, or deeper nesting, than ``CBORLimits`` allow.
    case limitExceeded

    /// What is wrong, in words that fit into a sentence.
    package var reason: String {
        switch self {
        case .truncated: "it ends too early"
        case .trailingBytes: "bytes follow it"
        case .malformed(let offset): "malformed at byte \(offset)"
        case .indefiniteLength: "a length is indefinite"
        case .duplicateKey: "a map key stands twice"
        case .invalidText: "a text is not UTF-8"
        case .limitExceeded: "it has too many items or nests too deep"
        }
    }
}
