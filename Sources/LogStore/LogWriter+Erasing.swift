/// The erasure of contents, which stand beside the entries so that it is possible.
extension LogWriter {
    /// Erases the content beside an entry, for good: its bytes become zero on the disk.
    ///
    /// The entry and all proofs stay as they are. The record is marked first, which changes one
    /// byte; then its bytes are overwritten, and each step is brought to stable storage. After a
    /// crash in between it is marked and its bytes may be there: who has decided the erasure does
    /// it again at the next start.
    ///
    /// - Parameter entry: the entry, which must be published.
    /// - Returns: false if the entry has no content.
    /// - Throws: ``LogError`` if the disk fails; then nothing is known of the content, except that
    ///   no reader of this process gets it any more.
    @discardableResult
    package func erase(contentOf entry: UInt64) throws(LogError) -> Bool {
        do throws(LogError) {
            return try overwrite(contentOf: entry)
        } catch {
            index.hide(contentOf: entry)
            throw error
        }
    }

    private func overwrite(contentOf entry: UInt64) throws(LogError) -> Bool {
        let place = try index.place(of: entry)
        var cursor = RecordCursor(place.segment, at: place.offset, RecordHeader.byteCount)
        guard let header = try cursor.header(), header.kind == .entry, header.index == entry else {
            throw .notFound(index: entry)
        }
        cursor.skip(header)
        guard let content = try cursor.header(), content.kind == .content, content.index == entry
        else { return false }
        let flags = ContentFlags(rawValue: content.flags).union(.erased)
        let flagsOffset = cursor.offset + UInt64(RecordHeader.flagsOffset)
        try place.segment.write([flags.rawValue], at: flagsOffset)
        try place.segment.sync()
        let start = cursor.offset + UInt64(RecordHeader.byteCount)
        let zeros = [UInt8](repeating: 0, count: 64 << 10)
        var done = 0
        while done < Int(content.payloadByteCount) {
            let count = min(zeros.count, Int(content.payloadByteCount) - done)
            try place.segment.write(zeros.prefix(count), at: start + UInt64(done))
            done += count
        }
        try place.segment.sync()
        return true
    }
}
