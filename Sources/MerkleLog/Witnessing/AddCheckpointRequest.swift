package import Base

/// The body of `add-checkpoint` (C2SP tlog-witness): old size, consistency proof, checkpoint.
package struct AddCheckpointRequest: Hashable, Sendable {
    /// The most hashes of a proof.
    package static let proofCountMax = 63
    /// The most bytes of a body here.
    package static let byteCountMax = SignedNote.byteCountMax + 8192

    private static let word = "old "

    /// The size of the checkpoint that the witness cosigned last, as the log believes.
    package let oldSize: UInt64
    /// The consistency proof from there.
    package let proof: [Digest]
    /// The signed note of the checkpoint.
    package let note: [UInt8]

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - oldSize: the size that the witness knows.
    ///   - proof: the consistency proof from there.
    ///   - note: the signed note of the checkpoint.
    package init(oldSize: UInt64, proof: [Digest], note: [UInt8]) {
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// Reads a body; nil for anything else.
    ///
    /// - Parameter bytes: the body.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.byteCountMax else { return nil }
        var lines: [Substring] = []
        var rest = bytes[...]
        while true {
            guard let end = rest.firstIndex(of: 0x0A), lines.count <= Self.proofCountMax + 1,
                let line = String(validating: rest[..<end], as: UTF8.self)
            else { return nil }
            rest = rest[(end + 1)...]
            guard !line.isEmpty else { break }
            lines.append(line[...])
        }
        guard let first = lines.first, first.hasPrefix(Self.word),
            let oldSize = UInt64(first.dropFirst(Self.word.count)),
            first == Self.word + String(oldSize), lines.count <= Self.proofCountMax + 1
        else { return nil }
        var proof: [Digest] = []
        for line in lines.dropFirst() {
            guard let hash = Base64.decode(line).flatMap({ Digest($0) }) else { return nil }
            proof.append(hash)
        }
        self.init(oldSize: oldSize, proof: proof, note: Array(rest))
    }

    /// The body as it is sent.
    package var bytes: [UInt8] {
        var head = Self.word + String(oldSize) + "\n"
        for hash in proof { head += Base64.encode(hash.bytes) + "\n" }
        return Array((head + "\n").utf8) + note
    }
}
