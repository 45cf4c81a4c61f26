import Base
import HTTPEngine
import LogStore

/// A part of a stored attachment that is read as the client takes it.
struct AttachmentPieces: HTTPPieces {
    private static let byteCountMax: UInt64 = 256 << 10

    private let digest: Digest
    private let reader: AttachmentReader
    private let shared: BrokerShared
    private var range: Range<UInt64>

    init(
        _ digest: Digest,
        _ range: Range<UInt64>,
        _ reader: AttachmentReader,
        _ shared: BrokerShared
    ) {
        self.digest = digest
        self.range = range
        self.reader = reader
        self.shared = shared
    }

    mutating func next() -> HTTPPiece {
        guard !range.isEmpty else { return .end }
        // What was erased meanwhile reads as zeros, which nobody is to take for the file.
        guard shared.attachments.byteCount(of: digest) != nil else { return .failed }
        let count = min(Self.byteCountMax, UInt64(range.count))
        do throws(LogError) {
            let bytes = try reader.read(Int(count), at: range.lowerBound)
            guard bytes.count == Int(count) else { return .failed }
            range = (range.lowerBound + count)..<range.upperBound
            return .bytes(bytes)
        } catch {
            let name = "\(digest)"
            shared.log.log(.error, "read-failed", error.message, ["digest": LogValue(name)])
            return .failed
        }
    }
}
