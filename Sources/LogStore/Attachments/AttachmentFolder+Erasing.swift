package import Base
internal import Synchronization

/// What is removed: uploads that nobody cites, and files whose alerts are erased by order.
extension AttachmentFolder {
    private static let zeros = [UInt8](repeating: 0, count: 1 << 20)

    /// Takes a file out of use, with every upload of it: from here on it can neither be read nor be
    /// cited, and ``erase(_:)`` overwrites it.
    ///
    /// A crash behind it leaves names that say what is to be done, which the next start does.
    ///
    /// - Throws: ``LogError`` if a name cannot be changed.
    package func beginErasing(_ digest: Digest) throws(LogError) {
        let names = state.withLock { state in
            let stored = state.stored.removeValue(forKey: digest) != nil
            // One that is being finished ends as a file that no alert cites.
            let keys = state.uploads.filter { $0.key.digest == digest && !$0.value.isBusy }
            for key in keys.keys { state.uploads[key] = nil }
            return (stored ? [AttachmentName.stored(digest)] : [])
                + keys.map { AttachmentName.upload($0.key, total: $0.value.total) }
        }
        var number: UInt64 = 0
        for name in names {
            while folder.exists(path(.erasing(digest, number))) { number += 1 }
            try rename(name, .erasing(digest, number))
        }
    }

    /// Overwrites what ``beginErasing(_:)`` took out of use, and removes it.
    ///
    /// Takes as long as the disk needs; to be called by one thread at a time.
    ///
    /// - Throws: ``LogError`` if the disk fails; then the next start does it again.
    package func erase(_ digest: Digest) throws(LogError) {
        for text in try folder.names(in: folder.attachmentsPath) {
            guard case .erasing(digest, _)? = AttachmentName(text) else { continue }
            let path = "\(folder.attachmentsPath)/\(text)"
            let file = try OpenFile(existing: path, folder.operations)
            let byteCount = try file.byteCount
            var offset: UInt64 = 0
            while offset < byteCount {
                let count = Int(min(UInt64(Self.zeros.count), byteCount - offset))
                try file.write(Self.zeros.prefix(count), at: offset)
                offset += UInt64(count)
            }
            try file.sync()
            // Removed only when the zeros are there: a name that is gone leaves its bytes.
            try folder.remove(path)
            try folder.sync(folder.attachmentsPath)
        }
    }

    /// Removes what no alert cites and nobody has gone on with for too long; of the sequencer's
    /// thread, so that no alert that cites it is being decided.
    ///
    /// - Parameter now: the clock.
    /// - Returns: how many files were removed.
    /// - Throws: ``LogError`` if a file cannot be removed; it is tried again the next time.
    package func removeExpired(now: WallTime) throws(LogError) -> Int {
        let oldest = now.subtracting(milliseconds: limits.ageMaxMilliseconds)
        var (stored, uploads) = state.withLock { state in
            let stored = state.stored.filter { !$0.value.isCited && $0.value.time < oldest }
            let uploads = state.uploads.filter { !$0.value.isBusy && $0.value.time < oldest }
            for digest in stored.keys { state.stored[digest] = nil }
            for key in uploads.keys { state.uploads[key] = nil }
            return (stored, uploads)
        }
        let count = stored.count + uploads.count
        // What is still there is known of again, unless somebody has begun it anew meanwhile.
        defer {
            state.withLock { state in
                state.stored.merge(stored) { known, _ in known }
                state.uploads.merge(uploads) { known, _ in known }
            }
        }
        for digest in stored.keys {
            try folder.remove(path(.stored(digest)))
            stored[digest] = nil
        }
        for (key, upload) in uploads {
            try folder.remove(path(.upload(key, total: upload.total)))
            uploads[key] = nil
        }
        return count
    }

    /// Brings the folder in line with the log, at a start.
    ///
    /// - Parameters:
    ///   - cited: the files that alerts of the log cite.
    ///   - orphaned: those whose alerts were erased by orders that may not have been carried out.
    /// - Returns: the cited files that are not there.
    /// - Throws: ``LogError`` if something cannot be erased.
    package func settle(
        cited: [Digest],
        orphaned: [Digest]
    ) throws(LogError) -> [Digest] {
        setCited(cited)
        var erasing = Set(orphaned)
        for text in try folder.names(in: folder.attachmentsPath) {
            if case .erasing(let digest, _)? = AttachmentName(text) { erasing.insert(digest) }
        }
        for digest in orphaned { try beginErasing(digest) }
        for digest in erasing.sorted() { try erase(digest) }
        return state.withLock { state in cited.filter { state.stored[$0] == nil } }
    }
}
