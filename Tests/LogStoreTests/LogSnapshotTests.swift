import Base
import Crypto
import MerkleLog
import Testing

@testable import LogStore

@Suite struct LogSnapshotTests {
    private let log = TestLog()
    private let state = Array("what the entries fold to".utf8)

    /// A log of twelve entries in several segments, a snapshot of it, and six entries behind that.
    private func make() throws -> (folder: TestFolder, snapshot: StoredSnapshot) {
        let folder = try TestFolder()
        let writer = try log.open(folder, log.options(segmentByteCountMax: 500)).writer
        for count in [1, 4, 3, 4] { try log.append(count, to: writer) }
        let digest = try writer.snapshots.write(try writer.position(), state: state)
        for count in [2, 4] { try log.append(count, to: writer) }
        let snapshot = try #require(try read(folder))
        #expect(snapshot.digest == digest)
        return (folder, snapshot)
    }

    private func read(_ folder: TestFolder, _ treeSize: UInt64 = 12) throws -> StoredSnapshot? {
        try SnapshotFolder.read(treeSize: treeSize, directory: folder.path, using: SHA256())
    }

    private func open(
        _ folder: TestFolder,
        at position: LogPosition
    ) throws(LogError) -> TestLog.Opened {
        try log.open(folder, log.options(segmentByteCountMax: 500), position: position)
    }

    @Test func aStartReadsOnlyWhatStandsBehindTheSnapshot() throws {
        let (folder, snapshot) = try make()
        #expect(Array(snapshot.state) == state)
        #expect(snapshot.position.segments.count > 1)
        let opened = try open(folder, at: snapshot.position)
        #expect(opened.entries == Array(log.entries(18).dropFirst(12)))
        #expect(opened.report.treeSize == 18)
        #expect(opened.writer.frontier.rootHash(using: SHA256()) == log.root(18))
        // What lies before is there for readers as ever.
        let reader = opened.writer.reader
        for index in UInt64(0)..<18 {
            #expect(try reader.entry(at: index).bytes == log.record(index).entry)
        }
        #expect(try reader.rootHash(treeSize: 7) == log.root(7))
        try log.append(5, to: opened.writer)
        #expect(try reader.rootHash(treeSize: 23) == log.root(23))
    }

    @Test func aSnapshotOfTheEndIsEnough() throws {
        let (folder, _) = try make()
        let position: LogPosition
        do {
            let writer = try log.open(folder, log.options(segmentByteCountMax: 500)).writer
            position = try writer.position()
            _ = try writer.snapshots.write(position, state: state)
        }
        let opened = try open(folder, at: position)
        #expect(opened.entries.isEmpty && opened.report.note == position.note)
        #expect(try read(folder, 18)?.position == position)
    }

    @Test func aTornTailBehindTheSnapshotIsCut() throws {
        let (folder, snapshot) = try make()
        let last = try #require(try folder.segments.last)
        try folder.edit(last) { $0 += [1, 2, 3] }
        let opened = try open(folder, at: snapshot.position)
        #expect(opened.report.cutByteCount == 3 && opened.report.treeSize == 18)
    }

    @Test func aSegmentThatIsMissingOrShorterStopsTheStart() throws {
        for isMissing in [true, false] {
            let (folder, snapshot) = try make()
            let first = try #require(try folder.segments.first)
            if isMissing {
                try folder.remove(first)
            } else {
                try folder.edit(first) { $0.removeLast() }
            }
            let error = #expect(throws: LogError.self) {
                try open(folder, at: snapshot.position)
            }
            guard case .damaged(let file, _, _, let lost) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(file.hasSuffix(first))
            #expect(lost.lowerBound == 0 && !lost.isEmpty)
        }
    }

    @Test func derivedFilesThatAreGoneMakeTheSnapshotUnusableAndNotTheLog() throws {
        for name in ["tree/0", "tree/places"] {
            let (folder, snapshot) = try make()
            try folder.write([], to: name)
            let error = #expect(throws: LogError.self) {
                try open(folder, at: snapshot.position)
            }
            guard case .unusableSnapshot = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            let opened = try log.open(folder, log.options(segmentByteCountMax: 500))
            #expect(opened.entries == log.entries(18))
            #expect(try opened.writer.reader.entry(at: 3).bytes == log.record(3).entry)
        }
    }

    @Test func aSnapshotWithAnyByteChangedOrMissingIsNotRead() throws {
        let (folder, _) = try make()
        let name = "snapshots/00000000000000000012.snap"
        let whole = try folder.read(name)
        for place in whole.indices {
            try folder.edit(name) { $0[place] ^= 1 }
            #expect(try read(folder) == nil)
            try folder.write(Array(whole.prefix(place)), to: name)
            #expect(try read(folder) == nil)
            try folder.write(whole, to: name)
        }
        #expect(try read(folder) != nil)
    }

    @Test func theNewestTwoAreKept() throws {
        let (folder, _) = try make()
        let writer = try log.open(folder).writer
        for _ in 0..<3 {
            try log.append(1, to: writer)
            _ = try writer.snapshots.write(try writer.position(), state: state)
            try writer.snapshots.removeOld()
        }
        #expect(try SnapshotFolder<SHA256>.sizes(directory: folder.path) == [21, 20])
    }

    @Test func aFaultWhileASnapshotIsWrittenHarmsNoLog() throws {
        for mode in Faults.Mode.allCases {
            var step = 0
            while true {
                let folder = try TestFolder()
                let faults = Faults()
                let writer = try log.open(folder, log.options(faults: faults)).writer
                try log.append(5, to: writer)
                let position = try writer.position()
                faults.arm(step: step, mode: mode, errorNumber: 28)
                let digest = try? writer.snapshots.write(position, state: state)
                let hasStruck = faults.hasStruck
                faults.disarm()
                try log.append(2, to: writer)
                #expect(writer.frontier.treeSize == 7)
                if let digest { #expect(try read(folder, 5)?.digest == digest) }
                guard hasStruck else { break }
                #expect(digest == nil)
                step += 1
            }
            #expect(step > 4)
        }
    }
}
