import COpenSSL

/// HKDF with SHA-256 (RFC 5869), by OpenSSL.
enum HKDF {
    /// The number of bytes of a pseudorandom key.
    static let keyByteCount = 32
    /// The most bytes that can be expanded.
    static let outputByteCountMax = 255 * keyByteCount

    // Looked up once. Safe for all threads: OpenSSL never changes a fetched algorithm, and counts
    // references to it atomically.
    private nonisolated(unsafe) static let algorithm = unsafe EVP_KDF_fetch(nil, "HKDF", nil)

    /// Concentrates `keyMaterial` into a pseudorandom key.
    static func extract(
        salt: borrowing SecretBytes,
        keyMaterial: borrowing SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        unsafe try salt.withUnsafeBytes {
            (salt: UnsafeBufferPointer<UInt8>) throws(CryptoError) -> SecretBytes in
            unsafe try derive(
                EVP_KDF_HKDF_MODE_EXTRACT_ONLY,
                key: keyMaterial,
                salt: salt,
                info: [],
                byteCount: keyByteCount
            )
        }
    }

    /// Expands a pseudorandom key to `byteCount` bytes bound to `info`.
    static func expand(
        key: borrowing SecretBytes,
        info: [UInt8],
        byteCount: Int
    ) throws(CryptoError) -> SecretBytes {
        precondition(byteCount <= outputByteCountMax, "HKDF cannot expand that far")
        return unsafe try derive(
            EVP_KDF_HKDF_MODE_EXPAND_ONLY,
            key: key,
            salt: UnsafeBufferPointer(start: nil, count: 0),
            info: info,
            byteCount: byteCount
        )
    }

    private static func derive(
        _ mode: Int32,
        key: borrowing SecretBytes,
        salt: UnsafeBufferPointer<UInt8>,
        info: [UInt8],
        byteCount: Int
    ) throws(CryptoError) -> SecretBytes {
        ERR_clear_error()
        return unsafe try SecretBytes(count: byteCount) {
            (output: UnsafeMutableBufferPointer<UInt8>) throws(CryptoError) in
            let result = unsafe key.withUnsafeBytes { key in
                unsafe info.withUnsafeBufferPointer { info in
                    unsafe COpenSSL_hkdf_sha256(
                        algorithm,
                        mode,
                        key.baseAddress,
                        key.count,
                        salt.baseAddress,
                        salt.count,
                        info.baseAddress,
                        info.count,
                        output.baseAddress,
                        output.count
                    )
                }
            }
            guard result == 1 else { throw .libraryFailed(OpenSSLErrors.drain()) }
        }
    }
}
