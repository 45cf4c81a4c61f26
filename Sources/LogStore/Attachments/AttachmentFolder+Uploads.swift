package import Base
internal import Synchronization

/// Uploads: begun with their size, appended to in order, finished when the digest holds.
extension AttachmentFolder {
    /// How far an upload is.
    package struct UploadStatus: Hashable, Sendable {
        /// The bytes that are there.
        package let offset: UInt64
        /// The bytes that there will be.
        package let total: UInt64
        /// Whether the file is completely on stable storage.
        package let isStored: Bool
    }

    /// How far the upload of a file is.
    ///
    /// - Parameters:
    ///   - digest: the file.
    ///   - owner: whose upload it is; a file that is stored is the same for all.
    /// - Returns: nil if it has not begun.
    package func status(of digest: Digest, owner: String) -> UploadStatus? {
        state.withLock { state in
            if let stored = state.stored[digest] {
                let count = stored.byteCount
                return UploadStatus(offset: count, total: count, isStored: true)
            }
            return state.uploads[key(digest, owner)].map {
                UploadStatus(offset: $0.offset, total: $0.total, isStored: false)
            }
        }
    }

    /// Appends to an upload, which begins with the first bytes.
    ///
    /// A crash leaves some of the bytes, all of them or none; the owner asks how many, and goes on.
    ///
    /// - Parameters:
    ///   - bytes: what comes next.
    ///   - offset: where it belongs.
    ///   - total: the size that the file will have; needed where the upload begins.
    ///   - digest: the SHA-256 that the file will have.
    ///   - owner: whose upload it is.
    ///   - now: the clock.
    /// - Returns: how far it is now; at its end it is busy until ``finish(_:owner:now:)``.
    /// - Throws: ``AttachmentError``; what was there before is still there.
    package func append(
        _ bytes: ArraySlice<UInt8>,
        at offset: UInt64,
        total: UInt64?,
        of digest: Digest,
        owner: String,
        now: WallTime
    ) throws(AttachmentError) -> UploadStatus {
        precondition(AttachmentName.isOwner(owner), "the owner stands in a file's name")
        let key = key(digest, owner)
        let freeByteCount = try freeByteCount()
        let claim = state.withLock { state in
            Result { () throws(AttachmentError) in
                let rules = UploadRules(limits: limits, freeByteCount: freeByteCount)
                return try rules.claim(bytes.count, at: offset, total: total, key, &state)
            }
        }
        let (upload, isNew) = try claim.get()
        do throws(LogError) {
            try write(bytes, to: key, upload, isNew: isNew)
        } catch {
            release(key, isNew: isNew)
            throw AttachmentError(error)
        }
        return state.withLock { state in
            let reached = offset + UInt64(bytes.count)
            let isFull = reached == upload.total
            state.uploads[key]?.offset = reached
            state.uploads[key]?.time = now
            state.uploads[key]?.isBusy = isFull
            return UploadStatus(offset: reached, total: upload.total, isStored: false)
        }
    }

    private func freeByteCount() throws(AttachmentError) -> UInt64 {
        do throws(FileFailure) {
            return try folder.operations.freeByteCount(folder.attachmentsPath)
        } catch {
            throw AttachmentError(LogError(error, file: folder.attachmentsPath))
        }
    }

    private func write(
        _ bytes: ArraySlice<UInt8>,
        to key: AttachmentName.UploadKey,
        _ upload: Upload,
        isNew: Bool
    ) throws(LogError) {
        let path = path(.upload(key, total: upload.total))
        let file =
            isNew
            ? try OpenFile(new: path, folder.operations)
            : try OpenFile(existing: path, folder.operations)
        do throws(LogError) {
            try file.write(bytes, at: upload.offset)
        } catch {
            // Some of the bytes may be there: they are cut off, or written over the next time.
            try? file.truncate(to: upload.offset)
            throw error
        }
    }

    private func release(_ key: AttachmentName.UploadKey, isNew: Bool) {
        let upload = state.withLock { state in
            if isNew { return state.uploads.removeValue(forKey: key) }
            state.uploads[key]?.isBusy = false
            return nil
        }
        if let upload { try? folder.remove(path(.upload(key, total: upload.total))) }
    }

    /// Finishes an upload whose bytes are all there: checks its digest, brings it to stable storage
    /// and gives it its name.
    ///
    /// Takes as long as the disk needs; to be called by one thread at a time. A crash before the
    /// folder is synced leaves the upload or the file, both whole.
    ///
    /// - Throws: ``AttachmentError``: an upload with other bytes is gone, any other is still there.
    package func finish(
        _ digest: Digest,
        owner: String,
        now: WallTime
    ) throws(AttachmentError) -> UploadStatus {
        let key = key(digest, owner)
        guard let upload = state.withLock({ $0.uploads[key] }) else { throw .notFound }
        let name = AttachmentName.upload(key, total: upload.total)
        let isRight: Bool
        do throws(LogError) {
            isRight = try secure(name) == digest
            if isRight { try keep(name, as: digest, now: now) }
        } catch {
            state.withLock { $0.uploads[key]?.isBusy = false }
            throw AttachmentError(error)
        }
        guard isRight else {
            try? folder.remove(path(name))
            state.withLock { $0.uploads[key] = nil }
            throw .otherDigest
        }
        return state.withLock { state in
            state.uploads[key] = nil
            if state.stored[digest] == nil {
                state.stored[digest] = Stored(byteCount: upload.total, time: now, owner: owner)
            }
            return UploadStatus(offset: upload.total, total: upload.total, isStored: true)
        }
    }

