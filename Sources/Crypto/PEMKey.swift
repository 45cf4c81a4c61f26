import COpenSSL

/// Keys as PEM text: PKCS#8 for private ones, SubjectPublicKeyInfo for public ones (RFC 8410),
/// by OpenSSL.
@safe struct PEMKey: ~Copyable {
    /// The algorithms that keys of Aviso have.
    enum Algorithm: String {
        /// Keys that sign.
        case ed25519 = "ED25519"
        /// Keys that are encrypted to.
        case x25519 = "X25519"

        fileprivate var number: Int32 { self == .ed25519 ? EVP_PKEY_ED25519 : EVP_PKEY_X25519 }
    }

    /// Why text is no key.
    enum Failure: Error {
        /// The text is no PEM of a key; OpenSSL's words.
        case notPEM(String)
        /// A key of another algorithm.
        case otherAlgorithm
    }

    private static let rawByteCount = 32
    private let handle: OpaquePointer

    private init(takingOwnershipOf handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe EVP_PKEY_free(handle)
    }

    /// Reads PEM text.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - isPrivate: whether it is to hold a private key.
    /// - Throws: ``Failure`` if it does not.
    init(reading text: borrowing SecretBytes, isPrivate: Bool) throws(Failure) {
        ERR_clear_error()
        let handle: OpaquePointer? = unsafe text.withUnsafeBytes { text in
            guard let source = unsafe BIO_new_mem_buf(text.start, Int32(text.count)) else {
                return nil
            }
            defer { unsafe BIO_free(source) }
            // Without this answer OpenSSL would ask for a password on the terminal.
            return unsafe isPrivate
                ? PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
                : PEM_read_bio_PUBKEY(source, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let handle = unsafe handle else { throw .notPEM(OpenSSLErrors.drain()) }
        unsafe self.init(takingOwnershipOf: handle)
    }

    /// Makes a private key of its raw bytes.
    init(_ algorithm: Algorithm, privateBytes: borrowing SecretBytes) throws(Failure) {
        ERR_clear_error()
        let handle = unsafe privateBytes.withUnsafeBytes { bytes in
            unsafe EVP_PKEY_new_raw_private_key(algorithm.number, nil, bytes.start, bytes.count)
        }
        guard let handle = unsafe handle else { throw .notPEM(OpenSSLErrors.drain()) }
        unsafe self.init(takingOwnershipOf: handle)
    }

    /// Makes a public key of its raw bytes.
    init(_ algorithm: Algorithm, publicBytes: [UInt8]) throws(Failure) {
        ERR_clear_error()
        let handle = unsafe EVP_PKEY_new_raw_public_key(
            algorithm.number,
            nil,
            publicBytes,
            publicBytes.count
        )
        guard let handle = unsafe handle else { throw .notPEM(OpenSSLErrors.drain()) }
        unsafe self.init(takingOwnershipOf: handle)
    }

    /// The raw private bytes of a key of `algorithm`.
    borrowing func privateBytes(_ algorithm: Algorithm) throws(Failure) -> SecretBytes {
        try check(algorithm)
        return unsafe try SecretBytes(count: PEMKey.rawByteCount) {
            (buffer: UnsafeMutableBufferPointer<UInt8>) throws(Failure) in
            var count = buffer.count
            guard unsafe EVP_PKEY_get_raw_private_key(handle, buffer.start, &count) == 1,
                count == buffer.count
            else { throw .notPEM(OpenSSLErrors.drain()) }
        }
    }

    /// The raw public bytes of a key of `algorithm`.
    borrowing func publicBytes(_ algorithm: Algorithm) throws(Failure) -> [UInt8] {
        try check(algorithm)
        var bytes = [UInt8](repeating: 0, count: PEMKey.rawByteCount)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(handle, &bytes, &count) == 1,
            count == bytes.count
        else { throw .notPEM(OpenSSLErrors.drain()) }
        return bytes
    }

    /// The key as PEM text.
    ///
    /// - Parameter isPrivate: whether to write the private half.
    /// - Returns: the text in ASCII.
    /// - Throws: ``Failure`` if OpenSSL cannot write it.
    borrowing func text(isPrivate: Bool) throws(Failure) -> SecretBytes {
        ERR_clear_error()
        guard let sink = unsafe BIO_new(isPrivate ? BIO_s_secmem() : BIO_s_mem()) else {
            throw .notPEM(OpenSSLErrors.drain())
        }
        defer { unsafe BIO_free(sink) }
        let result =
            unsafe isPrivate
            ? PEM_write_bio_PKCS8PrivateKey(sink, handle, nil, nil, 0, nil, nil)
            : PEM_write_bio_PUBKEY(sink, handle)
        var start: UnsafeMutablePointer<UInt8>?
        let count = unsafe BIO_ctrl(sink, BIO_CTRL_INFO, 0, &start)
        guard result == 1, count > 0 else { throw .notPEM(OpenSSLErrors.drain()) }
        return unsafe SecretBytes(copying: UnsafeBufferPointer(start: start, count: count))
    }

    private borrowing func check(_ algorithm: Algorithm) throws(Failure) {
        ERR_clear_error()
        guard unsafe EVP_PKEY_is_a(handle, algorithm.rawValue) == 1 else {
            _ = OpenSSLErrors.drain()
            throw .otherAlgorithm
        }
    }
}
