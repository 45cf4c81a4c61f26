import Base
import Crypto
import MerkleLog
import Testing

@testable import LogStore

@Suite struct LogWriterTests {
    private let log = TestLog()

    @Test func whatIsAppendedIsThereAfterAStart() throws {
        let folder = try TestFolder()
        do {
            let opened = try log.open(folder)
            #expect(opened.report.isNew && opened.report.treeSize == 0 && opened.entries.isEmpty)
            for count in [1, 3, 1, 7] { try log.append(count, to: opened.writer) }
            #expect(opened.writer.reader.treeSize == 12)
        }
        let opened = try log.open(folder, log.options(isCreationPermitted: false))
        #expect(opened.entries == log.entries(12))
        #expect(!opened.report.isNew && opened.report.treeSize == 12)
        #expect(opened.report.cutByteCount == 0 && opened.report.keptEntryCount == 0)
        #expect(opened.writer.frontier.rootHash(using: SHA256()) == log.root(12))
        #expect(log.checkpoint(of: opened.report.note)?.rootHash == log.root(12))
        try log.append(2, to: opened.writer)
        #expect(try opened.writer.reader.rootHash(treeSize: 14) == log.root(14))
    }

    @Test func theSystemsOwnCallsDoTheSame() throws {
        let folder = try TestFolder()
        var options = LogOptions(segmentByteCountMax: 4096)
        options.isCreationPermitted = true
        do {
            let opened = try log.open(folder, options)
            for _ in 0..<20 { try log.append(5, to: opened.writer) }
        }
        #expect(try folder.segments.count > 2)
        #expect(try log.open(folder, options).entries == log.entries(100))
    }

    @Test func aNewSegmentBeginsWhereTheLastIsFull() throws {
        let folder = try TestFolder()
        let options = log.options(segmentByteCountMax: 1000)
        do {
            let opened = try log.open(folder, options)
            for _ in 0..<10 { try log.append(4, to: opened.writer) }
        }
        let segments = try folder.segments
        #expect(segments.count > 4)
        #expect(segments[0] == "segments/00000000000000000000.seg")
        #expect(try log.open(folder, options).entries == log.entries(40))
    }

    @Test func aBatchCostsFewCalls() throws {
        let folder = try TestFolder()
        let faults = Faults()
        let opened = try log.open(folder, log.options(faults: faults))
        try log.append(1, to: opened.writer)
        faults.arm(step: .max, mode: .notDone)
        try log.append(64, to: opened.writer)
        // Records, stable storage, leaf hashes, places, checkpoint.
        #expect(faults.calls == ["write", "sync", "write", "write", "write"])
    }

    @Test func aSecondProcessIsRefused() throws {
        let folder = try TestFolder()
        let opened = try log.open(folder)
        #expect(throws: LogError.locked(directory: folder.path)) { try log.open(folder) }
        withExtendedLifetime(opened) {}
    }

    @Test func aLogIsNeverBegunWithoutPermission() throws {
        let folder = try TestFolder()
        let options = log.options(isCreationPermitted: false)
        #expect(throws: LogError.missing(directory: folder.path)) { try log.open(folder, options) }
        #expect(!folder.exists("lock") && !folder.exists("segments"))
        try folder.write([], to: "create")
        do {
            let opened = try log.open(folder, options)
            #expect(folder.exists("create"))
            try log.append(1, to: opened.writer)
            #expect(!folder.exists("create"))
        }
        for name in ["segments", "tree", "checkpoint"] { try folder.remove(name) }
        #expect(throws: LogError.missing(directory: folder.path)) { try log.open(folder, options) }
    }

    @Test func aFolderThatIsNotThereIsNotMade() throws {
        let folder = try TestFolder()
        try folder.remove("")
        #expect(throws: LogError.missing(directory: folder.path)) {
            try log.open(folder, log.options(isCreationPermitted: false))
        }
        #expect(!folder.exists(""))
    }

    @Test func aPermitInTheFolderOfALogDoesItNoHarm() throws {
        let folder = try TestFolder()
        do { try log.append(3, to: log.open(folder).writer) }
        try folder.write([], to: "create")
        #expect(try log.open(folder).entries == log.entries(3))
        #expect(!folder.exists("create"))
    }

    @Test func theLogOfAnotherKeyIsForeign() throws {
        let folder = try TestFolder()
        do { try log.append(3, to: log.open(folder).writer) }
        let before = try folder.read("segments/00000000000000000000.seg")
        let error = #expect(throws: LogError.self) { try TestLog().open(folder) }
        guard case .foreign = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try folder.read("segments/00000000000000000000.seg") == before)
    }

    @Test func whatIsTooLargeIsRefusedBeforeAnythingIsWritten() throws {
        let folder = try TestFolder()
        let opened = try log.open(folder)
        try log.append(1, to: opened.writer)
        let before = try folder.read("segments/00000000000000000000.seg")
        let records = [log.record(1), log.record(2, byteCount: 70_000)]
        let tree = BatchTree(
            records.map(\.leafHash),
            onto: opened.writer.frontier,
            using: SHA256()
        )
        #expect(throws: LogError.tooLarge(index: 2)) {
            try opened.writer.append(records, tree: tree, note: log.note(tree))
        }
        #expect(try folder.read("segments/00000000000000000000.seg") == before)
        #expect(!opened.writer.hasFailed, "nothing was written, and nothing is in doubt")
        try log.append(1, to: opened.writer)
    }
}
