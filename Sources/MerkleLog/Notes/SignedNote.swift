import Base
package import COSE

/// A text with signatures (C2SP signed-note).
package struct SignedNote: Hashable, Sendable {
    /// One signature line.
    package struct Signature: Hashable, Sendable {
        /// The name of the key.
        package let name: String
        /// The first four bytes of the key's identifier.
        package let keyHash: UInt32
        /// The signature itself.
        package let bytes: [UInt8]

        /// Makes a signature.
        package init(name: String, keyHash: UInt32, bytes: [UInt8]) {
            self.name = name
            self.keyHash = keyHash
            self.bytes = bytes
        }
    }

    /// The most bytes that a note may have here.
    package static let byteCountMax = 64 << 10
    /// The most signatures that a note may carry here.
    package static let signatureCountMax = 64

    /// The text, with its final newline.
    package let text: String
    /// The signatures, in order.
    package let signatures: [Signature]

    /// Makes a note.
    package init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note.
    ///
    /// - Parameter bytes: the note as it is served.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.byteCountMax,
            let whole = String(validating: Array(bytes), as: UTF8.self), whole.utf8.last == 0x0A,
            !whole.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" })
        else { return nil }
        let lines = whole.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard let blank = lines.lastIndex(of: ""), blank > 0, blank + 1 < lines.count,
            lines.count - blank - 1 <= Self.signatureCountMax
        else { return nil }
        var signatures: [Signature] = []
        for line in lines[(blank + 1)...] {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "\u{2014}",
                NoteVerifierKey.isName(parts[1]), let blob = Base64.decode(parts[2]), blob.count > 4
            else { return nil }
            let keyHash = blob.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            signatures.append(
                Signature(name: String(parts[1]), keyHash: keyHash, bytes: Array(blob.dropFirst(4)))
            )
        }
        text = lines[..<blank].joined(separator: "\n") + "\n"
        self.signatures = signatures
    }

    /// The note as it is served.
    package var bytes: [UInt8] {
        var note = text + "\n"
        for signature in signatures { note += Self.line(signature) }
        return Array(note.utf8)
    }

    /// Whether a signature by `key` stands here, and each that does holds.
    package func isSigned(by key: NoteVerifierKey, verifier: some SignatureVerifying) -> Bool {
        let message = Array(text.utf8)
        let claimed = signatures.filter { $0.name == key.name && $0.keyHash == key.keyHash }
        return !claimed.isEmpty
            && claimed.allSatisfy { signature in
                verifier.verify(
                    signature: signature.bytes[...],
                    message: message[...],
                    key: key.publicKey
                )
            }
    }
}
