/// Reads integers and runs of bytes from the front of a slice, never past its end.
///
/// Every read returns nil where too few bytes are left and then consumes nothing, so that the
/// caller names the error in its own terms.
package struct ByteReader: Sendable {
    /// What has not been read yet.
    package private(set) var remaining: ArraySlice<UInt8>

    /// Makes a reader at the start of `bytes`.
    @inlinable
    package init(_ bytes: ArraySlice<UInt8>) {
        self.remaining = bytes
    }

    /// Makes a reader at the start of `bytes`.
    @inlinable
    package init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// The number of bytes not read yet.
    package var byteCount: Int { remaining.count }

    /// Whether everything has been read.
    package var isAtEnd: Bool { remaining.isEmpty }

    /// Reads one byte.
    package mutating func readUInt8() -> UInt8? {
        remaining.popFirst()
    }

    /// Reads an integer of `T`'s width in network byte order.
    package mutating func readInteger<T: FixedWidthInteger & UnsignedInteger>(
        as type: T.Type = T.self
    ) -> T? {
        guard let bytes = readBytes(T.bitWidth / 8) else { return nil }
        var value: T = 0
        for byte in bytes {
            value = value << 8 | T(byte)
        }
        return value
    }

    // For the headers of records, of which a reader of the log skips millions: in other modules the
    // generic function is not specialised.

    /// Reads an integer of 16 bits in network byte order.
    package mutating func readUInt16() -> UInt16? { readInteger() }

    /// Reads an integer of 32 bits in network byte order.
    package mutating func readUInt32() -> UInt32? { readInteger() }

    /// Reads an integer of 64 bits in network byte order.
    package mutating func readUInt64() -> UInt64? { readInteger() }

    /// Reads `count` bytes as a slice of the same storage.
    package mutating func readBytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= remaining.count else { return nil }
        let bytes = remaining.prefix(count)
        remaining = remaining.dropFirst(count)
        return bytes
    }
}
