import CSodium

/// A secret that lives long: on pages of its own that are locked into memory, fenced by pages
/// without access, read-only, and wiped at the end.
// Unchecked, since a pointer is not Sendable: the bytes are written before `init` returns and the
// page is read-only from then on, so that threads only ever read them.
@safe final class GuardedSecret: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    /// Makes `count` bytes and lets `fill` write them.
    init(count: Int, fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        SodiumLibrary.prepare()
        guard let memory = unsafe sodium_malloc(count) else {
            preconditionFailure("no memory for a key")
        }
        unsafe buffer = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: UInt8.self, capacity: count),
            count: count
        )
        unsafe buffer.initialize(repeating: 0)
        unsafe fill(buffer)
        let result = unsafe sodium_mprotect_readonly(memory)
        precondition(result == 0, "a key's page cannot be made read-only")
    }

    deinit {
        // Makes the page writable, wipes it and gives it back.
        unsafe sodium_free(buffer.baseAddress)
    }

    /// Lends the bytes to `body`.
    func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeBufferPointer(buffer))
    }

    /// A copy that is wiped after use.
    func copy(prefix count: Int) -> SecretBytes {
        unsafe withUnsafeBytes { bytes in
            unsafe SecretBytes(copying: bytes.prefix(count))
        }
    }
}
