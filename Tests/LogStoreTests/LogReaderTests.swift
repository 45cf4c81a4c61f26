import Base
import Crypto
import MerkleLog
import Testing

@testable import LogStore

@Suite struct LogReaderTests {
    private let log = TestLog()

    private func make(
        _ count: Int,
        segmentByteCountMax: Int = 2000
    ) throws -> (
        folder: TestFolder, writer: LogWriter<SHA256>
    ) {
        let folder = try TestFolder()
        let options = log.options(segmentByteCountMax: segmentByteCountMax)
        let writer = try log.open(folder, options).writer
        try log.append(1, to: writer)
        while writer.frontier.treeSize < count {
            try log.append(min(7, count - Int(writer.frontier.treeSize)), to: writer)
        }
        return (folder, writer)
    }

    @Test func eachEntryIsReadWithItsContent() throws {
        let (folder, writer) = try make(60)
        for index in 0..<UInt64(60) {
            let stored = try writer.reader.entry(at: index)
            let record = log.record(index)
            #expect(stored.index == index && stored.bytes == record.entry)
            #expect(stored.channel == record.channel)
            #expect(stored.content == record.content.map { Array($0) })
            if record.content != nil { #expect(stored.contentFlags == record.contentFlags) }
        }
        #expect(throws: LogError.notFound(index: 60)) { try writer.reader.entry(at: 60) }
        #expect(throws: LogError.notFound(index: .max)) { try writer.reader.entry(at: .max) }
        withExtendedLifetime(folder) {}
    }

    @Test func aScanFindsWhatTheFilterWantsAndWhereToGoOn() throws {
        let (folder, writer) = try make(100)
        for filter in [
            RecordFilter.all, RecordFilter(channels: [1], recipientMask: .max),
            RecordFilter(channels: [1, 2], recipientMask: 0b00110),
            RecordFilter(channels: [], recipientMask: .max),
            RecordFilter(channels: [1], recipientMask: 0),
        ] {
            for countMax in [1, 3, 1000] {
                var found: [UInt64] = []
                var next: UInt64 = 5
                while next < 90 {
                    let step = try writer.reader.scan(
                        from: next,
                        upTo: 90,
                        filter: filter,
                        countMax: countMax
                    )
                    #expect(step.entries.count <= countMax && step.nextIndex > next)
                    found += step.entries.map(\.index)
                    next = step.nextIndex
                }
                let expected = (UInt64(5)..<90).filter { index in
                    let record = log.record(index)
                    guard let channels = filter.channels else { return true }
                    return channels.contains(record.channel)
                        && record.recipientMask & filter.recipientMask != 0
                }
                #expect(found == expected && next == 90)
            }
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aScanStopsAtItsByteLimitAndAtTheEnd() throws {
        let (folder, writer) = try make(30)
        let step = try writer.reader.scan(
            from: 0,
            upTo: .max,
            filter: .all,
            countMax: .max,
            byteCountMax: 100
        )
        #expect(step.entries.count > 0 && step.entries.count < 5)
        #expect(step.nextIndex == UInt64(step.entries.count))
        let end = try writer.reader.scan(from: 30, upTo: .max, filter: .all, countMax: 9)
        #expect(end.entries.isEmpty && end.nextIndex == 30)
        let beyond = try writer.reader.scan(from: 99, upTo: 5, filter: .all, countMax: 9)
        #expect(beyond.entries.isEmpty && beyond.nextIndex == 99)
        withExtendedLifetime(folder) {}
    }

    @Test func aScanThatFindsNothingStopsAndSaysWhereToGoOn() throws {
        let limit = LogReader<SHA256>.scanCountMax
        let (folder, writer) = try make(1)
        try log.append(Int(limit) + 100, to: writer)
        let nobody = RecordFilter(channels: [1], recipientMask: 0)
        var steps: [UInt64] = []
        var next: UInt64 = 5
        while next < writer.reader.treeSize {
            let step = try writer.reader.scan(from: next, upTo: .max, filter: nobody, countMax: 9)
            #expect(step.entries.isEmpty)
            next = step.nextIndex
            steps.append(next)
        }
        #expect(steps == [5 + limit, limit + 101])
        withExtendedLifetime(folder) {}
    }

    @Test func aTimeLeadsToTheFirstEntryAtOrAfterIt() throws {
        let (folder, writer) = try make(50)
        for milliseconds in UInt64(990)..<1260 {
            let time = WallTime(milliseconds: milliseconds)
            let expected = (0..<UInt64(50)).first { TestLog.time($0) >= time } ?? 50
            #expect(try writer.reader.firstIndex(atOrAfter: time) == expected)
        }
        withExtendedLifetime(folder) {}
    }

    @Test func theNoteOfAnEntryIsThatOfItsBatch() throws {
        let (folder, writer) = try make(30)
        for index in 0..<UInt64(30) {
            let note = try writer.reader.note(covering: index)
            let checkpoint = try #require(log.checkpoint(of: note))
            let expected = index == 0 ? 1 : min(30, (index - 1) / 7 * 7 + 8)
            #expect(checkpoint.treeSize == expected)
            #expect(checkpoint.rootHash == log.root(expected))
        }
        withExtendedLifetime(folder) {}
    }

    @Test func proofsHoldAcrossTiles() throws {
        let (folder, writer) = try make(600, segmentByteCountMax: 20_000)
        let reader = writer.reader
        let sizes: [UInt64] = [1, 2, 255, 256, 257, 300, 511, 512, 513, 600]
        for size in sizes {
            let root = try reader.rootHash(treeSize: size)
            #expect(root == log.root(size))
            for index in Set([0, 1, size / 2, size - 1, 255, 256]) where index < size {
                let path = try reader.inclusionProof(index: index, treeSize: size)
                let found = MerkleProof.root(
                    ofLeaf: log.record(index).leafHash,
                    index: index,
                    treeSize: size,
                    path: path,
                    using: SHA256()
                )
                #expect(found == root)
            }
            for earlier in sizes where earlier <= size {
                let isConsistent = MerkleProof.isConsistent(
                    oldSize: earlier,
                    oldRoot: log.root(earlier),
                    newSize: size,
                    newRoot: root,
                    path: try reader.consistencyProof(from: earlier, to: size),
                    using: SHA256()
                )
                #expect(isConsistent)
            }
        }
        #expect(throws: LogError.self) { try reader.rootHash(treeSize: 601) }
        #expect(throws: LogError.self) { try reader.inclusionProof(index: 600, treeSize: 600) }
        #expect(throws: LogError.self) { try reader.inclusionProof(index: 0, treeSize: 601) }
        #expect(throws: LogError.self) { try reader.consistencyProof(from: 0, to: 5) }
        #expect(throws: LogError.self) { try reader.consistencyProof(from: 6, to: 5) }
        withExtendedLifetime(folder) {}
    }

    @Test func damageUnderARunningLogIsNotHandedOut() throws {
        let (folder, writer) = try make(20, segmentByteCountMax: 1 << 20)
        let name = "segments/00000000000000000000.seg"
        var bytes = try folder.read(name)
        let place = try #require(bytes.firstRange(of: Array("entry 12 ".utf8)))
        bytes[place.lowerBound] ^= 1
        // In place, since the writer holds the file open.
        let file = try OpenFile(existing: "\(folder.path)/\(name)", .system)
        try file.write(bytes[...], at: 0)
        #expect(try writer.reader.entry(at: 11).bytes == log.record(11).entry)
        let error = #expect(throws: LogError.self) { try writer.reader.entry(at: 12) }
        guard case .damaged(_, _, _, 12..<13) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func readersSeeOnlyWhatIsPublishedWhileTheWriterWrites() async throws {
        let folder = try TestFolder()
        let writer = try log.open(folder, log.options(segmentByteCountMax: 3000)).writer
        try log.append(1, to: writer)
        let end: UInt64 = 1 + 28 * 29 / 2
        let readers = (0..<2).map { _ in
            Task { [log, reader = writer.reader] in
                try await Self.follow(reader, to: end, log)
            }
        }
        for count in 1...28 { try log.append(count, to: writer) }
        for reader in readers { try await reader.value }
        #expect(writer.frontier.treeSize == end)
    }

    private static func follow(
        _ reader: LogReader<SHA256>,
        to end: UInt64,
        _ log: TestLog
    ) async throws {
        var next: UInt64 = 0
        while next < end {
            let step = try reader.scan(from: next, upTo: .max, filter: .all, countMax: 50)
            for entry in step.entries {
                #expect(entry.bytes == log.record(entry.index).entry)
            }
            next = step.nextIndex
            let size = reader.treeSize
            #expect(size >= next)
            _ = try reader.inclusionProof(index: size / 2, treeSize: size)
            await Task.yield()
        }
    }
}
