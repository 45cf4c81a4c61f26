import Base
import Crypto
import Glibc
import MerkleLog
import Testing

@testable import LogStore

/// Each call of the write path fails once, in each way, and then the log must be whole.
@Suite struct LogFaultTests {
    private let log = TestLog()

    @Test(arguments: Faults.Mode.allCases, [EIO, ENOSPC])
    func aFailedBatchIsWholeOrAbsentAndNothingElseIsLost(
        mode: Faults.Mode,
        errorNumber: Int32
    ) throws {
        // The third batch begins a new segment, so that all calls occur.
        for segmentByteCountMax in [1 << 20, 500] {
            for step in 0... {
                let folder = try TestFolder()
                let faults = Faults()
                let options = log.options(
                    segmentByteCountMax: segmentByteCountMax,
                    faults: faults
                )
                do {
                    let writer = try log.open(folder, options).writer
                    try log.append(1, to: writer)
                    try log.append(300, to: writer)
                    faults.arm(step: step, mode: mode, errorNumber: errorNumber)
                    do throws(LogError) {
                        try log.append(300, to: writer)
                        #expect(!faults.hasStruck)
                        break
                    } catch {
                        try checkFailed(writer, error, errorNumber, published: 301)
                    }
                }
                try checkWhole(folder, options, faults, acknowledged: 301, attempted: 601)
            }
        }
    }

    @Test(arguments: Faults.Mode.allCases)
    func aFailedGenesisIsWholeOrAbsent(mode: Faults.Mode) throws {
        for step in 0... {
            let folder = try TestFolder()
            try folder.write([], to: "create")
            let faults = Faults()
            let options = log.options(isCreationPermitted: false, faults: faults)
            do {
                let writer = try log.open(folder, options).writer
                faults.arm(step: step, mode: mode)
                do throws(LogError) {
                    try log.append(1, to: writer)
                    #expect(!faults.hasStruck)
                    break
                } catch {
                    try checkFailed(writer, error, EIO, published: 0)
                }
            }
            try checkWhole(folder, options, faults, acknowledged: 0, attempted: 1)
        }
    }

    @Test(arguments: Faults.Mode.allCases)
    func aStartThatFailsCanBeRepeated(mode: Faults.Mode) throws {
        let torn = try TestFolder()
        do {
            let writer = try log.open(torn).writer
            for count in [1, 5, 2] { try log.append(count, to: writer) }
        }
        // A torn batch at the end, a published checkpoint that is behind.
        let checkpoint = try torn.read("checkpoint")
        do { try log.append(4, to: log.open(torn).writer) }
        try torn.write(checkpoint, to: "checkpoint")
        try torn.edit("segments/00000000000000000000.seg") { $0.removeLast(10) }
        for step in 0... {
            let folder = try TestFolder(copying: torn)
            let faults = Faults()
            let options = log.options(isCreationPermitted: false, faults: faults)
            faults.arm(step: step, mode: mode)
            do throws(LogError) {
                let opened = try log.open(folder, options)
                #expect(!faults.hasStruck && opened.entries == log.entries(8))
                break
            } catch {
                #expect(faults.hasStruck)
            }
            try checkWhole(folder, options, faults, acknowledged: 8, attempted: 8)
        }
    }

    private func checkFailed(
        _ writer: LogWriter<SHA256>,
        _ error: LogError,
        _ errorNumber: Int32,
        published: UInt64
    ) throws {
        guard case .failed(_, _, errorNumber) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(writer.hasFailed)
        #expect(throws: LogError.syncFailed) { try log.append(1, to: writer) }
        #expect(writer.reader.treeSize == published)
        let stored = try writer.reader.scan(
            from: 0,
            upTo: .max,
            filter: .all,
            countMax: .max
        )
        #expect(stored.entries.map(\.bytes) == log.entries(published))
    }

    private func checkWhole(
        _ folder: TestFolder,
        _ options: LogOptions,
        _ faults: Faults,
        acknowledged: UInt64,
        attempted: UInt64
    ) throws {
        faults.disarm()
        do {
            let opened = try log.open(folder, options)
            let size = opened.report.treeSize
            #expect(size == acknowledged || size == attempted)
            #expect(opened.entries == log.entries(size))
            try log.append(2, to: opened.writer)
            try log.append(300, to: opened.writer)
            #expect(
                try opened.writer.reader.rootHash(treeSize: size + 302) == log.root(size + 302)
            )
        }
        let again = try log.open(folder, options)
        #expect(again.entries == log.entries(again.report.treeSize))
        #expect(again.report.treeSize >= acknowledged + 302)
        #expect(again.report.cutByteCount == 0)
    }
}
