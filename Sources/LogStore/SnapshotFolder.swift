package import Base
import MerkleLog

/// A snapshot that has been read and is whole.
package struct StoredSnapshot: Sendable {
    /// Where the log stood.
    package let position: LogPosition
    /// What the entries before it folded to, as ``SnapshotFolder/write(_:state:)`` was handed it.
    package let state: ArraySlice<UInt8>
    /// The digest that the log has to name, or the snapshot is not to be believed.
    package let digest: Digest
}

/// The snapshots of a log folder.
package struct SnapshotFolder<Hasher: Hashing>: Sendable {
    // The one before the last is there for the day when the last is damaged.
    private static var keptCount: Int { 2 }

    private let folder: LogFolder
    private let index: LogIndex
    private let tree: TreeFiles
    private let hasher: Hasher

    init(_ folder: LogFolder, index: LogIndex, tree: TreeFiles, hasher: Hasher) {
        self.folder = folder
        self.index = index
        self.tree = tree
        self.hasher = hasher
    }

    /// Writes a snapshot and brings it to stable storage, with all that it builds on.
    ///
    /// - Parameters:
    ///   - position: where the log stood.
    ///   - state: what its entries fold to.
    /// - Returns: the digest for the log's entry.
    /// - Throws: ``LogError`` if it cannot be written; then there is none.
    package func write(_ position: LogPosition, state: [UInt8]) throws(LogError) -> Digest {
        try tree.sync()
        try index.sync()
        let (bytes, digest) = SnapshotFile.encode(position, state: state, using: hasher)
        let path = folder.snapshotPath(treeSize: position.treeSize)
        try folder.remove(path)
        let file = try OpenFile(new: path, folder.operations)
        try file.write(bytes[...], at: 0)
        try file.sync()
        try folder.sync(folder.snapshotsPath)
        return digest
    }

    /// Removes the snapshots that a newer one, named by the log, has replaced.
    package func removeOld() throws(LogError) {
        for treeSize in try folder.snapshots().dropLast(Self.keptCount) {
            try folder.remove(folder.snapshotPath(treeSize: treeSize))
        }
    }
}

extension SnapshotFolder {
    /// The sizes of the log at which there are snapshots, the newest first.
    ///
    /// - Throws: ``LogError`` if the folder cannot be read.
    package static func sizes(directory: String) throws(LogError) -> [UInt64] {
        try LogFolder(path: directory, operations: .system).snapshots().reversed()
    }

    /// Reads a snapshot.
    ///
    /// - Parameters:
    ///   - treeSize: the size of the log at which it was taken.
    ///   - directory: the log's folder.
    ///   - hasher: SHA-256.
    /// - Returns: nil for one that is damaged.
    /// - Throws: ``LogError`` if the file cannot be read.
    package static func read(
        treeSize: UInt64,
        directory: String,
        using hasher: Hasher
    ) throws(LogError) -> StoredSnapshot? {
        let folder = LogFolder(path: directory, operations: .system)
        let file = try OpenFile(
            existing: folder.snapshotPath(treeSize: treeSize),
            folder.operations
        )
        let bytes = try file.read(Int(try file.byteCount), at: 0)
        guard let snapshot = SnapshotFile(bytes, using: hasher),
            let digest = Digest(bytes.suffix(Digest.byteCount)),
            snapshot.position.treeSize == treeSize
        else { return nil }
        return StoredSnapshot(position: snapshot.position, state: snapshot.state, digest: digest)
    }
}
