package import Base

/// Holds the snapshots of a folder against the digests that the log has of them.
package enum SnapshotCheck {
    private static let byteCountMax: UInt64 = 4 << 30

    /// Checks every snapshot that is there; those that were removed are nobody's loss.
    ///
    /// - Parameters:
    ///   - directory: the folder of the log.
    ///   - digests: by size of the log, what its `snapshot` entries say.
    ///   - hasher: SHA-256.
    /// - Returns: what is wrong.
    /// - Throws: ``LogError`` if a file cannot be read.
    package static func run(
        directory: String,
        digests: [UInt64: Digest],
        hasher: some Hashing
    ) throws(LogError) -> [LogDamage] {
        let folder = LogFolder(path: directory, operations: .system)
        var damages: [LogDamage] = []
        for treeSize in try folder.snapshots() {
            // One that was written and not named yet is not believed by a start either.
            guard let digest = digests[treeSize] else { continue }
            let file = try OpenFile(reading: folder.snapshotPath(treeSize: treeSize))
            let byteCount = try file.byteCount
            guard byteCount <= byteCountMax else { continue }
            let bytes = try file.read(Int(byteCount), at: 0)
            guard hasher.digest(bytes.dropLast(Digest.byteCount)) != digest else { continue }
            damages.append(
                LogDamage(
                    file: file.path,
                    offset: 0,
                    reason: "the snapshot is not the one that the log names; a start reads the "
                        + "one before, or the whole log",
                    lost: 0..<0
                )
            )
        }
        return damages
    }
}
