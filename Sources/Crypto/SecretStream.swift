import CSodium

/// A row of chunks under one key that can be neither cut off nor put in another order: libsodium's
/// `crypto_secretstream_xchacha20poly1305`.
package enum SecretStream {
    /// The number of bytes of a key.
    package static let keyByteCount = 32
    /// The number of bytes in front of the first chunk.
    package static let headerByteCount = 24
    /// The number of bytes that a chunk gains.
    package static let chunkOverheadByteCount = 17

    /// Draws a key.
    package static func makeKey() -> SecretBytes {
        Randomness.secret(keyByteCount)
    }

    // The tags of the library's header, whose macros call functions.
    fileprivate static let messageTag: UInt8 = 0
    fileprivate static let finalTag: UInt8 = 3
}

/// Encrypts the chunks of a stream, one after the other.
@safe package struct SecretStreamSealer: ~Copyable {
    /// What stands in front of the first chunk.
    package let header: [UInt8]
    private let state: SecretStreamState

    /// Begins a stream.
    ///
    /// - Precondition: the key has 32 bytes.
    package init(key: borrowing SecretBytes) {
        precondition(key.count == SecretStream.keyByteCount, "a stream's key has 32 bytes")
        SodiumLibrary.prepare()
        let state = SecretStreamState()
        var header = [UInt8](repeating: 0, count: SecretStream.headerByteCount)
        unsafe key.withUnsafeBytes { key in
            _ = unsafe crypto_secretstream_xchacha20poly1305_init_push(
                state.pointer,
                &header,
                key.start
            )
        }
        self.header = header
        self.state = state
    }

    /// Begins a stream that was sealed before once more: the same chunks give the same bytes.
    ///
    /// - Important: only to compare with what was sealed; other chunks under the same key and
    ///   header would give away both.
    /// - Parameters:
    ///   - header: what stands in front of its first chunk.
    ///   - key: the key.
    /// - Throws: ``CryptoError/notAuthentic`` if either has a wrong size.
    package init(
        repeating header: ArraySlice<UInt8>,
        key: borrowing SecretBytes
    ) throws(CryptoError) {
        let state = SecretStreamState()
        try state.begin(header, key)
        self.header = Array(header)
        self.state = state
    }

    /// Encrypts the next chunk.
    ///
    /// - Parameters:
    ///   - chunk: its bytes.
    ///   - isLast: whether the stream ends with it.
    /// - Returns: the bytes, with 17 more.
    package mutating func seal(_ chunk: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
        let count = chunk.count + SecretStream.chunkOverheadByteCount
        let tag = isLast ? SecretStream.finalTag : SecretStream.messageTag
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { ciphertext, filled in
            unsafe chunk.withUnsafeBufferPointer { chunk in
                _ = unsafe crypto_secretstream_xchacha20poly1305_push(
                    state.pointer,
                    ciphertext.start,
                    nil,
                    chunk.start,
                    UInt64(chunk.count),
                    nil,
                    0,
                    tag
                )
            }
            filled = count
        }
    }
}

/// Decrypts the chunks of a stream, which must come as they were sealed.
@safe package struct SecretStreamOpener: ~Copyable {
    /// Whether the last chunk has been opened: then nothing may follow.
    package private(set) var isAtEnd = false
    private let state = SecretStreamState()

    /// Begins to read a stream.
    ///
    /// - Parameters:
    ///   - header: what stands in front of its first chunk.
    ///   - key: the key.
    /// - Throws: ``CryptoError/notAuthentic`` if either has a wrong size.
    package init(header: ArraySlice<UInt8>, key: borrowing SecretBytes) throws(CryptoError) {
        try state.begin(header, key)
    }

    /// Decrypts the next chunk.
    ///
    /// - Parameter chunk: its bytes as they were sealed.
    /// - Returns: the plaintext.
    /// - Throws: ``CryptoError/notAuthentic`` if it was altered, is not the next one, or comes
    ///   behind the last one.
    package mutating func open(_ chunk: ArraySlice<UInt8>) throws(CryptoError) -> [UInt8] {
        let count = chunk.count - SecretStream.chunkOverheadByteCount
        guard count >= 0, !isAtEnd else { throw .notAuthentic }
        var tag: UInt8 = 0
        var result: Int32 = -1
        let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: count) { plaintext, filled in
            result = unsafe chunk.withUnsafeBufferPointer { chunk in
                unsafe crypto_secretstream_xchacha20poly1305_pull(
                    state.pointer,
                    plaintext.start,
                    nil,
                    &tag,
                    chunk.start,
                    UInt64(chunk.count),
                    nil,
                    0
                )
            }
            filled = result == 0 ? count : 0
        }
        guard result == 0 else { throw .notAuthentic }
        switch tag {
        case SecretStream.messageTag: break
        case SecretStream.finalTag: isAtEnd = true
        default: throw .notAuthentic
        }
        return plaintext
    }
}

/// The state of a stream, which holds its key: in one place, and wiped at the end.
///
/// Not private: a module that holds a stream destroys it, and links against its metadata in a
/// release build.
@safe struct SecretStreamState: ~Copyable {
    let pointer: UnsafeMutablePointer<crypto_secretstream_xchacha20poly1305_state>

    init() {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: crypto_secretstream_xchacha20poly1305_state())
    }

    // From its beginning on a stream goes through the same states at both ends.
    func begin(
        _ header: ArraySlice<UInt8>,
        _ key: borrowing SecretBytes
    ) throws(CryptoError) {
        guard header.count == SecretStream.headerByteCount, key.count == SecretStream.keyByteCount
        else { throw .notAuthentic }
        SodiumLibrary.prepare()
        let result = unsafe key.withUnsafeBytes { key in
            unsafe header.withUnsafeBufferPointer { header in
                unsafe crypto_secretstream_xchacha20poly1305_init_pull(
                    pointer,
                    header.start,
                    key.start
                )
            }
        }
        guard result == 0 else { throw .notAuthentic }
    }

    deinit {
        unsafe sodium_memzero(pointer, MemoryLayout.size(ofValue: pointer.pointee))
        unsafe pointer.deallocate()
    }
}
