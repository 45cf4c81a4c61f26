import Base
import Crypto
import MerkleLog
import Testing

@testable import LogStore

@Suite struct LogRecoveryTests {
    private static let first = "segments/00000000000000000000.seg"
    private let log = TestLog()

    /// A log with batches of these sizes, of which the last `unpublished` are not in the
    /// checkpoint file, and where in the segment each batch ends.
    private func make(
        _ batches: [Int],
        unpublished: Int
    ) throws -> (folder: TestFolder, ends: [Int]) {
        let folder = try TestFolder()
        var ends: [Int] = []
        var checkpoint: [UInt8] = []
        let writer = try log.open(folder).writer
        for (place, count) in batches.enumerated() {
            try log.append(count, to: writer)
            ends.append(try folder.read(Self.first).count)
            if place == batches.count - 1 - unpublished {
                checkpoint = try folder.read("checkpoint")
            }
        }
        try folder.write(checkpoint, to: "checkpoint")
        return (folder, ends)
    }

    // MARK: - The end is missing

    @Test func aTornBatchIsCutAtEveryByteAndReported() throws {
        let (folder, ends) = try make([1, 3, 2], unpublished: 1)
        let whole = try folder.read(Self.first)
        for count in ends[1]..<ends[2] {
            try folder.write(Array(whole.prefix(count)), to: Self.first)
            do {
                let opened = try log.open(folder)
                #expect(opened.entries == log.entries(4))
                #expect(opened.report.cutByteCount == UInt64(count - ends[1]))
                #expect(opened.report.keptEntryCount == 0)
            }
            #expect(try folder.read(Self.first).count == ends[1])
        }
    }

    @Test func aCompleteBatchPastTheCheckpointIsKept() throws {
        let (folder, _) = try make([1, 3, 2], unpublished: 2)
        let before = try folder.read("checkpoint")
        do {
            let opened = try log.open(folder)
            #expect(opened.entries == log.entries(6))
            #expect(opened.report.keptEntryCount == 5 && opened.report.cutByteCount == 0)
        }
        #expect(try folder.read("checkpoint") != before)
        #expect(try log.open(folder).report.keptEntryCount == 0)
    }

    @Test func aPublishedBatchThatIsCutOffAnywhereStopsTheStart() throws {
        let (folder, ends) = try make([1, 3, 2], unpublished: 0)
        let whole = try folder.read(Self.first)
        for count in stride(from: 0, to: ends[2], by: 7) {
            try folder.write(Array(whole.prefix(count)), to: Self.first)
            let lost = try lostEntries(folder)
            #expect(lost?.upperBound == 6)
            #expect(try folder.read(Self.first).count == count, "nothing may be cut")
        }
    }

