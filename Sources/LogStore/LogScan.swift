/// A piece of a log's folder that is not as it was written.
package struct LogDamage: Hashable, Sendable {
    /// The file.
    package let file: String
    /// Where in the file, in bytes.
    package let offset: UInt64
    /// What is wrong.
    package let reason: String
    /// The entries that cannot be read or proved because of it.
    package let lost: Range<UInt64>

    /// Makes a finding.
    package init(file: String, offset: UInt64, reason: String, lost: Range<UInt64>) {
        self.file = file
        self.offset = offset
        self.reason = reason
        self.lost = lost
    }
}

/// One entry as it stands in a folder.
package struct ScannedEntry: Sendable {
    /// Its index.
    package let index: UInt64
    /// Its encoding.
    package let bytes: [UInt8]
    /// The content beside it; nil if there is none, or it was erased or is damaged.
    package let content: [UInt8]?
    /// What ``content`` is.
    package let contentFlags: ContentFlags
    /// The segment.
    package let file: String
    /// Where its record begins.
    package let offset: UInt64
}

/// What a scan meets.
package enum ScannedRecord: Sendable {
    /// An entry with its content.
    case entry(ScannedEntry)
    /// The signed checkpoint behind a batch.
    case checkpoint(note: [UInt8], treeSize: UInt64, batch: UInt64, file: String, offset: UInt64)
    /// What cannot be read; the scan goes on behind it.
    case damage(LogDamage)
}

