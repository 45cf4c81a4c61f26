/// The permit to go on with a log that another key has signed so far: the file `continue` in its
/// folder, with the verifier key (C2SP signed-note) of that key.
///
/// An import writes it; the broker that continues the log uses it up, once its key change is an
/// entry. Without it, a log of another key is foreign.
package struct LogContinuation: Hashable, Sendable {
    private static let byteCountMax = 4096

    /// The key that has signed so far, as a C2SP verifier key.
    package let verifierKey: String

    /// Makes a permit.
    package init(verifierKey: String) {
        self.verifierKey = verifierKey
    }

    private static func folder(_ directory: String, _ options: LogOptions) -> LogFolder {
        LogFolder(path: directory, operations: options.operations)
    }

    /// Reads the permit of a log's folder; nil if there is none.
    ///
    /// - Throws: ``LogError`` if it cannot be read, or is no text.
    package static func read(
        directory: String,
        options: LogOptions
    ) throws(LogError) -> LogContinuation? {
        let folder = folder(directory, options)
        guard folder.hasContinuation else { return nil }
        let bytes = try OpenFile(reading: folder.continuationPath).read(byteCountMax, at: 0)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .foreign(directory: directory, reason: "its file \"continue\" is no text")
        }
        let line = text.split(separator: "\n").first ?? ""
        return LogContinuation(verifierKey: String(line))
    }

    /// Writes the permit into a log's folder.
    ///
    /// - Throws: ``LogError`` if it cannot be written.
    package func write(directory: String, options: LogOptions) throws(LogError) {
        let folder = Self.folder(directory, options)
        let file = try OpenFile(new: folder.continuationPath, options.operations)
        try file.write(Array((verifierKey + "\n").utf8)[...], at: 0)
        try file.sync()
        try folder.sync(directory)
    }

    /// Uses the permit up.
    ///
    /// - Throws: ``LogError`` if it cannot be removed.
    package static func remove(directory: String, options: LogOptions) throws(LogError) {
        let folder = folder(directory, options)
        try folder.remove(folder.continuationPath)
        try folder.sync(directory)
    }
}
