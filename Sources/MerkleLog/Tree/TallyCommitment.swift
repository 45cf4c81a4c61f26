package import Base

/// What a checkpoint says of the tally: how many agencies it counts, and its root.
package struct TallyCommitment: Hashable, Sendable {
    private static let word = "tally"

    /// The number of agencies with a count.
    package let agencyCount: UInt64
    /// The root of the tally's tree.
    package let rootHash: Digest

    /// Makes a commitment.
    package init(agencyCount: UInt64, rootHash: Digest) {
        self.agencyCount = agencyCount
        self.rootHash = rootHash
    }

    /// Reads the line `tally <agencyCount> <base64 root>`; nil for any other line.
    package init?(extensionLine: String) {
        let parts = extensionLine.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.word, let agencyCount = UInt64(parts[1]),
            String(agencyCount) == parts[1], let bytes = Base64.decode(parts[2]),
            let rootHash = Digest(bytes)
        else { return nil }
        self.init(agencyCount: agencyCount, rootHash: rootHash)
    }

    /// The extension line of the checkpoint.
    package var extensionLine: String {
        "\(Self.word) \(agencyCount) \(Base64.encode(rootHash.bytes))"
    }
}

extension Checkpoint {
    /// The tally that the checkpoint commits to, if exactly one line says so.
    package var tally: TallyCommitment? {
        let commitments = extensionLines.compactMap { TallyCommitment(extensionLine: $0) }
        return commitments.count == 1 ? commitments[0] : nil
    }
}
