package import COSE

/// A private encryption key (X25519, RFC 7748), kept in guarded memory.
package final class X25519PrivateKey: Sendable {
    /// The public half.
    package let publicKey: X25519PublicKey
    private let secret: GuardedSecret

    /// Makes a new key.
    package static func generate() -> X25519PrivateKey {
        guard let key = X25519PrivateKey(Randomness.secret(X25519.byteCount)) else {
            preconditionFailure("a scalar of the right size is a key")
        }
        return key
    }

    /// Makes a key of its scalar.
    ///
    /// The result is nil if the scalar does not have 32 bytes.
    ///
    /// - Parameter scalar: the scalar, as PKCS#8 files hold it (RFC 8410).
    package init?(_ scalar: borrowing SecretBytes) {
        guard scalar.count == X25519.byteCount else { return nil }
        secret = unsafe scalar.withUnsafeBytes { scalar in
            unsafe GuardedSecret(count: X25519.byteCount) { secret in
                _ = unsafe secret.update(fromContentsOf: scalar)
            }
        }
        publicKey = unsafe secret.withUnsafeBytes { unsafe X25519.publicKey(of: $0) }
    }

    /// The secret shared with the holder of the private half of `key`.
    ///
    /// - Throws: ``CryptoError/weakPublicKey`` for a key of small order.
    func sharedSecret(with key: X25519PublicKey) throws(CryptoError) -> SecretBytes {
        unsafe try secret.withUnsafeBytes {
            (scalar: UnsafeBufferPointer<UInt8>) throws(CryptoError) -> SecretBytes in
            unsafe try X25519.sharedSecret(scalar, key)
        }
    }

    /// The scalar, for a key file.
    var scalar: SecretBytes { secret.copy(prefix: X25519.byteCount) }
}
