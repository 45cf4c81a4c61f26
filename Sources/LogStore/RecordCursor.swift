import Base

/// Walks along the records of a segment, reading ahead in pieces.
struct RecordCursor {
    let file: OpenFile
    private(set) var offset: UInt64
    private let pieceByteCount: Int
    private var piece: [UInt8] = []
    private var pieceOffset: UInt64 = 0

    init(_ file: OpenFile, at offset: UInt64, _ pieceByteCount: Int) {
        self.file = file
        self.offset = offset
        self.pieceByteCount = pieceByteCount
    }

    mutating func move(to offset: UInt64) {
        self.offset = offset
    }

    mutating func skip(_ header: RecordHeader) {
        offset += header.recordByteCount
    }

    /// The header at the cursor; nil at the end, or where there is none.
    mutating func header() throws(LogError) -> RecordHeader? {
        RecordHeader(try bytes(at: offset, RecordHeader.byteCount))
    }

    /// The payload behind a header at the cursor, which moves past it.
    mutating func payload(_ header: RecordHeader) throws(LogError) -> [UInt8] {
        let start = offset + UInt64(RecordHeader.byteCount)
        let count = Int(header.payloadByteCount)
        var payload: ArraySlice<UInt8> = []
        // A length that leads out of the file allocates nothing.
        let available =
            count <= pieceByteCount ? .max : try file.byteCount.subtractingOrZero(start)
        if UInt64(count) <= available { payload = try bytes(at: start, count) }
        let isErased =
            header.kind == .content && ContentFlags(rawValue: header.flags).contains(.erased)
        guard payload.count == count,
            isErased || Checksum.of(payload) == header.payloadChecksum
        else {
            throw .damaged(
                file: file.path,
                offset: offset,
                reason: "the checksum of the record does not hold",
                lost: header.entryRange
            )
        }
        skip(header)
        return Array(payload)
    }

    /// The entry behind a header at the cursor, with the content that may follow it.
    mutating func read(
        _ header: RecordHeader,
        withContent: Bool
    ) throws(LogError) -> StoredEntry {
        let bytes = try payload(header)
        var content: [UInt8]?
        var flags: ContentFlags = []
        if withContent, let next = try self.header(), next.kind == .content,
            next.index == header.index
        {
            flags = ContentFlags(rawValue: next.flags)
            if !flags.contains(.erased) { content = try payload(next) }
        }
        return StoredEntry(
            index: header.index,
            bytes: bytes,
            channel: header.channel,
            content: content,
            contentFlags: flags
        )
    }

    private mutating func bytes(
        at offset: UInt64,
        _ count: Int
    ) throws(LogError) -> ArraySlice<UInt8> {
        if offset < pieceOffset || offset + UInt64(count) > pieceOffset + UInt64(piece.count) {
            piece = try file.read(max(count, pieceByteCount), at: offset)
            pieceOffset = offset
        }
        let start = Int(offset - pieceOffset)
        return piece[start..<min(start + count, piece.count)]
    }
}

extension RecordHeader {
    /// The entries that cannot be read if this record cannot.
    fileprivate var entryRange: Range<UInt64> {
        switch kind {
        case .entry, .content: index..<(index == .max ? index : index + 1)
        case .commit: batchFirstIndex..<index
        }
    }
}

extension UInt64 {
    fileprivate func subtractingOrZero(_ other: UInt64) -> UInt64 {
        self > other ? self - other : 0
    }
}
