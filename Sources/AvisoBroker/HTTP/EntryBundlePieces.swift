import HTTPEngine
import LogStore
import MerkleLog

/// An entry bundle (C2SP tlog-tiles) that is read from the log as the client takes it.
struct EntryBundlePieces: HTTPPieces {
    // An entry has up to 64 KiB, so that a piece has at most about twice that.
    private static let byteCountMax = 64 << 10

    private let reader: BrokerShared.Reader
    private let log: StructuredLog
    private let end: UInt64
    private var nextIndex: UInt64

    /// Begins with the first entry of a tile that the tree has.
    init(_ path: TilePath, reader: BrokerShared.Reader, log: StructuredLog) {
        self.reader = reader
        self.log = log
        nextIndex = path.firstIndex
        end = nextIndex + UInt64(path.width)
    }

    mutating func next() -> HTTPPiece {
        guard nextIndex < end else { return .end }
        do throws(LogError) {
            let found = try reader.entries(
                from: nextIndex,
                upTo: end,
                byteCountMax: Self.byteCountMax
            )
            nextIndex = found.nextIndex
            return .bytes(EntryBundle.encode(found.entries))
        } catch {
            let index = nextIndex
            log.log(.error, "read-failed", "\(error.message)", ["index": LogValue(index)])
            return .failed
        }
    }
}