    @Test func aTornGenesisIsCut() throws {
        let (folder, ends) = try make([1], unpublished: 0)
        let whole = try folder.read(Self.first)
        try folder.write([], to: "checkpoint")
        for count in stride(from: 0, to: ends[0], by: 5) {
            try folder.write(Array(whole.prefix(count)), to: Self.first)
            let opened = try log.open(folder)
            #expect(opened.report.treeSize == 0 && opened.report.isNew)
            #expect(opened.report.cutByteCount == UInt64(count))
        }
        try folder.write(whole.dropLast(), to: Self.first)
        #expect(throws: LogError.missing(directory: folder.path)) {
            try log.open(folder, log.options(isCreationPermitted: false))
        }
    }

    // MARK: - Bits are flipped

    @Test func aFlippedBitBelowTheCheckpointStopsTheStart() throws {
        let (folder, ends) = try make([1, 3, 2], unpublished: 0)
        let whole = try folder.read(Self.first)
        var random = SplitMix64(seed: 3)
        for position in 0..<ends[2] {
            var flipped = whole
            flipped[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try folder.write(flipped, to: Self.first)
            let error = #expect(throws: LogError.self) { try log.open(folder) }
            guard case .damaged(let file, let offset, _, let lost) = error else {
                Issue.record("byte \(position): \(String(describing: error))")
                continue
            }
            #expect(file == "\(folder.path)/\(Self.first)")
            #expect(offset <= UInt64(position) && !lost.isEmpty)
            #expect(try folder.read(Self.first) == flipped, "nothing may be mended")
        }
    }

    @Test func aFlippedBitInTheUnpublishedLastBatchCutsIt() throws {
        let (folder, ends) = try make([1, 3, 2], unpublished: 1)
        let whole = try folder.read(Self.first)
        for position in ends[1]..<ends[2] {
            var flipped = whole
            flipped[position] ^= 0x10
            try folder.write(flipped, to: Self.first)
            let opened = try log.open(folder)
            #expect(opened.entries == log.entries(4))
            #expect(opened.report.cutByteCount == UInt64(ends[2] - ends[1]))
        }
    }

    @Test func aFlippedBitBeforeALaterBatchStopsTheStart() throws {
        // Neither batch is in the checkpoint file, but the later one was written only when the
        // earlier one was on stable storage.
        let (folder, ends) = try make([1, 3, 2, 2], unpublished: 2)
        let whole = try folder.read(Self.first)
        for position in stride(from: ends[1], to: ends[2], by: 3) {
            var flipped = whole
            flipped[position] ^= 0x10
            try folder.write(flipped, to: Self.first)
            let lost = try lostEntries(folder)
            #expect(lost?.lowerBound ?? 0 >= 4)
            #expect(try folder.read(Self.first) == flipped)
        }
    }

    @Test func aBatchWhoseSectorsArrivedInAnotherOrderIsCut() throws {
        let (folder, ends) = try make([1, 3, 20], unpublished: 1)
        let whole = try folder.read(Self.first)
        for hole in stride(from: ends[1], to: ends[2] - 512, by: 300) {
            var torn = whole
            for position in hole..<(hole + 512) { torn[position] = 0 }
            try folder.write(torn, to: Self.first)
            let opened = try log.open(folder)
            #expect(opened.entries == log.entries(4))
            #expect(opened.report.cutByteCount == UInt64(ends[2] - ends[1]))
        }
    }

    @Test func anEntryThatWasEditedWithItsChecksumStopsTheStart() throws {
        let (folder, _) = try make([1, 3, 2], unpublished: 0)
        try folder.edit(Self.first) { bytes in
            guard var header = RecordHeader(bytes[...]) else { return }
            let end = RecordHeader.byteCount + Int(header.payloadByteCount)
            bytes[RecordHeader.byteCount + 1] ^= 1
            header = RecordHeader(
                kind: header.kind,
                flags: header.flags,
                channel: header.channel,
                payloadByteCount: header.payloadByteCount,
                payloadChecksum: Checksum.of(bytes[RecordHeader.byteCount..<end]),
                index: header.index,
                recipientMask: header.recipientMask,
                milliseconds: header.milliseconds
            )
            var encoded: [UInt8] = []
            header.append(to: &encoded)
            bytes.replaceSubrange(0..<RecordHeader.byteCount, with: encoded)
        }
        #expect(try lostEntries(folder) != nil)
    }

    // MARK: - Files are missing or damaged

    @Test func aMissingSegmentIsNamedWithItsEntries() throws {
        let whole = try TestFolder()
        let options = log.options(segmentByteCountMax: 500)
        do {
            let writer = try log.open(whole, options).writer
            for _ in 0..<8 { try log.append(5, to: writer) }
        }
        let segments = try whole.segments
        #expect(segments.count > 2)
        for segment in segments {
            let folder = try TestFolder(copying: whole)
            try folder.remove(segment)
            let error = #expect(throws: LogError.self) { try log.open(folder, options) }
            guard case .damaged(_, _, _, let lost) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(segment.contains(String(lost.lowerBound)) && !lost.isEmpty)
            #expect(try folder.segments.count == segments.count - 1)
        }
    }

    @Test func aLogWithoutItsSegmentsIsNotBegunAnew() throws {
        let (folder, _) = try make([1, 3], unpublished: 0)
        try folder.remove("segments")
        let error = #expect(throws: LogError.self) { try log.open(folder) }
        guard case .damaged(_, _, _, 0..<4) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aLogWithoutItsCheckpointIsNotBelieved() throws {
        for damage in 0..<3 {
            let (folder, _) = try make([1, 3, 2], unpublished: 0)
            switch damage {
            case 0: try folder.remove("checkpoint")
            case 1: try folder.write([], to: "checkpoint")
            default:
                try folder.edit("checkpoint") { bytes in
                    for position in bytes.indices { bytes[position] ^= 0x55 }
                }
            }
            let error = #expect(throws: LogError.self) { try log.open(folder) }
            guard case .damaged(let file, _, _, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(file == "\(folder.path)/checkpoint")
        }
    }

    @Test func oneDamagedSlotOfTheCheckpointLosesNothing() throws {
        for slot in 0..<2 {
            let (folder, _) = try make([1, 3, 2], unpublished: 0)
            try folder.edit("checkpoint") { $0[slot * CheckpointFile.slotByteCount + 20] ^= 1 }
            let opened = try log.open(folder)
            #expect(opened.entries == log.entries(6))
        }
    }

    @Test func aCheckpointOfAnotherTreeStopsTheStart() throws {
        let (folder, _) = try make([1, 3], unpublished: 0)
        let (other, _) = try make([2, 3], unpublished: 0)
        try folder.write(other.read("checkpoint"), to: "checkpoint")
        #expect(try lostEntries(folder) == 4..<5)
        let (longer, _) = try make([1, 1, 2], unpublished: 0)
        try folder.write(longer.read("checkpoint"), to: "checkpoint")
        #expect(try log.open(folder).entries == log.entries(4))
        try folder.write(make([1, 2], unpublished: 0).folder.read("checkpoint"), to: "checkpoint")
        #expect(try lostEntries(folder) != nil)
    }

    @Test func theTreeIsMadeAgainFromTheEntries() throws {
        let (folder, _) = try make([1, 300, 300], unpublished: 0)
        let level0 = try folder.read("tree/0")
        let level1 = try folder.read("tree/1")
        #expect(level0.count == 601 * 32 && level1.count == 2 * 32)
        try folder.edit("tree/0") { $0[9000] ^= 1 }
        try folder.edit("tree/1") { $0.removeAll() }
        let opened = try log.open(folder)
        #expect(try opened.writer.reader.rootHash(treeSize: 601) == log.root(601))
        #expect(try folder.read("tree/0") == level0)
        #expect(try folder.read("tree/1") == level1)
        try folder.remove("tree")
        #expect(throws: LogError.self) { try log.open(folder) }
        withExtendedLifetime(opened) {}
    }

    @Test func anErasedContentIsNoDamage() throws {
        let (folder, _) = try make([1, 3], unpublished: 0)
        try folder.edit(Self.first) { bytes in
            var offset = 0
            while let header = RecordHeader(bytes[offset...]) {
                let payload = offset + RecordHeader.byteCount
                if header.kind == .content {
                    for place in 0..<Int(header.payloadByteCount) { bytes[payload + place] = 0 }
                    var encoded: [UInt8] = []
                    header.erased.append(to: &encoded)
                    bytes.replaceSubrange(offset..<payload, with: encoded)
                }
                offset = payload + Int(header.payloadByteCount)
                if offset >= bytes.count { break }
            }
        }
        let opened = try log.open(folder)
        #expect(opened.entries == log.entries(4))
        let stored = try opened.writer.reader.entry(at: 1)
        #expect(stored.content == nil && stored.contentFlags.contains(.erased))
    }

    /// The entries that a damage error names; nil if the start succeeds or fails otherwise.
    private func lostEntries(_ folder: TestFolder) throws -> Range<UInt64>? {
        do throws(LogError) {
            _ = try log.open(folder)
            return nil
        } catch {
            guard case .damaged(_, _, _, let lost) = error else { throw error }
            return lost
        }
    }
}

extension RecordHeader {
    fileprivate var erased: RecordHeader {
        RecordHeader(
            kind: kind,
            flags: flags | ContentFlags.erased.rawValue,
            channel: channel,
            payloadByteCount: payloadByteCount,
            payloadChecksum: payloadChecksum,
            index: index,
            recipientMask: recipientMask,
            milliseconds: milliseconds
        )
    }
}
