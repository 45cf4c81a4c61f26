package import Base
package import COSE

/// The proof that an entry stands in a log, as a text file (C2SP tlog-proof).
///
/// The line `extra` carries the entry itself: it is believed only because its hash is what the
/// proof begins with.
package struct TLogProof: Hashable, Sendable {
    private static let firstLine = "c2sp.org/tlog-proof@v1"
    private static let byteCountMax = 256 << 10

    /// The entry's index.
    package let index: UInt64
    /// The inclusion path, nearest sibling first.
    package let path: [Digest]
    /// The signed checkpoint, as the log served it.
    package let note: [UInt8]
    /// The entry's encoding; nil if the verifier has it from elsewhere.
    package let entry: [UInt8]?

    /// Makes a proof.
    package init(index: UInt64, path: [Digest], note: [UInt8], entry: [UInt8]?) {
        self.index = index
        self.path = path
        self.note = note
        self.entry = entry
    }

    /// Whether bytes begin as such a file does.
    package static func isProof(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: Array((firstLine + "\n").utf8))
    }

    /// Reads a file; nil for any other form.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.byteCountMax, Self.isProof(bytes),
            let text = String(validating: bytes, as: UTF8.self),
            let blank = text.firstRange(of: "\n\n")
        else { return nil }
        var lines = text[..<blank.lowerBound]
            .split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        var entry: [UInt8]?
        if let line = lines.first, line.hasPrefix("extra ") {
            guard let bytes = Base64.decode(line.dropFirst("extra ".count)) else { return nil }
            entry = bytes
            lines = lines.dropFirst()
        }
        guard let line = lines.first, line.hasPrefix("index "),
            let index = UInt64(line.dropFirst("index ".count)), line == "index \(index)"
        else { return nil }
        var path: [Digest] = []
        for line in lines.dropFirst() {
            guard path.count < 64, let bytes = Base64.decode(line), let hash = Digest(bytes) else {
                return nil
            }
            path.append(hash)
        }
        self.init(
            index: index,
            path: path,
            note: Array(text[blank.upperBound...].utf8),
            entry: entry
        )
    }

    /// The file.
    package var bytes: [UInt8] {
        var lines = [Self.firstLine]
        if let entry { lines.append("extra \(Base64.encode(entry))") }
        lines.append("index \(index)")
        lines += path.map { Base64.encode($0.bytes) }
        return Array((lines.joined(separator: "\n") + "\n\n").utf8) + note
    }

    /// Verifies that the log's key signed a tree in which an entry stands.
    ///
    /// - Parameters:
    ///   - entry: the entry's encoding.
    ///   - keys: the keys of the log that are trusted, each with the log's origin as name.
    ///   - hasher: SHA-256.
    ///   - verifier: Ed25519.
    /// - Returns: the checkpoint.
    /// - Throws: ``ReceiptError`` naming what does not hold.
    package func verify(
        entry: [UInt8],
        keys: [NoteVerifierKey],
        hasher: some Hashing,
        verifier: some SignatureVerifying
    ) throws(ReceiptError) -> Checkpoint {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text),
            keys.contains(where: {
                $0.name == checkpoint.origin && signed.isSigned(by: $0, verifier: verifier)
            })
        else {
            throw ReceiptError(message: "the checkpoint is not signed by a trusted key of the log")
        }
        let root = MerkleProof.root(
            ofLeaf: hasher.leafHash(entry[...]),
            index: index,
            treeSize: checkpoint.treeSize,
            path: path,
            using: hasher
        )
        guard root == checkpoint.rootHash else {
            throw ReceiptError(
                message: "the entry does not stand at index \(index) of the signed tree"
            )
        }
        return checkpoint
    }
}
