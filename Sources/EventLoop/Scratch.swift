/// The buffers that all streams of a loop read into, one stream at a time.
@safe final class Scratch {
    /// The size of either buffer: what one stream may take in one round.
    static let byteCount = 65_536

    /// Where the kernel stores ciphertext.
    let ciphertext: UnsafeMutableRawBufferPointer
    /// Where OpenSSL stores plaintext, and what its readers get a slice of.
    var plaintext = [UInt8](repeating: 0, count: Scratch.byteCount)

    init() {
        unsafe ciphertext = .allocate(byteCount: Self.byteCount, alignment: 64)
    }

    deinit {
        unsafe ciphertext.deallocate()
    }
}
