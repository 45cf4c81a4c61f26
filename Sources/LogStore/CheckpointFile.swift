import Base

/// The latest published checkpoint, in two slots written in turn.
///
/// A slot is `[sequence: 8][length: 4][CRC-32C of sequence and note: 4][note]`; the valid one with
/// the higher sequence counts, so that a torn write leaves the other. The file is written behind
/// the sync of each batch and not synced itself: what it says may be old after a power failure,
/// but never ahead of the records.
struct CheckpointFile {
    static let slotByteCount = 4096
    private static let headByteCount = 16

    /// The most bytes of a note that fits.
    static let noteByteCountMax = slotByteCount - headByteCount

    let file: OpenFile
    private(set) var note: [UInt8]?
    private var sequence: UInt64 = 0

    init(_ file: OpenFile) throws(LogError) {
        self.file = file
        for slot in 0..<2 {
            let bytes = try file.read(
                Self.slotByteCount,
                at: UInt64(slot * Self.slotByteCount)
            )
            guard let (sequence, note) = Self.parse(bytes), sequence > self.sequence else {
                continue
            }
            self.sequence = sequence
            self.note = note
        }
    }

    /// Publishes a note; the first one is synced, so that the file is never empty afterwards.
    mutating func publish(_ note: [UInt8]) throws(LogError) {
        precondition(note.count <= Self.noteByteCountMax, "the note was checked before")
        let next = sequence + 1
        var bytes: [UInt8] = []
        bytes.append(bigEndian: next)
        bytes.append(bigEndian: UInt32(note.count))
        bytes.append(bigEndian: Self.checksum(next, note[...]))
        bytes.append(contentsOf: note)
        try file.write(bytes[...], at: (next & 1) * UInt64(Self.slotByteCount))
        if self.note == nil { try file.sync() }
        sequence = next
        self.note = note
    }

    private static func parse(_ bytes: [UInt8]) -> (UInt64, [UInt8])? {
        var reader = ByteReader(bytes)
        guard let sequence = reader.readInteger(as: UInt64.self),
            let length = reader.readInteger(as: UInt32.self),
            let checksum = reader.readInteger(as: UInt32.self),
            let note = reader.readBytes(Int(length)), sequence > 0, sequence < UInt64.max,
            checksum == Self.checksum(sequence, note)
        else { return nil }
        return (sequence, Array(note))
    }

    private static func checksum(_ sequence: UInt64, _ note: ArraySlice<UInt8>) -> UInt32 {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: sequence)
        bytes.append(contentsOf: note)
        return Checksum.of(bytes[...])
    }
}
