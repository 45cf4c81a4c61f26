import Base
import Crypto
import MerkleLog
import Testing

@testable import LogStore

@Suite struct LogCopyTests {
    private let log = TestLog()

    private func make(_ batches: [Int]) throws -> (folder: TestFolder, writer: LogWriter<SHA256>) {
        let folder = try TestFolder()
        let writer = try log.open(folder, log.options(segmentByteCountMax: 500)).writer
        for count in batches { try log.append(count, to: writer) }
        return (folder, writer)
    }

    private func copy(
        _ folder: TestFolder,
        to target: String
    ) throws(LogError) -> LogCopy<SHA256>.Report {
        try LogCopy.copy(
            from: folder.path,
            to: target,
            options: log.options(),
            verifierKey: log.verifierKey.description,
            hasher: SHA256(),
            verifyNote: { log.checkpoint(of: $0) }
        )
    }

    @Test func aLogInUseIsCopiedAndGoesOnFromTheCopy() throws {
        let (folder, writer) = try make([1, 4, 3, 4])
        let other = try TestFolder()
        let report = try copy(folder, to: other.path)
        #expect(report.checkpoint.treeSize == 12 && report.segmentCount > 1)
        #expect(report.byteCount > 500)
        // The original goes on, and so does the copy, each for itself.
        try log.append(2, to: writer)
        let opened = try log.open(other, log.options(segmentByteCountMax: 500))
        #expect(opened.entries == log.entries(12))
        #expect(try opened.writer.reader.entry(at: 4).content == TestLog.content(4))
        try log.append(3, to: opened.writer)
        #expect(opened.writer.frontier.rootHash(using: SHA256()) == log.root(15))
    }

    @Test func aContentThatIsErasedMeanwhileComesWithItsOrder() throws {
        // Once the checkpoint is read, an order is logged, and the content behind it erased.
        for order in [nil, 13] as [UInt64?] {
            let (folder, writer) = try make([1, 4, 3, 4])
            let other = try TestFolder()
            var isErased = false
            let report = try? LogCopy.copy(
                from: folder.path,
                to: other.path,
                options: log.options(),
                verifierKey: log.verifierKey.description,
                hasher: SHA256(),
                verifyNote: { note in
                    let checkpoint = log.checkpoint(of: note)
                    if !isErased {
                        isErased = true
                        try? log.append(2, to: writer)
                        _ = try? writer.erase(contentOf: 4)
                    }
                    return checkpoint
                },
                visit: { index, _ in index == order ? 4 : nil }
            )
            guard order != nil else {
                #expect(report == nil, "nobody ordered it")
                continue
            }
            #expect(report?.checkpoint.treeSize == 14)
            let opened = try log.open(other, log.options(segmentByteCountMax: 500))
            #expect(opened.report.erasedIndexes == [4])
            #expect(opened.entries == log.entries(14))
            try log.append(3, to: opened.writer)
            #expect(opened.writer.frontier.rootHash(using: SHA256()) == log.root(17))
        }
    }

    @Test func nothingIsLeftOfAnErasedContentInTheCopy() throws {
        let (folder, writer) = try make([1, 4])
        let bytes = try folder.read(try #require(try folder.segments.first))
        #expect(try writer.erase(contentOf: 4))
        // The power failed between mark and zeros.
        let name = try #require(try folder.segments.first)
        let erased = try folder.read(name)
        try folder.edit(name) { copy in
            for place in copy.indices where erased[place] == 0 { copy[place] = bytes[place] }
        }
        let other = try TestFolder()
        let report = try LogCopy.copy(
            from: folder.path,
            to: other.path,
            options: log.options(),
            verifierKey: log.verifierKey.description,
            hasher: SHA256(),
            verifyNote: { log.checkpoint(of: $0) },
            visit: { index, _ in index == 3 ? 4 : nil }
        )
        #expect(report.checkpoint.treeSize == 5)
        #expect(try other.read(name) == erased)
    }

    @Test func whatIsPastTheCheckpointIsNotCopied() throws {
        let (folder, writer) = try make([1, 4])
        let checkpoint = try folder.read("checkpoint")
        try log.append(3, to: writer)
        try folder.write(checkpoint, to: "checkpoint")
        let other = try TestFolder()
        #expect(try copy(folder, to: other.path).checkpoint.treeSize == 5)
        #expect(try log.open(other).entries == log.entries(5))
    }

    @Test func anyChangedByteIsFound() throws {
        let (folder, _) = try make([1, 4, 3])
        let name = try #require(try folder.segments.first)
        let whole = try folder.read(name)
        for place in stride(from: 0, to: whole.count, by: 3) {
            try folder.edit(name) { $0[place] ^= 4 }
            let other = try TestFolder()
            #expect(throws: LogError.self, "byte \(place)") {
                try copy(folder, to: other.path)
            }
            try folder.write(whole, to: name)
        }
    }

    @Test func aFolderWithSomethingInItIsNotWrittenTo() throws {
        let (folder, _) = try make([1])
        let other = try TestFolder()
        try other.write([1], to: "mine")
        #expect(throws: LogError.notEmpty(directory: other.path)) {
            try copy(folder, to: other.path)
        }
    }

    @Test func theNameOfANewFolderIsSyncedToo() throws {
        let parent = try TestFolder()
        let faults = Faults()
        faults.arm(step: .max, mode: .notDone)
        try LogFolder(path: parent.path + "/new", operations: faults.operations).makeEmpty()
        #expect(faults.calls == ["syncFolder", "syncFolder", "syncFolder"])
        faults.arm(step: 0, mode: .notDone)
        #expect(throws: LogError.self) {
            try LogFolder(path: parent.path + "/other", operations: faults.operations).makeEmpty()
        }
    }

    @Test func aLogOfAnotherKeyIsRefused() throws {
        let (folder, _) = try make([1])
        let other = try TestFolder()
        let error = #expect(throws: LogError.self) {
            try LogCopy.copy(
                from: folder.path,
                to: other.path,
                options: log.options(),
                verifierKey: log.verifierKey.description,
                hasher: SHA256(),
                verifyNote: { TestLog().checkpoint(of: $0) }
            )
        }
        guard case .foreign = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
