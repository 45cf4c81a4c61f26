internal import Glibc

/// The folder of a log: its files, their names, and what may be done with them.
///
/// | name | what |
/// |---|---|
/// | `lock` | held by the process that has the log |
/// | `create` | the operator's permit to begin a log here; gone once it has begun |
/// | `continue` | the key that has signed so far, for a broker with another; gone once it is used |
/// | `vkey` | in a copy, the key that its checkpoint is signed with |
/// | `checkpoint` | the latest published checkpoint, in two slots |
/// | `cosigned` | the checkpoint that witnesses have cosigned last, in two slots |
/// | `segments/` | the records, each file named by the index of its first entry |
/// | `tree/` | the hashes of the tree and the places of the entries, derived from the records |
/// | `attachments/` | encrypted files that alerts cite, and uploads; see ``AttachmentFolder`` |
/// | `snapshots/` | what the entries fold to, so that a start need not read them all |
struct LogFolder {
    let path: String
    let operations: FileOperations

    var checkpointPath: String { "\(path)/checkpoint" }
    var segmentsPath: String { "\(path)/segments" }
    var treePath: String { "\(path)/tree" }
    var snapshotsPath: String { "\(path)/snapshots" }
    var attachmentsPath: String { "\(path)/attachments" }
    var continuationPath: String { "\(path)/continue" }
    private var permitPath: String { "\(path)/create" }

    var hasPermit: Bool { exists(permitPath) }
    var hasContinuation: Bool { exists(continuationPath) }

    func segmentPath(firstIndex: UInt64) -> String {
        "\(segmentsPath)/\(Self.numbered(firstIndex)).seg"
    }

    func snapshotPath(treeSize: UInt64) -> String {
        "\(snapshotsPath)/\(Self.numbered(treeSize)).snap"
    }

    /// The indexes with which the segments begin, in order.
    func segments() throws(LogError) -> [UInt64] {
        try numbers(in: segmentsPath, suffix: ".seg")
    }

    /// The sizes of the log at which snapshots were taken, in order.
    func snapshots() throws(LogError) -> [UInt64] {
        try numbers(in: snapshotsPath, suffix: ".snap")
    }

    private static func numbered(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.utf8.count) + digits
    }

    private func numbers(in folder: String, suffix: String) throws(LogError) -> [UInt64] {
        guard exists(folder) else { return [] }
        return try names(in: folder).compactMap { name in
            guard name.hasSuffix(suffix) else { return nil }
            let digits = name.dropLast(suffix.utf8.count)
            return digits.utf8.count == 20 ? UInt64(digits) : nil
        }.sorted()
    }

    /// Whether anything of a log is here.
    func hasLog() throws(LogError) -> Bool {
        if exists(checkpointPath) { return true }
        return try !segments().isEmpty
    }

    /// Makes the folder, which must be empty if it is there, with its sub-folders.
    func makeEmpty() throws(LogError) {
        if unsafe mkdir(path, 0o700) != 0 {
            guard errno == EEXIST else {
                throw .failed(call: "mkdir", file: path, errorNumber: errno)
            }
            guard try names(in: path).allSatisfy({ $0 == "." || $0 == ".." }) else {
                throw .notEmpty(directory: path)
            }
        } else {
            // Its own name is no more durable than those in it.
            try sync("\(path)/..")
        }
        try makeFolders()
    }

    /// Makes the sub-folders of a new log.
    func makeFolders() throws(LogError) {
        for folder in [segmentsPath, treePath, snapshotsPath, attachmentsPath] {
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw .failed(call: "mkdir", file: folder, errorNumber: errno)
            }
        }
        // The name of a segment may be in doubt, if the process ended before its folder was synced.
        try sync(segmentsPath)
        try sync(path)
    }

    /// Opens a file, which is made if it is missing.
    func open(_ file: String) throws(LogError) -> OpenFile {
        exists(file)
            ? try OpenFile(existing: file, operations) : try OpenFile(new: file, operations)
    }

    /// Takes the log for this process.
    func lock() throws(LogError) -> FolderLock {
        guard let lock = FolderLock(try open("\(path)/lock")) else {
            throw .locked(directory: path)
        }
        return lock
    }

    /// Uses up the permit: from here on the log is expected to be there.
    func removePermit() throws(LogError) {
        try remove(permitPath)
        try sync(path)
    }

    /// Removes a file, if it is there.
    func remove(_ file: String) throws(LogError) {
        do throws(FileFailure) {
            try operations.remove(file)
        } catch {
            throw LogError(error, file: file)
        }
    }

    /// Brings new and removed names to stable storage.
    func sync(_ folder: String) throws(LogError) {
        do throws(FileFailure) {
            try operations.syncFolder(folder)
        } catch {
            throw LogError(error, file: folder)
        }
    }

    /// Whether there is such a file or folder.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    func exists(_ path: String) -> Bool { Self.exists(path) }

    func names(in folder: String) throws(LogError) -> [String] {
        guard let directory = unsafe opendir(folder) else {
            throw .failed(call: "opendir", file: folder, errorNumber: errno)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // The name ends in a zero byte within its field, as POSIX has it.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            names.append(name)
        }
        return names
    }
}
