import Base
import MerkleLog

/// A snapshot as a file: a position, and beside it what the entries before it fold to.
///
/// | bytes | |
/// |---|---|
/// | 4 | `AVS1` |
/// | 8 | size of the log |
/// | 1, then 32 each | number of the frontier's hashes, and they, largest subtree first |
/// | 4, then that many | length of the signed checkpoint, and it |
/// | 4, then 24 each | number of segments; for each first index, end index, bytes |
/// | 8, then that many | length of the state, and it |
/// | 32 | SHA-256 of all bytes before |
///
/// Integers in network byte order. The last 32 bytes are the digest that the log's `snapshot` entry
/// has: a file that no entry names is not believed.
struct SnapshotFile {
    private static let magic: UInt32 = 0x4156_5331
    static let segmentCountMax: UInt32 = 1 << 24

    let position: LogPosition
    let state: ArraySlice<UInt8>

    static func encode(
        _ position: LogPosition,
        state: [UInt8],
        using hasher: some Hashing
    ) -> (bytes: [UInt8], digest: Digest) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            state.count + position.note.count + position.segments.count * 24 + 4096
        )
        bytes.append(bigEndian: magic)
        bytes.append(bigEndian: position.treeSize)
        bytes.append(UInt8(position.frontier.subtreeRoots.count))
        for root in position.frontier.subtreeRoots { root.append(to: &bytes) }
        bytes.append(bigEndian: UInt32(position.note.count))
        bytes.append(contentsOf: position.note)
        bytes.append(bigEndian: UInt32(position.segments.count))
        for segment in position.segments {
            bytes.append(bigEndian: segment.firstIndex)
            bytes.append(bigEndian: segment.endIndex)
            bytes.append(bigEndian: segment.byteCount)
        }
        bytes.append(bigEndian: UInt64(state.count))
        bytes.append(contentsOf: state)
        let digest = hasher.digest(bytes[...])
        digest.append(to: &bytes)
        return (bytes, digest)
    }
}

extension SnapshotFile {
    /// Reads a file's bytes; nil for one that is damaged, or none.
    init?(_ bytes: [UInt8], using hasher: some Hashing) {
        let body = bytes.dropLast(Digest.byteCount)
        guard let digest = Digest(bytes.suffix(Digest.byteCount)), hasher.digest(body) == digest
        else { return nil }
        var reader = ByteReader(body)
        guard reader.readInteger(as: UInt32.self) == Self.magic,
            let frontier = Self.readFrontier(&reader),
            let noteByteCount = reader.readInteger(as: UInt32.self),
            let note = reader.readBytes(Int(noteByteCount)),
            let segments = Self.readSegments(&reader),
            let stateByteCount = reader.readInteger(as: UInt64.self),
            let stateCount = Int(exactly: stateByteCount),
            let state = reader.readBytes(stateCount), reader.isAtEnd
        else { return nil }
        self.position = LogPosition(frontier: frontier, note: Array(note), segments: segments)
        self.state = state
    }

    private static func readFrontier(_ reader: inout ByteReader) -> MerkleFrontier? {
        guard let treeSize = reader.readInteger(as: UInt64.self), let count = reader.readUInt8()
        else { return nil }
        var roots: [Digest] = []
        for _ in 0..<count {
            guard let root = reader.readBytes(Digest.byteCount).flatMap({ Digest($0) }) else {
                return nil
            }
            roots.append(root)
        }
        return MerkleFrontier(treeSize: treeSize, subtreeRoots: roots)
    }

    private static func readSegments(_ reader: inout ByteReader) -> [LogPosition.Segment]? {
        guard let count = reader.readInteger(as: UInt32.self), count <= segmentCountMax else {
            return nil
        }
        var segments: [LogPosition.Segment] = []
        for _ in 0..<count {
            guard let firstIndex = reader.readInteger(as: UInt64.self),
                let endIndex = reader.readInteger(as: UInt64.self),
                let byteCount = reader.readInteger(as: UInt64.self), firstIndex <= endIndex
            else { return nil }
            segments.append(
                LogPosition.Segment(
                    firstIndex: firstIndex,
                    endIndex: endIndex,
                    byteCount: byteCount
                )
            )
        }
        return segments
    }
}
