import Base
import Synchronization

/// Where everything published stands, shared by the writer and all readers.
final class LogIndex: Sendable {
    struct Segment: Sendable {
        let firstIndex: UInt64
        let file: OpenFile
    }

    struct Place {
        let segment: OpenFile
        let offset: UInt64
    }

    private struct State {
        var segments: [Segment] = []
        // One for each entry: the segment's number and the offset within it.
        var places: [UInt64] = []
        var treeSize: UInt64 = 0
    }

    private static let offsetBitCount: UInt64 = 40
    private let state = Mutex(State())

    /// The number of published entries.
    var treeSize: UInt64 { state.withLock { $0.treeSize } }

    func addSegment(firstIndex: UInt64, file: OpenFile) {
        state.withLock { $0.segments.append(Segment(firstIndex: firstIndex, file: file)) }
    }

    /// Publishes entries that stand in the last segment.
    func publish(offsets: [UInt64], treeSize: UInt64) {
        state.withLock { state in
            let segment = UInt64(state.segments.count - 1) << Self.offsetBitCount
            for offset in offsets { state.places.append(segment | offset) }
            state.treeSize = treeSize
        }
    }

    func place(of index: UInt64) throws(LogError) -> Place {
        let place: Place? = state.withLock { state in
            guard index < state.treeSize else { return nil }
            let packed = state.places[Int(index)]
            return Place(
                segment: state.segments[Int(packed >> Self.offsetBitCount)].file,
                offset: packed & ((1 << Self.offsetBitCount) - 1)
            )
        }
        guard let place else { throw .notFound(index: index) }
        return place
    }
}
