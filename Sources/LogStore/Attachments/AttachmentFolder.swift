package import Base
internal import Glibc
internal import Synchronization

/// The encrypted files beside a log: each stored once under its digest, and what is being uploaded.
///
/// Any thread may ask and read. Appending belongs to the thread that serves uploads, finishing and
/// erasing to one thread beside it, citing and removing to the sequencer's: so nothing is removed
/// while an alert that cites it is being decided.
package final class AttachmentFolder: Sendable {
    /// What uploads may use.
    package struct Limits: Hashable, Sendable {
        /// Bytes of one file.
        package var byteCountMax: UInt64
        /// Files of one owner that no alert cites yet.
        package var countPerOwnerMax: Int
        /// Bytes of those files, as they were declared.
        package var byteCountPerOwnerMax: UInt64
        /// Bytes that stay free on the disk.
        package var freeByteCountMin: UInt64
        /// Milliseconds after which a file that no alert cites is removed.
        package var ageMaxMilliseconds: UInt64

        /// Makes limits.
        package init(
            byteCountMax: UInt64,
            countPerOwnerMax: Int,
            byteCountPerOwnerMax: UInt64,
            freeByteCountMin: UInt64,
            ageMaxMilliseconds: UInt64
        ) {
            self.byteCountMax = byteCountMax
            self.countPerOwnerMax = countPerOwnerMax
            self.byteCountPerOwnerMax = byteCountPerOwnerMax
            self.freeByteCountMin = freeByteCountMin
            self.ageMaxMilliseconds = ageMaxMilliseconds
        }
    }

    struct Upload {
        let total: UInt64
        var offset: UInt64
        var time: WallTime
        // Somebody writes or finishes it, so that its file is not to be touched.
        var isBusy = false
    }

    struct Stored {
        let byteCount: UInt64
        var time: WallTime
        // Who has uploaded it, until an alert cites it; unknown after a start.
        var owner: String?
        var isCited = false
    }

    struct State {
        var uploads: [AttachmentName.UploadKey: Upload] = [:]
        var stored: [Digest: Stored] = [:]
    }

    let folder: LogFolder
    let limits: Limits
    let makeDigest: @Sendable () -> any DigestStream
    let state = Mutex(State())

    /// Opens the attachments of a log's folder, and looks at what is there.
    ///
    /// - Parameters:
    ///   - directory: the folder of the log, which exists.
    ///   - operations: the system calls.
    ///   - limits: what uploads may use.
    ///   - makeDigest: begins a SHA-256.
    /// - Throws: ``LogError`` if the folder cannot be read.
    package init(
        directory: String,
        operations: FileOperations,
        limits: Limits,
        makeDigest: @escaping @Sendable () -> any DigestStream
    ) throws(LogError) {
        folder = LogFolder(path: directory, operations: operations)
        self.limits = limits
        self.makeDigest = makeDigest
        var found = State()
        for text in try folder.names(in: folder.attachmentsPath) {
            guard let name = AttachmentName(text) else { continue }
            let (byteCount, time) = try status(of: name)
            switch name {
            case .stored(let digest):
                found.stored[digest] = Stored(byteCount: byteCount, time: time)
            case .upload(let key, let total):
                let offset = min(byteCount, total)
                found.uploads[key] = Upload(total: total, offset: offset, time: time)
            case .erasing:
                break
            }
        }
        state.withLock { $0 = found }
    }

    /// The size of a file that is completely on stable storage; nil for any other.
    package func byteCount(of digest: Digest) -> UInt64? {
        state.withLock { $0.stored[digest]?.byteCount }
    }

    /// Opens a stored file for reading; nil if there is none such.
    ///
    /// - Throws: ``LogError`` if it cannot be opened.
    package func read(_ digest: Digest) throws(LogError) -> AttachmentReader? {
        guard byteCount(of: digest) != nil else { return nil }
        let file = try OpenFile(reading: path(.stored(digest)))
        return AttachmentReader(file: file, byteCount: try file.byteCount)
    }

    /// Alerts that are entries cite these files: they stay, and count for nobody.
    package func setCited(_ digests: some Sequence<Digest>) {
        state.withLock { state in
            for digest in digests {
                state.stored[digest]?.isCited = true
                state.stored[digest]?.owner = nil
            }
        }
    }

    /// The files that alerts cite and the uploads, for the figures of the broker.
    package var counts: (stored: Int, uploads: Int, byteCount: UInt64) {
        state.withLock { state in
            let stored = state.stored.values.reduce(0) { $0 + $1.byteCount }
            let byteCount = state.uploads.values.reduce(stored) { $0 + $1.offset }
            return (state.stored.count, state.uploads.count, byteCount)
        }
    }

    func path(_ name: AttachmentName) -> String { "\(folder.attachmentsPath)/\(name.text)" }

    func rename(_ name: AttachmentName, _ newName: AttachmentName) throws(LogError) {
        do throws(FileFailure) {
            try folder.operations.rename(path(name), path(newName))
        } catch {
            throw LogError(error, file: path(name))
        }
    }

    private func status(
        of name: AttachmentName
    ) throws(LogError) -> (byteCount: UInt64, time: WallTime) {
        var status = stat()
        guard unsafe stat(path(name), &status) == 0 else {
            throw .failed(call: "stat", file: path(name), errorNumber: errno)
        }
        return (UInt64(max(0, status.st_size)), WallTime(seconds: UInt64(status.st_mtim.tv_sec)))
    }
}

/// A stored file, open for reading; it may be erased meanwhile, and then reads as zeros.
package struct AttachmentReader: Sendable {
    let file: OpenFile
    /// Its size.
    package let byteCount: UInt64

    /// Reads up to `count` bytes at an offset; fewer only at the end of the file.
    package func read(_ count: Int, at offset: UInt64) throws(LogError) -> [UInt8] {
        try file.read(count, at: offset)
    }
}
