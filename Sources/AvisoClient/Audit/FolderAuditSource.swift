import Alerts
import AuditCore
import Base
import Crypto
import LogStore
import MerkleLog
import Synchronization

/// A copied folder of a log, read without a broker; every batch's checkpoint stands in it.
final class FolderAuditSource: AuditSource {
    private static let entryCountMax = 16_384
    private static let byteCountMax = 32 << 20

    private struct State {
        var scan: LogScan?
    }

    private let directory: String
    private let state = Mutex(State())
    private let checkpointFile: String
    private let note: [UInt8]?
    private let leaves: StoredLeaves?

    init(directory: String) throws(AvisoError) {
        self.directory = directory
        do throws(LogError) {
            let scan = try LogScan(directory: directory) { _ in nil }
            note = scan.note
            checkpointFile = scan.checkpointFile
        } catch {
            throw .folder(error)
        }
        leaves = StoredLeaves(directory: directory)
    }

    func latestNote() throws(AvisoError) -> [UInt8] {
        guard let note else {
            throw AvisoError(
                .notVerified,
                "\(checkpointFile) holds no checkpoint, so that nothing says how long the log is"
            )
        }
        return note
    }

    var isLive: Bool { false }

    func cosignedNote(latest: [UInt8]) throws(AvisoError) -> [UInt8]? {
        do throws(LogError) {
            return try CosignedFile.read(directory: directory)
        } catch {
            throw .folder(error)
        }
    }

    // The segments hold no inner node of the tree: the next batch's checkpoint tells.
    func root(at treeSize: UInt64, latest: Checkpoint) throws(AvisoError) -> Digest? { nil }

    func pieces(
        from start: UInt64,
        latest: Checkpoint
    ) async throws(AvisoError) -> [AuditPiece] {
        do throws(LogError) {
            return try state.withLock { state throws(LogError) in
                if state.scan == nil {
                    let size = latest.treeSize
                    state.scan = try LogScan(directory: directory, from: start) { _ in size }
                }
                return try read(&state.scan, latest)
            }
        } catch {
            throw .folder(error)
        }
    }

    private func read(
        _ scan: inout LogScan?,
        _ latest: Checkpoint
    ) throws(LogError) -> [AuditPiece] {
        var pieces: [AuditPiece] = []
        var (first, run): (UInt64, [[UInt8]]) = (0, [])
        var (entryCount, byteCount) = (0, 0)
        func flush() throws(LogError) {
            guard !run.isEmpty else { return }
            let stored = try leaves?.hashes(first: first, count: run.count)
            pieces.append(.entries(first: first, run, leaves: stored))
            run = []
        }
        while entryCount < Self.entryCountMax, byteCount < Self.byteCountMax,
            let record = try scan?.next()
        {
            switch record {
            case .entry(let entry):
                if run.isEmpty { first = entry.index }
                if entry.index != first + UInt64(run.count) {
                    try flush()
                    first = entry.index
                }
                run.append(entry.bytes)
                entryCount += 1
                byteCount += entry.bytes.count
            case .checkpoint(let note, let treeSize, _, _, _):
                try flush()
                if treeSize <= latest.treeSize { pieces.append(.checkpoint(note)) }
            case .damage(let damage):
                try flush()
                // What is lost before the entries that are wanted is nothing to this audit.
                pieces.append(.violation(AuditViolation(damage)))
                return pieces
            }
        }
        try flush()
        return pieces
    }
}

extension AuditViolation {
    /// The violation that a damaged record is.
    init(_ damage: LogDamage) {
        self.init(
            .damaged,
            at: damage.lost.lowerBound,
            "\(damage.file) at byte \(damage.offset): \(damage.reason)",
            expected: damage.lost.count > 1
                ? "entries \(damage.lost.lowerBound) to \(damage.lost.upperBound - 1)" : "a record",
            found: "what cannot be read"
        )
    }
}
