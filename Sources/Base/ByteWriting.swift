extension Array where Element == UInt8 {
    /// Appends an integer in network byte order.
    @inlinable
    package mutating func append(bigEndian value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
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

extension ArraySlice where Element == UInt8 {
    /// Whether the bytes are the same as those of another slice, wherever either stands.
    ///
    /// Eight at a time: `elementsEqual` goes through an iterator for each byte.
    package func hasSameBytes(as other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { mine in
            unsafe other.withUnsafeBytes { others in
                var place = 0
                while place + 8 <= mine.count {
                    let left = unsafe mine.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    let right = unsafe others.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    guard left == right else { return false }
                    place += 8
                }
                while place < mine.count {
                    guard unsafe mine[place] == others[place] else { return false }
                    place += 1
                }
                return true
            }
        }
    }
}
