import CSodium

/// Bytes that nobody else shall see, wiped as soon as they are not needed any more.
///
/// They are never copied implicitly, described or compared in a time that depends on them.
@safe package struct SecretBytes: ~Copyable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    /// Makes `count` bytes and lets `fill` write them.
    ///
    /// - Parameters:
    ///   - count: how many bytes.
    ///   - fill: gets the bytes, all zero.
    /// - Throws: what `fill` throws; the bytes are wiped then, too.
    init<Failure: Error>(
        count: Int,
        fill: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        // One byte more keeps the address valid where there are none.
        unsafe buffer = UnsafeMutableBufferPointer.allocate(capacity: count + 1)
        unsafe buffer.initialize(repeating: 0)
        unsafe try fill(UnsafeMutableBufferPointer(rebasing: buffer.prefix(count)))
    }

    /// Makes a copy of bytes that were read or come from a test vector.
    package init(copying bytes: some Collection<UInt8>) {
        unsafe self.init(count: bytes.count) { buffer in
            for (place, byte) in bytes.enumerated() { unsafe buffer[place] = byte }
        }
    }

    /// Makes a copy of `prefix` followed by `suffix`.
    init(_ prefix: [UInt8], _ suffix: borrowing SecretBytes) {
        unsafe self.init(count: prefix.count + suffix.count) { buffer in
            for (place, byte) in prefix.enumerated() { unsafe buffer[place] = byte }
            unsafe suffix.withUnsafeBytes { bytes in
                for place in bytes.indices {
                    unsafe buffer[prefix.count + place] = bytes[place]
                }
            }
        }
    }

    deinit {
        unsafe sodium_memzero(buffer.baseAddress, buffer.count)
        unsafe buffer.deallocate()
    }

    /// How many bytes there are.
    package var count: Int { unsafe buffer.count - 1 }

    /// Lends the bytes to `body`.
    borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeBufferPointer(rebasing: buffer.prefix(count)))
    }

    /// A copy outside of this protection, for a secret that is published or goes on in the clear.
    package borrowing func exposed() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// Whether the bytes equal `other`, in a time that depends on the length only.
    package borrowing func equals(_ other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { mine in
            unsafe other.withUnsafeBytes { others in
                unsafe sodium_memcmp(mine.baseAddress, others.baseAddress, mine.count) == 0
            }
        }
    }
}
