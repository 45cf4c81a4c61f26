import Base
import Glibc
import MerkleLog
import Testing

@testable import LogStore

/// Contents that are erased, with the power failing in between.
@Suite struct LogErasingTests {
    private let log = TestLog()
    // With a content: every third entry from 1 on.
    private let erased: UInt64 = 4

    private func segment(_ folder: TestFolder) throws -> [UInt8] {
        try folder.read("segments/00000000000000000000.seg")
    }

    private func holds(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }

    @Test func theContentIsGoneAndAllElseStays() throws {
        let folder = try TestFolder()
        let content = TestLog.content(erased)
        do {
            let writer = try log.open(folder).writer
            try log.append(10, to: writer)
            #expect(holds(try segment(folder), content))
            #expect(try writer.erase(contentOf: erased))
            #expect(try !writer.erase(contentOf: 3), "an entry without content")
            #expect(throws: LogError.self) { try writer.erase(contentOf: 10) }
            let entry = try writer.reader.entry(at: erased)
            #expect(entry.content == nil)
            #expect(entry.contentFlags == [.erased, .wholePayload])
            #expect(entry.bytes == log.record(erased).entry)
            // The log goes on behind it.
            try log.append(5, to: writer)
        }
        let bytes = try segment(folder)
        #expect(!holds(bytes, content))
        #expect(holds(bytes, TestLog.content(7)))
        let opened = try log.open(folder)
        #expect(opened.report.erasedIndexes == [erased])
        #expect(opened.entries == log.entries(15))
        #expect(opened.writer.frontier.rootHash(using: log.hasher) == log.root(15))
        #expect(try opened.writer.reader.entry(at: 7).content == TestLog.content(7))
        // Once more changes nothing.
        #expect(try opened.writer.erase(contentOf: erased))
        #expect(try segment(folder) == bytes)
    }

    @Test func whatCouldNotBeErasedIsGivenToNobody() throws {
        let folder = try TestFolder()
        let faults = Faults()
        do {
            let writer = try log.open(folder, log.options(faults: faults)).writer
            try log.append(10, to: writer)
            faults.arm(step: 0, mode: .notDone)
            #expect(throws: LogError.self) { try writer.erase(contentOf: erased) }
            #expect(holds(try segment(folder), TestLog.content(erased)))
            let scan = try writer.reader.scan(from: 0, upTo: 10, filter: .all, countMax: 10)
            for entry in try [writer.reader.entry(at: erased), scan.entries[Int(erased)]] {
                #expect(entry.content == nil)
                #expect(entry.contentFlags == [.erased, .wholePayload])
                #expect(entry.bytes == log.record(erased).entry)
            }
            #expect(scan.entries[7].content == TestLog.content(7))
        }
        // The next start, which knows the order, does it.
        let opened = try log.open(folder)
        #expect(opened.report.erasedIndexes.isEmpty)
        #expect(try opened.writer.erase(contentOf: erased))
        #expect(!holds(try segment(folder), TestLog.content(erased)))
    }

    @Test(arguments: Faults.Mode.allCases)
    func aCrashAtAnyStepLeavesALogThatOpens(mode: Faults.Mode) throws {
        for step in 0... {
            let folder = try TestFolder()
            let faults = Faults()
            let options = log.options(faults: faults)
            var isDone = false
            do {
                let writer = try log.open(folder, options).writer
                try log.append(10, to: writer)
                faults.arm(step: step, mode: mode)
                do throws(LogError) {
                    try writer.erase(contentOf: erased)
                    isDone = true
                } catch {
                    #expect(faults.hasStruck)
                }
                faults.disarm()
            }
            let opened = try log.open(folder, options)
            #expect(opened.entries == log.entries(10))
            // Whoever ordered it has it done again, and then it is.
            try opened.writer.erase(contentOf: erased)
            #expect(try !holds(segment(folder), TestLog.content(erased)))
            if isDone { break }
        }
    }

    @Test func aContentThatWasOverwrittenWithoutItsMarkIsDamage() throws {
        let folder = try TestFolder()
        do {
            let writer = try log.open(folder).writer
            try log.append(10, to: writer)
        }
        var bytes = try segment(folder)
        let content = TestLog.content(erased)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: content) })
        bytes.replaceSubrange(
            start..<start + content.count,
            with: repeatElement(0, count: content.count)
        )
        try folder.write(bytes, to: "segments/00000000000000000000.seg")
        #expect(throws: LogError.self) { try log.open(folder) }
    }
}
