package import Base

/// What the log commits to at one size (C2SP tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
    /// The log's name.
    package let origin: String
    /// The number of entries.
    package let treeSize: UInt64
    /// The root of the tree.
    package let rootHash: Digest
    /// Lines after the root, none of them empty.
    package let extensionLines: [String]

    /// Makes a checkpoint.
    package init(origin: String, treeSize: UInt64, rootHash: Digest, extensionLines: [String] = [])
    {
        self.origin = origin
        self.treeSize = treeSize
        self.rootHash = rootHash
        self.extensionLines = extensionLines
    }

    /// Reads the text of a note.
    ///
    /// - Parameter text: the text, with its final newline.
    package init?(text: String) {
        guard text.hasSuffix("\n") else { return nil }
        let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, !lines.contains(""), let treeSize = UInt64(lines[1]),
            String(treeSize) == lines[1], let bytes = Base64.decode(lines[2]),
            let rootHash = Digest(bytes)
        else { return nil }
        self.init(
            origin: String(lines[0]),
            treeSize: treeSize,
            rootHash: rootHash,
            extensionLines: lines.dropFirst(3).map(String.init)
        )
    }

    /// The text that is signed, with its final newline.
    package var text: String {
        ([origin, String(treeSize), Base64.encode(rootHash.bytes)] + extensionLines)
            .joined(separator: "\n") + "\n"
    }
}
