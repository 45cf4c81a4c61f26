extension Array where Element == UInt8 {
    /// Appends an integer in network byte order.
    @inlinable
    package mutating func append(bigEndian value: some FixedWidthInteger) {
        var shift = type(of: value).bitWidth - 8
        while shift >= 0 {
            append(UInt8(truncatingIfNeeded: value >> shift))
            shift -= 8
        }
    }

    /// Overwrites the bytes at `offset` with an integer in network byte order.
    ///
    /// - Precondition: the integer fits between `offset` and the end.
    @inlinable
    package mutating func replace(at offset: Int, bigEndian value: some FixedWidthInteger) {
        let byteCount = type(of: value).bitWidth / 8
        precondition(offset >= 0 && offset + byteCount <= count, "integer outside of the buffer")
        for position in 0..<byteCount {
            self[offset + position] = UInt8(
                truncatingIfNeeded: value >> ((byteCount - 1 - position) * 8)
            )
        }
    }
}
