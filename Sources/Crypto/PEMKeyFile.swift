package import COSE

/// Key files: PKCS#8 and SubjectPublicKeyInfo as PEM (RFC 8410), as `openssl genpkey` makes them.
package enum PEMKeyFile {
    /// Reads a private signing key.
    package static func readSigningKey(
        _ path: String
    ) throws(KeyFileError) -> Ed25519SigningKey {
        let seed = try readPrivate(path, .ed25519)
        guard let key = Ed25519SigningKey(seed: seed) else {
            throw .otherAlgorithm(path: path, wanted: PEMKey.Algorithm.ed25519.rawValue)
        }
        return key
    }

    /// Reads a private encryption key.
    package static func readEncryptionKey(
        _ path: String
    ) throws(KeyFileError) -> X25519PrivateKey {
        let scalar = try readPrivate(path, .x25519)
        guard let key = X25519PrivateKey(scalar) else {
            throw .otherAlgorithm(path: path, wanted: PEMKey.Algorithm.x25519.rawValue)
        }
        return key
    }

    /// Reads a public signing key.
    package static func readSigningPublicKey(
        _ path: String
    ) throws(KeyFileError) -> Ed25519PublicKey {
        guard let key = Ed25519PublicKey(try readPublic(path, .ed25519)) else {
            throw .otherAlgorithm(path: path, wanted: PEMKey.Algorithm.ed25519.rawValue)
        }
        return key
    }

    /// Reads a public encryption key.
    package static func readEncryptionPublicKey(
        _ path: String
    ) throws(KeyFileError) -> X25519PublicKey {
        guard let key = X25519PublicKey(try readPublic(path, .x25519)) else {
            throw .otherAlgorithm(path: path, wanted: PEMKey.Algorithm.x25519.rawValue)
        }
        return key
    }

    /// Writes a private signing key into a new file that only its owner can read.
    package static func write(
        _ key: Ed25519SigningKey,
        to path: String
    ) throws(KeyFileError) {
        try writePrivate(key.seed, .ed25519, to: path)
    }

    /// Writes a private encryption key into a new file that only its owner can read.
    package static func write(
        _ key: X25519PrivateKey,
        to path: String
    ) throws(KeyFileError) {
        try writePrivate(key.scalar, .x25519, to: path)
    }

    /// Writes a public signing key into a new file.
    package static func write(
        _ key: Ed25519PublicKey,
        to path: String
    ) throws(KeyFileError) {
        try writePublic(key.bytes, .ed25519, to: path)
    }

    /// Writes a public encryption key into a new file.
    package static func write(
        _ key: X25519PublicKey,
        to path: String
    ) throws(KeyFileError) {
        try writePublic(key.bytes, .x25519, to: path)
    }

    private static func readPrivate(
        _ path: String,
        _ algorithm: PEMKey.Algorithm
    ) throws(KeyFileError) -> SecretBytes {
        let text = try KeyFile.read(path, isPrivate: true)
        do throws(PEMKey.Failure) {
            return try PEMKey(reading: text, isPrivate: true).privateBytes(algorithm)
        } catch {
            throw KeyFileError(error, path, algorithm)
        }
    }

    private static func readPublic(
        _ path: String,
        _ algorithm: PEMKey.Algorithm
    ) throws(KeyFileError) -> [UInt8] {
        let text = try KeyFile.read(path, isPrivate: false)
        do throws(PEMKey.Failure) {
            return try PEMKey(reading: text, isPrivate: false).publicBytes(algorithm)
        } catch {
            throw KeyFileError(error, path, algorithm)
        }
    }

    private static func writePrivate(
        _ bytes: borrowing SecretBytes,
        _ algorithm: PEMKey.Algorithm,
        to path: String
    ) throws(KeyFileError) {
        let text: SecretBytes
        do throws(PEMKey.Failure) {
            text = try PEMKey(algorithm, privateBytes: bytes).text(isPrivate: true)
        } catch {
            throw KeyFileError(error, path, algorithm)
        }
        try KeyFile.create(path, text, mode: 0o600)
    }

    private static func writePublic(
        _ bytes: [UInt8],
        _ algorithm: PEMKey.Algorithm,
        to path: String
    ) throws(KeyFileError) {
        let text: SecretBytes
        do throws(PEMKey.Failure) {
            text = try PEMKey(algorithm, publicBytes: bytes).text(isPrivate: false)
        } catch {
            throw KeyFileError(error, path, algorithm)
        }
        try KeyFile.create(path, text, mode: 0o644)
    }
}

extension KeyFileError {
    fileprivate init(_ error: PEMKey.Failure, _ path: String, _ algorithm: PEMKey.Algorithm) {
        self =
            switch error {
            case .notPEM(let reason): .notPEM(path: path, reason: reason)
            case .otherAlgorithm: .otherAlgorithm(path: path, wanted: algorithm.rawValue)
            }
    }
}