    private func keep(
        _ name: AttachmentName,
        as digest: Digest,
        now: WallTime
    ) throws(LogError) {
        let isThere = state.withLock { state in
            guard state.stored[digest] != nil else { return false }
            // Another has uploaded it: stored once, from now on for both.
            state.stored[digest]?.time = now
            return true
        }
        guard !isThere else { return try folder.remove(path(name)) }
        do throws(LogError) {
            try rename(name, .stored(digest))
            try folder.sync(folder.attachmentsPath)
        } catch {
            // Still an upload, so that it can be finished again.
            if folder.exists(path(.stored(digest))) { try? rename(.stored(digest), name) }
            throw error
        }
    }

    /// Lets go of a complete upload that nobody will finish now; its owner can ask for it again.
    package func leaveUnfinished(_ digest: Digest, owner: String) {
        state.withLock { $0.uploads[key(digest, owner)]?.isBusy = false }
    }

    private func secure(_ name: AttachmentName) throws(LogError) -> Digest {
        let file = try OpenFile(existing: path(name), folder.operations)
        try file.sync()
        return try file.digest(makeDigest())
    }

    /// Gives an upload up.
    ///
    /// - Throws: ``AttachmentError``: there is none, or it is busy.
    package func cancel(_ digest: Digest, owner: String) throws(AttachmentError) {
        let key = key(digest, owner)
        let claim: Result<Upload, AttachmentError> = state.withLock { state in
            guard let upload = state.uploads[key] else { return .failure(.notFound) }
            guard !upload.isBusy else { return .failure(.isBusy) }
            state.uploads[key] = nil
            return .success(upload)
        }
        let upload = try claim.get()
        do throws(LogError) {
            try folder.remove(path(.upload(key, total: upload.total)))
        } catch {
            throw AttachmentError(error)
        }
    }

    private func key(_ digest: Digest, _ owner: String) -> AttachmentName.UploadKey {
        AttachmentName.UploadKey(digest: digest, owner: owner)
    }
}

/// What decides whether bytes may be appended.
struct UploadRules {
    let limits: AttachmentFolder.Limits
    let freeByteCount: UInt64

    /// Claims an upload for appending.
    ///
    /// - Returns: the upload as it is before, and whether it begins with this.
    func claim(
        _ count: Int,
        at offset: UInt64,
        total: UInt64?,
        _ key: AttachmentName.UploadKey,
        _ state: inout AttachmentFolder.State
    ) throws(AttachmentError) -> (AttachmentFolder.Upload, isNew: Bool) {
        if let stored = state.stored[key.digest] { throw .isStored(byteCount: stored.byteCount) }
        let known = state.uploads[key]
        let upload: AttachmentFolder.Upload
        if let known { upload = known } else { upload = try begin(total, key.owner, state) }
        guard !upload.isBusy else { throw .isBusy }
        if let total, total != upload.total { throw .otherTotal(upload.total) }
        guard offset == upload.offset else { throw .wrongOffset(has: upload.offset) }
        guard UInt64(count) <= upload.total - offset else { throw .beyondTotal(upload.total) }
        // What an upload was begun with may have been used up by others since.
        guard freeByteCount >= limits.freeByteCountMin.addingOrMax(UInt64(count)) else {
            throw .diskFull
        }
        state.uploads[key] = upload
        state.uploads[key]?.isBusy = true
        return (upload, known == nil)
    }

    private func begin(
        _ total: UInt64?,
        _ owner: String,
        _ state: AttachmentFolder.State
    ) throws(AttachmentError) -> AttachmentFolder.Upload {
        guard let total, total > 0 else { throw .totalMissing }
        guard total <= limits.byteCountMax else {
            throw .tooLarge(byteCountMax: limits.byteCountMax)
        }
        let uploads = state.uploads.filter { $0.key.owner == owner }.map(\.value.total)
        let stored = state.stored.values.filter { !$0.isCited && $0.owner == owner }
        guard uploads.count + stored.count < limits.countPerOwnerMax else {
            throw .tooManyUploads(countMax: limits.countPerOwnerMax)
        }
        let used = stored.map(\.byteCount).reduce(uploads.reduce(0, +), +)
        guard used.addingOrMax(total) <= limits.byteCountPerOwnerMax else {
            throw .tooManyBytes(byteCountMax: limits.byteCountPerOwnerMax)
        }
        // The bytes that all uploads are still to bring, and those that stay free.
        let promised = state.uploads.values.reduce(limits.freeByteCountMin) {
            $0.addingOrMax($1.total - $1.offset)
        }
        guard freeByteCount >= promised.addingOrMax(total) else { throw .diskFull }
        return AttachmentFolder.Upload(total: total, offset: 0, time: WallTime(milliseconds: 0))
    }
}

extension OpenFile {
    private static var pieceByteCount: Int { 1 << 20 }

    /// SHA-256 of all bytes.
    func digest(_ stream: any DigestStream) throws(LogError) -> Digest {
        var offset: UInt64 = 0
        while true {
            let piece = try read(Self.pieceByteCount, at: offset)
            guard !piece.isEmpty else { return stream.finish() }
            stream.update(piece[...])
            offset += UInt64(piece.count)
        }
    }
}

extension UInt64 {
    fileprivate func addingOrMax(_ other: UInt64) -> UInt64 {
        let (sum, isOverflow) = addingReportingOverflow(other)
        return isOverflow ? .max : sum
    }
}
