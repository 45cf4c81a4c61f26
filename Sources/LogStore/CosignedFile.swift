import MerkleLog

/// The checkpoint that witnesses have cosigned last, in the file `cosigned` of a log's folder, for
/// auditors who read a copy of it.
///
/// It has the two slots of the published checkpoint and is synced each time. Nothing depends on it:
/// a file that cannot be read is as none.
package struct CosignedFile: Sendable {
    private static let name = "cosigned"

    private var file: CheckpointFile

    /// Opens the file of a log's folder, which this process has locked; makes it if it is missing.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - options: the system calls.
    /// - Throws: ``LogError``.
    package init(
        directory: String,
        options: LogOptions = LogOptions()
    ) throws(LogError) {
        let folder = LogFolder(path: directory, operations: options.operations)
        file = try CheckpointFile(try folder.open(Self.path(directory: directory)))
    }

    /// Keeps a note instead of the one before; one that has no room is left out.
    ///
    /// - Parameter note: the signed note, with its cosignatures.
    /// - Throws: ``LogError``.
    package mutating func publish(_ note: [UInt8]) throws(LogError) {
        guard note.count <= CheckpointFile.noteByteCountMax else { return }
        try file.publish(note)
        try file.file.sync()
    }

    /// Reads the note that is kept in a folder; nil if there is none.
    ///
    /// - Parameter directory: the folder; it is read only.
    /// - Returns: the note, of which nothing has been verified.
    /// - Throws: ``LogError`` if there is a file that cannot be read.
    package static func read(directory: String) throws(LogError) -> [UInt8]? {
        let path = path(directory: directory)
        guard LogFolder.exists(path) else { return nil }
        return try CheckpointFile(try OpenFile(reading: path)).note
    }

    static func path(directory: String) -> String { "\(directory)/\(name)" }

    /// Copies the note of one folder into another, if it is of no more entries than are copied.
    static func copy(
        from source: String,
        to target: LogFolder,
        treeSize: UInt64
    ) throws(LogError) {
        guard let note = try read(directory: source), let text = SignedNote(note)?.text,
            let checkpoint = Checkpoint(text: text), checkpoint.treeSize <= treeSize
        else { return }
        var file = try CheckpointFile(try target.open(path(directory: target.path)))
        try file.publish(note)
        try file.file.sync()
    }
}
