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
        let material = Array(name.utf8) + [0x0A, Self.algorithm] + publicKey.bytes
        keyHash = hasher.digest(material[...]).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads the form `name+hash+key`; nil if the hash does not belong to the key.
    package init?(_ text: String, using hasher: some Hashing) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isName(parts[0]), let material = Base64.decode(parts[2]),
            material.first == Self.algorithm,
            let publicKey = Ed25519PublicKey(material.dropFirst())
        else { return nil }
        self.init(name: String(parts[0]), publicKey: publicKey, using: hasher)
        guard Self.hex(keyHash) == parts[1] else { return nil }
    }

    /// The form `name+hash+key`.
    package var description: String {
        "\(name)+\(Self.hex(keyHash))+\(Base64.encode([Self.algorithm] + publicKey.bytes))"
    }

    /// Whether a key may have this name: not empty, without spaces, plus and control characters.
    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace
            }
    }

    private static func hex(_ value: UInt32) -> String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: value)
        return Hex.encode(bytes)
    }
}
