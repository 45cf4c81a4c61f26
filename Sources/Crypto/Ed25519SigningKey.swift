package import COSE
import CSodium

/// A private signing key (Ed25519, RFC 8032), kept in guarded memory.
package final class Ed25519SigningKey: MessageSigning {
    /// The number of bytes of a seed, from which the key follows.
    package static let seedByteCount = 32
    /// The number of bytes of a signature.
    package static let signatureByteCount = 64

    /// The public half.
    package let publicKey: Ed25519PublicKey
    // Seed and public key, as libsodium wants them.
    private let secret: GuardedSecret

    /// Makes a new key.
    package static func generate() -> Ed25519SigningKey {
        guard let key = Ed25519SigningKey(seed: Randomness.secret(seedByteCount)) else {
            preconditionFailure("a seed of the right size gives a key")
        }
        return key
    }

    /// Makes the key that follows from `seed`.
    ///
    /// The result is nil if the seed does not have 32 bytes.
    ///
    /// - Parameter seed: the seed, as PKCS#8 files hold it (RFC 8410).
    package init?(seed: borrowing SecretBytes) {
        guard seed.count == Ed25519SigningKey.seedByteCount else { return nil }
        var publicBytes = [UInt8](repeating: 0, count: Ed25519PublicKey.byteCount)
        secret = unsafe seed.withUnsafeBytes { seed in
            unsafe GuardedSecret(count: Int(crypto_sign_SECRETKEYBYTES)) { secret in
                unsafe publicBytes.withUnsafeMutableBufferPointer { publicBytes in
                    _ = unsafe crypto_sign_seed_keypair(
                        publicBytes.start,
                        secret.start,
                        seed.start
                    )
                }
            }
        }
        guard let publicKey = Ed25519PublicKey(publicBytes) else { return nil }
        self.publicKey = publicKey
    }

    package func sign(_ message: ArraySlice<UInt8>) -> [UInt8] {
        unsafe secret.withUnsafeBytes { secret in
            unsafe message.withUnsafeBufferPointer { message in
                let count = Ed25519SigningKey.signatureByteCount
                return unsafe [UInt8](unsafeUninitializedCapacity: count) { signature, filled in
                    _ = unsafe crypto_sign_detached(
                        signature.start,
                        nil,
                        message.start,
                        UInt64(message.count),
                        secret.start
                    )
                    filled = count
                }
            }
        }
    }

    /// The seed, for a key file.
    var seed: SecretBytes { secret.copy(prefix: Ed25519SigningKey.seedByteCount) }
}

extension Ed25519PublicKey {
    /// Whether `signature` is this key's signature over `message`.
    ///
    /// Signatures that are not canonical, and keys of small order, never verify.
    package func verify(signature: ArraySlice<UInt8>, over message: ArraySlice<UInt8>) -> Bool {
        guard signature.count == Ed25519SigningKey.signatureByteCount else { return false }
        SodiumLibrary.prepare()
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe bytes.withUnsafeBufferPointer { key in
                    unsafe crypto_sign_verify_detached(
                        signature.start,
                        message.start,
                        UInt64(message.count),
                        key.start
                    ) == 0
                }
            }
        }
    }
}
