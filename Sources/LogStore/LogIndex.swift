import Base
import Synchronization

/// Where everything published stands, shared by the writer and all readers.
///
/// Eight bytes for each entry, in a file of its own: what waits in the log costs no memory. The
/// file is derived from the segments, as the tree is.
final class LogIndex: Sendable {
    struct Segment: Sendable {
        let firstIndex: UInt64
        let file: OpenFile
    }

    struct Place {
        /// The segment's number, counted from the first.
        let segmentNumber: Int
        let segment: OpenFile
        let offset: UInt64
    }

    private struct State {
        var segments: [Segment] = []
        var treeSize: UInt64 = 0
        var hidden: Set<UInt64> = []
    }

    private static let byteCount = 8
    private static let offsetBitCount: UInt64 = 40

    private let file: OpenFile
    private let state = Mutex(State())

    init(_ folder: LogFolder) throws(LogError) {
        file = try folder.open("\(folder.treePath)/places")
    }

    /// The number of published entries.
    var treeSize: UInt64 { state.withLock { $0.treeSize } }

    /// The segments, in order.
    var segments: [Segment] { state.withLock { $0.segments } }

    func addSegment(firstIndex: UInt64, file: OpenFile) {
        state.withLock { $0.segments.append(Segment(firstIndex: firstIndex, file: file)) }
    }

    /// Writes where entries of the last segment stand, for a later ``publish(treeSize:)``.
    func write(offsets: [UInt64], at firstIndex: UInt64) throws(LogError) {
        let number = UInt64(state.withLock { $0.segments.count } - 1) << Self.offsetBitCount
        var bytes: [UInt8] = []
        bytes.reserveCapacity(offsets.count * Self.byteCount)
        for offset in offsets { bytes.append(bigEndian: number | offset) }
        try file.write(bytes[...], at: firstIndex * UInt64(Self.byteCount))
    }

    /// Lets readers see the entries up to a size.
    func publish(treeSize: UInt64) {
        state.withLock { $0.treeSize = treeSize }
    }

    /// The entries whose contents nobody gets, since their erasure was decided and has failed.
    var hidden: Set<UInt64> { state.withLock { $0.hidden } }

    /// Keeps the content beside an entry from readers, until a start has erased it.
    func hide(contentOf entry: UInt64) {
        state.withLock { _ = $0.hidden.insert(entry) }
    }

    /// Brings the places to stable storage, for a snapshot that builds on them.
    func sync() throws(LogError) {
        try file.sync()
    }

    func place(of index: UInt64) throws(LogError) -> Place {
        guard index < treeSize else { throw .notFound(index: index) }
        var reader = ByteReader(
            try file.read(Self.byteCount, at: index * UInt64(Self.byteCount))
        )
        let packed = reader.readInteger(as: UInt64.self) ?? .max
        let number = Int(packed >> Self.offsetBitCount)
        guard let segment = segment(number) else {
            throw .damaged(
                file: file.path,
                offset: index * UInt64(Self.byteCount),
                reason: "the entry's place is no segment",
                lost: index..<(index + 1)
            )
        }
        return Place(
            segmentNumber: number,
            segment: segment.file,
            offset: packed & ((1 << Self.offsetBitCount) - 1)
        )
    }

    /// Where an entry stands that begins the segment behind a place; nil if none begins there.
    func place(after place: Place, of entryIndex: UInt64) -> Place? {
        let number = place.segmentNumber + 1
        guard let segment = segment(number), segment.firstIndex == entryIndex else { return nil }
        return Place(segmentNumber: number, segment: segment.file, offset: 0)
    }

    private func segment(_ number: Int) -> Segment? {
        state.withLock { $0.segments.indices.contains(number) ? $0.segments[number] : nil }
    }
}
