import Base
import Crypto
import MerkleLog
import Synchronization
import Testing

@testable import LogStore

/// What a start may not take for granted: that what it can read is on the disk, and that what looks
/// like a checkpoint is one.
@Suite struct LogRecoveryDoubtTests {
    private static let first = "segments/00000000000000000000.seg"
    private let log = TestLog()

    // MARK: - A batch whose sync was never seen to succeed

    /// What a start writes, in order.
    private struct Step: Equatable {
        let call: String
        var bytes: [UInt8] = []
        var offset: UInt64 = 0
    }

    private func stepsOfStart(_ folder: TestFolder) throws -> [Step] {
        let steps = Mutex<[Step]>([])
        let system = FileOperations.system
        var options = log.options()
        options.operations.write = { descriptor, bytes, offset throws(FileFailure) in
            let step = Step(call: "write", bytes: Array(bytes), offset: offset)
            steps.withLock { $0.append(step) }
            try system.write(descriptor, bytes, offset)
        }
        options.operations.sync = { _ throws(FileFailure) in
            steps.withLock { $0.append(Step(call: "sync")) }
        }
        _ = try log.open(folder, options)
        return steps.withLock { $0 }
    }

    @Test func aBatchInDoubtIsWrittenAnewAndSyncedBeforeItIsPublished() throws {
        let folder = try TestFolder()
        var start = 0
        var checkpoint: [UInt8] = []
        do {
            let writer = try log.open(folder).writer
            try log.append(1, to: writer)
            try log.append(3, to: writer)
            start = try folder.read(Self.first).count
            checkpoint = try folder.read("checkpoint")
            try log.append(2, to: writer)
        }
        try folder.write(checkpoint, to: "checkpoint")
        let batch = Array(try folder.read(Self.first)[start...])
        let steps = try stepsOfStart(folder)
        #expect(
            steps.prefix(2) == [
                Step(call: "write", bytes: batch, offset: UInt64(start)), Step(call: "sync"),
            ]
        )
        #expect(steps.count == 5, "then leaf hashes and places, and last the checkpoint")
        #expect(steps.last?.bytes.count ?? 0 > 100)
    }

    @Test func whatWasPublishedIsNotWrittenAgain() throws {
        let folder = try TestFolder()
        do {
            let writer = try log.open(folder).writer
            for count in [1, 3, 2] { try log.append(count, to: writer) }
        }
        let steps = try stepsOfStart(folder)
        #expect(
            steps.map(\.bytes.count) == [6 * Digest.byteCount, 6 * 8],
            "the leaf hashes and the places alone"
        )
    }

    // MARK: - A checkpoint in the clothes of an alert

    @Test(arguments: [UInt64(0), 1, 2, 3, 4, 5, 6, 7, 1000, .max])
    func aPublishedCheckpointInAContentDoesNotPassForALaterOne(claimedSize: UInt64) throws {
        let folder = try TestFolder()
        var whole: [UInt8] = []
        var end = 0
        do {
            let writer = try log.open(folder).writer
            try log.append(1, to: writer)
            try log.append(3, to: writer)
            end = try folder.read(Self.first).count
            let published = try writer.reader.note(covering: 3)
            // Sealed by an author who knows the format: the record of a commit, with a note that
            // everyone can fetch.
            let content = commit(note: published, claimedSize: claimedSize)
            let record = PendingRecord(
                entry: log.record(4).entry,
                leafHash: log.record(4).leafHash,
                time: TestLog.time(4),
                channel: 1,
                recipientMask: 1,
                content: content[...]
            )
            let tree = BatchTree([record.leafHash], onto: writer.frontier, using: SHA256())
            let checkpoint = try folder.read("checkpoint")
            try writer.append([record], tree: tree, note: log.note(tree))
            try folder.write(checkpoint, to: "checkpoint")
            whole = try folder.read(Self.first)
        }
        // The power fails: the batch is torn, or its first sector did not arrive.
        var torn = whole
        for position in end..<(end + 20) { torn[position] = 0 }
        for bytes in [torn, Array(whole.dropLast(5))] {
            try folder.write(bytes, to: Self.first)
            let opened = try log.open(folder)
            #expect(opened.entries == log.entries(4))
            #expect(opened.report.cutByteCount == UInt64(bytes.count - end))
        }
    }

    private func commit(note: [UInt8], claimedSize: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        RecordHeader(
            kind: .commit,
            flags: 0,
            channel: 0,
            payloadByteCount: UInt32(note.count),
            payloadChecksum: Checksum.of(note[...]),
            index: claimedSize,
            recipientMask: 1,
            milliseconds: 0
        ).append(to: &bytes)
        return bytes + note
    }
}
