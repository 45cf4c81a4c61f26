package import MerkleLog

/// Where a log ended when a snapshot of its projections was taken.
package struct LogPosition: Hashable, Sendable {
    /// A segment that the entries before the position stand in.
    package struct Segment: Hashable, Sendable {
        /// Its first entry.
        package let firstIndex: UInt64
        /// The entry behind its last one.
        package let endIndex: UInt64
        /// The bytes of its records.
        package let byteCount: UInt64

        /// Makes a segment.
        package init(firstIndex: UInt64, endIndex: UInt64, byteCount: UInt64) {
            self.firstIndex = firstIndex
            self.endIndex = endIndex
            self.byteCount = byteCount
        }
    }

    /// The tree of the entries before the position.
    package let frontier: MerkleFrontier
    /// The signed checkpoint of that tree.
    package let note: [UInt8]
    /// The segments, in order.
    package let segments: [Segment]

    /// Makes a position.
    package init(frontier: MerkleFrontier, note: [UInt8], segments: [Segment]) {
        self.frontier = frontier
        self.note = note
        self.segments = segments
    }

    /// The number of entries before the position.
    package var treeSize: UInt64 { frontier.treeSize }
}
