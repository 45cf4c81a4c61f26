/// What stands at the beginning of each CBOR data item (RFC 8949 3): its type and its argument.
package enum CBORHead: Hashable, Sendable {
    /// An unsigned integer.
    case unsigned(UInt64)
    /// A negative integer; the value is `-1 - argument`.
    case negative(argument: UInt64)
    /// A byte string of so many bytes, which follow.
    case bytes(count: Int)
    /// A text string of so many bytes of UTF-8, which follow.
    case text(byteCount: Int)
    /// An array of so many items, which follow.
    case array(count: Int)
    /// A map of so many pairs, which follow.
    case map(count: Int)
    /// A tag, whose item follows.
    case tag(UInt64)
    /// False or true.
    case boolean(Bool)
    /// Null.
    case null
    /// The simple value `undefined`.
    case undefined
}