/// Walks through all records of a log's folder, without changing anything, and past any damage.
///
/// The folder may be a copy, or be in use: the scan ends at the published checkpoint.
package struct LogScan {
    private static let pieceByteCount = 1 << 20

    /// The published checkpoint as a signed note; nil if the file is missing or damaged.
    package let note: [UInt8]?
    /// The file that it stands in.
    package let checkpointFile: String

    private let folder: LogFolder
    private let start: UInt64
    private let end: UInt64
    private var segments: ArraySlice<UInt64>
    private var cursor: RecordCursor?
    private var byteCount: UInt64 = 0
    private var nextIndex: UInt64 = 0
    private var waiting: [ScannedRecord] = []

    /// Opens a folder for reading.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - start: the first entry wanted; what stands before it is passed over.
    ///   - published: gives the size of a checkpoint's note, or nil for what is none.
    /// - Throws: ``LogError`` if there is no log, or it cannot be read.
    package init(
        directory: String,
        from start: UInt64 = 0,
        published: (_ note: [UInt8]) -> UInt64?
    ) throws(LogError) {
        folder = LogFolder(path: directory, operations: .system)
        guard try folder.hasLog() else { throw .missing(directory: directory) }
        checkpointFile = folder.checkpointPath
        self.start = start
        var note: [UInt8]?
        if let file = try? OpenFile(reading: folder.checkpointPath) {
            note = try CheckpointFile(file).note
        }
        self.note = note
        end = note.flatMap(published) ?? .max
        let all = try folder.segments()
        let first = all.lastIndex { $0 <= start } ?? all.startIndex
        segments = all[first...]
        nextIndex = segments.first.map { min($0, start) } ?? 0
    }

    /// The next entry that is due, which is the number of entries met.
    package var position: UInt64 { nextIndex }

    /// Gives the next record.
    ///
    /// - Returns: the record; nil at the end.
    /// - Throws: ``LogError`` if a file cannot be read at all.
    package mutating func next() throws(LogError) -> ScannedRecord? {
        while true {
            if !waiting.isEmpty { return waiting.removeFirst() }
            guard let place = cursor?.offset, place < byteCount else {
                guard try openNext() else { return nil }
                continue
            }
            guard let header = try cursor?.header() else {
                try findNext(behind: place)
                continue
            }
            try take(header, at: place)
        }
    }

    private mutating func openNext() throws(LogError) -> Bool {
        guard nextIndex < end, let firstIndex = segments.popFirst() else { return false }
        let file = try OpenFile(reading: folder.segmentPath(firstIndex: firstIndex))
        if firstIndex > nextIndex {
            report(file, 0, "a segment before it is missing", nextIndex..<firstIndex)
        }
        nextIndex = firstIndex
        byteCount = try file.byteCount
        cursor = RecordCursor(file, at: 0, Self.pieceByteCount)
        return true
    }

    private mutating func take(_ header: RecordHeader, at offset: UInt64) throws(LogError) {
        guard let file = cursor?.file else { return }
        guard nextIndex < end || header.kind != .entry else {
            // Behind the published checkpoint nothing is promised.
            segments = []
            cursor?.move(to: byteCount)
            return
        }
        guard let payload = try payload(header, at: offset) else { return }
        switch header.kind {
        case .entry:
            if header.index != nextIndex {
                let lost = min(nextIndex, header.index)..<max(nextIndex, header.index)
                report(file, offset, "entry \(header.index) is out of order", lost)
            }
            nextIndex = header.index == .max ? .max : header.index + 1
            let content = try content(behind: header)
            guard header.index >= start else { return }
            waiting.append(
                .entry(
                    ScannedEntry(
                        index: header.index,
                        bytes: payload,
                        content: content.bytes,
                        contentFlags: content.flags,
                        file: file.path,
                        offset: offset
                    )
                )
            )
        case .content:
            report(file, offset, "a content stands behind no entry", 0..<0)
        case .commit:
            guard header.index > start else { return }
            waiting.append(
                .checkpoint(
                    note: payload,
                    treeSize: header.index,
                    batch: header.batchFirstIndex,
                    file: file.path,
                    offset: offset
                )
            )
        }
    }

    // A payload that is not what its checksum says is reported, and the scan goes on behind it.
    private mutating func payload(
        _ header: RecordHeader,
        at offset: UInt64
    ) throws(LogError) -> [UInt8]? {
        do throws(LogError) {
            return try cursor?.payload(header)
        } catch {
            guard case .damaged(let file, let offset, let reason, let lost) = error else {
                throw error
            }
            waiting.append(
                .damage(LogDamage(file: file, offset: offset, reason: reason, lost: lost))
            )
            cursor?.skip(header)
            if header.kind == .entry, header.index >= nextIndex, header.index < .max {
                nextIndex = header.index + 1
            }
            return nil
        }
    }

    private mutating func content(
        behind header: RecordHeader
    ) throws(LogError) -> (bytes: [UInt8]?, flags: ContentFlags) {
        guard let offset = cursor?.offset, let next = try cursor?.header(),
            next.kind == .content, next.index == header.index
        else { return (nil, []) }
        let flags = ContentFlags(rawValue: next.flags)
        let bytes = try payload(next, at: offset)
        return (flags.contains(.erased) ? nil : bytes, flags)
    }

    // Searches the next header that can be one, in pieces that overlap by less than a header.
    private mutating func findNext(behind place: UInt64) throws(LogError) {
        guard let file = cursor?.file else { return }
        var offset = place + 1
        while offset < byteCount {
            let piece = try file.read(Self.pieceByteCount, at: offset)
            let last = piece.count - RecordHeader.byteCount
            if last >= 0 {
                for start in 0...last where piece[start] == RecordHeader.firstByte {
                    guard let header = RecordHeader(piece[start...]), header.index >= nextIndex
                    else { continue }
                    let end = header.index
                    report(
                        file,
                        place,
                        "there is no record where one should be",
                        nextIndex..<max(nextIndex, end)
                    )
                    nextIndex = max(nextIndex, end)
                    cursor?.move(to: offset + UInt64(start))
                    return
                }
            }
            guard last > 0 else { break }
            offset += UInt64(last)
        }
        let end = segments.first ?? nextIndex
        let reason = "there is no record where one should be, nor behind it"
        report(file, place, reason, nextIndex..<max(nextIndex, end))
        cursor?.move(to: byteCount)
    }

    private mutating func report(
        _ file: OpenFile,
        _ offset: UInt64,
        _ reason: String,
        _ lost: Range<UInt64>
    ) {
        waiting.append(
            .damage(LogDamage(file: file.path, offset: offset, reason: reason, lost: lost))
        )
    }
}
