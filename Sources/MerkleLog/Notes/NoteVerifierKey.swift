package import Base
package import COSE

/// The public key of a note's signer: `name+hash+key` (C2SP signed-note), Ed25519.
package struct NoteVerifierKey: Hashable, Sendable, CustomStringConvertible {
    // The algorithm byte of Ed25519 in signed notes.
    private static let algorithm: UInt8 = 1

    /// The name of the key.
    package let name: String
    /// The first four bytes of SHA-256 over name, newline, algorithm and key.
    package let keyHash: UInt32
    /// The key.
    package let publicKey: Ed25519PublicKey

    /// Makes the verifier of a key.
    package init(name: String, publicKey: Ed25519PublicKey, using hasher: some Hashing) {
        self.name = name
        self.publicKey = publicKey
        keyHash = KeyForm.hash(name, Self.algorithm, publicKey, hasher)
    }

    /// Reads the form `name+hash+key`; nil if the hash does not belong to the key.
    package init?(_ text: String, using hasher: some Hashing) {
        guard let (name, publicKey) = KeyForm.parse(text, Self.algorithm, hasher) else {
            return nil
        }
        self.init(name: name, publicKey: publicKey, using: hasher)
    }

    /// The form `name+hash+key`.
    package var description: String {
        KeyForm.text(name, keyHash, Self.algorithm, publicKey)
    }

    /// Whether a key may have this name: not empty, without spaces, plus and control characters.
    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace
            }
    }
}

/// The form `name+hash+key` of the keys of notes, whatever they sign (C2SP signed-note).
enum KeyForm {
    /// The first four bytes of SHA-256 over name, newline, algorithm and key.
    static func hash(
        _ name: String,
        _ algorithm: UInt8,
        _ key: Ed25519PublicKey,
        _ hasher: some Hashing
    ) -> UInt32 {
        let material = Array(name.utf8) + [0x0A, algorithm] + key.bytes
        return hasher.digest(material[...]).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a key of an algorithm; nil if the hash does not belong to it.
    static func parse(
        _ text: String,
        _ algorithm: UInt8,
        _ hasher: some Hashing
    ) -> (name: String, key: Ed25519PublicKey)? {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, NoteVerifierKey.isName(parts[0]),
            let material = Base64.decode(parts[2]), material.first == algorithm,
            let key = Ed25519PublicKey(material.dropFirst())
        else { return nil }
        let name = String(parts[0])
        guard hex(hash(name, algorithm, key, hasher)) == parts[1] else { return nil }
        return (name, key)
    }

    /// Writes a key.
    static func text(
        _ name: String,
        _ hash: UInt32,
        _ algorithm: UInt8,
        _ key: Ed25519PublicKey
    ) -> String {
        "\(name)+\(hex(hash))+\(Base64.encode([algorithm] + key.bytes))"
    }

    private static func hex(_ value: UInt32) -> String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: value)
        return Hex.encode(bytes)
    }
}
