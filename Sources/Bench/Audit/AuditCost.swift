import AvisoClient
import Base
import Crypto
import EventLoop
import Foundation
import LogStore
import MerkleLog
import Synchronization

/// How fast a log is audited, what it takes on disk, and how long a start reads it.
enum AuditCost {
    static func measure(_ options: BenchOptions) throws -> [Measurement] {
        let count = options.auditCount
        let signedCount = max(1, count / 10)
        let tree = try measure(count, isTreeOnly: true)
        let signed = try measure(signedCount, isTreeOnly: false)
        return tree + signed
    }

    private static func measure(_ count: Int, isTreeOnly: Bool) throws -> [Measurement] {
        let network = try BenchNetwork()
        let folder = network.folder.path + "/broker/log"
        // The writer holds the folder's lock until it is let go of.
        do {
            var log = try AuditLog(network)
            try log.fill(count, try AlertMaker(network))
        }
        let profile = try AvisoProfile(path: network.folder.path + "/auditor")
        var options = AuditOptions()
        options.folder = folder
        options.isTreeOnly = isTreeOnly
        let start = SystemClock.monotonic()
        let report = try wait { [options] in try await profile.audit(options) }
        let milliseconds = max(1, SystemClock.monotonic().milliseconds(since: start))
        guard report.violation == nil, report.verified == UInt64(count) + 3 else {
            throw BenchFailure(message: report.violation?.message ?? "the audit is incomplete")
        }
        let what = isTreeOnly ? "tree only" : "with signatures"
        let rate = Double(report.verified) * 1000 / Double(milliseconds)
        var measurements = [
            Measurement(
                what: "audit of \(report.verified) entries, \(what)",
                value: rate,
                unit: "entries/s"
            )
        ]
        guard isTreeOnly else { return measurements }
        let bytes = try size(of: folder)
        measurements.append(
            Measurement(
                what: "disk for an alert with its content",
                value: Double(bytes) / Double(report.verified),
                unit: "bytes"
            )
        )
        measurements.append(
            Measurement(
                what: "of which the entry itself",
                value: Double(report.byteCount) / Double(report.verified),
                unit: "bytes"
            )
        )
        measurements.append(try startUp(folder, report.verified))
        return measurements
    }

    // A start without a snapshot: every record is read, checked and hashed.
    private static func startUp(_ folder: String, _ count: UInt64) throws -> Measurement {
        let begin = SystemClock.monotonic()
        let (writer, _) = try LogWriter.open(
            directory: folder,
            options: LogOptions(),
            hasher: SHA256(),
            verifyNote: { note in
                SignedNote(note).flatMap { Checkpoint(text: $0.text) }
            },
            fold: { _, _ in }
        )
        let milliseconds = SystemClock.monotonic().milliseconds(since: begin)
        guard writer.frontier.treeSize == count else {
            throw BenchFailure(message: "the start has read \(writer.frontier.treeSize) entries")
        }
        return Measurement(
            what: "reading all of \(count) entries at a start without snapshot",
            value: Double(milliseconds) / 1000,
            unit: "s"
        )
    }

    private static func size(of folder: String) throws -> UInt64 {
        var size: UInt64 = 0
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            size += (attributes[.size] as? NSNumber)?.uint64Value ?? 0
        }
        return size
    }

    // The benchmarks run on the main thread, which has nothing else to do.
    private static func wait<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let box = ResultBox<Value>()
        Task.detached { box.put(await Result.of(body)) }
        return try box.take().get()
    }
}

/// Hands a result from one thread to another.
private final class ResultBox<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func put(_ value: Result<Value, any Error>) { result.withLock { $0 = value } }

    func take() -> Result<Value, any Error> {
        while true {
            if let value = result.withLock({ $0 }) { return value }
            SystemProcessors.pause(milliseconds: 5)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate static func of(
        _ body: @Sendable () async throws -> Success
    ) async -> Result<Success, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
