import COSE
import CSodium

/// Diffie-Hellman on Curve25519 (RFC 7748).
enum X25519 {
    /// The number of bytes of a scalar, a point and a shared secret.
    static let byteCount = 32

    /// The public key of a private one.
    static func publicKey(of scalar: UnsafeBufferPointer<UInt8>) -> X25519PublicKey {
        SodiumLibrary.prepare()
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { point, filled in
            _ = unsafe crypto_scalarmult_base(point.start, scalar.start)
            filled = byteCount
        }
        guard let key = X25519PublicKey(bytes) else {
            preconditionFailure("a point has 32 bytes")
        }
        return key
    }

    /// The secret that both sides can compute.
    ///
    /// - Throws: ``CryptoError/weakPublicKey`` where it would be zero (RFC 9180 7.1.4).
    static func sharedSecret(
        _ scalar: UnsafeBufferPointer<UInt8>,
        _ key: X25519PublicKey
    ) throws(CryptoError) -> SecretBytes {
        SodiumLibrary.prepare()
        return unsafe try SecretBytes(count: byteCount) {
            (secret: UnsafeMutableBufferPointer<UInt8>) throws(CryptoError) in
            let result = unsafe key.bytes.withUnsafeBufferPointer { point in
                unsafe crypto_scalarmult(secret.start, scalar.start, point.start)
            }
            guard result == 0 else { throw .weakPublicKey }
        }
    }
}
