import Base

extension TallyAnswer {
    private static let agencyWord = "agency"
    private static let leafWord = "leaf"
    // Its own leaf, or two neighbours.
    private static let leafCountMax = 2
    private static let pathCountMax = 64

    /// The encoding: lines of text, an empty line, the signed note.
    package var bytes: [UInt8] {
        var text = "\(Self.heading)\n\(Self.agencyWord) \(agency)\n"
        for proof in proofs {
            text += "\(Self.leafWord) \(proof.index) \(proof.count) \(proof.agency)\n"
            for digest in proof.path { text += Base64.encode(digest.bytes) + "\n" }
        }
        return Array((text + "\n").utf8) + note
    }

    /// Reads the encoding; nil for anything else.
    ///
    /// - Parameter bytes: the answer as it is served.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.byteCountMax, let end = Self.headEnd(bytes),
            let head = String(validating: bytes[..<end], as: UTF8.self)
        else { return nil }
        var lines = head.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst() == Self.heading[...], let second = lines.popFirst(),
            let agency = Self.rest(of: second, after: Self.agencyWord)
        else { return nil }
        var proofs: [TallyProof] = []
        while let line = lines.popFirst() {
            guard proofs.count < Self.leafCountMax,
                let proof = Self.proof(line, &lines)
            else { return nil }
            proofs.append(proof)
        }
        self.init(
            agency: String(agency),
            proofs: proofs,
            note: Array(bytes[(end + 2)...])
        )
    }

    // The place of the first line feed that another one follows.
    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
    }

    private static func rest(of line: Substring, after word: String) -> Substring? {
        guard line.hasPrefix(word + " ") else { return nil }
        let rest = line.dropFirst(word.count + 1)
        return rest.isEmpty || rest.contains(" ") ? nil : rest
    }

    private static func proof(
        _ line: Substring,
        _ lines: inout ArraySlice<Substring>
    ) -> TallyProof? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == leafWord, let index = number(parts[1]),
            let count = number(parts[2]), !parts[3].isEmpty
        else { return nil }
        var path: [Digest] = []
        while let next = lines.first, !next.hasPrefix(leafWord + " ") {
            guard path.count < pathCountMax, let bytes = Base64.decode(next),
                let digest = Digest(bytes)
            else { return nil }
            path.append(digest)
            lines.removeFirst()
        }
        return TallyProof(agency: String(parts[3]), count: count, index: index, path: path)
    }

    private static func number(_ text: Substring) -> UInt64? {
        UInt64(text).flatMap { String($0) == text ? $0 : nil }
    }
}
