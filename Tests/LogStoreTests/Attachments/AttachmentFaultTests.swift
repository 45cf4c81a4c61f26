import Base
import Crypto
import Glibc
import Testing

@testable import LogStore

/// Uploads and erasures on a disk that fails at each step once.
@Suite struct AttachmentFaultTests {
    private let file = AttachmentScene.file(1)

    /// Uploads from where the folder is, as a client does, until it is stored.
    private func resume(_ folder: AttachmentFolder) throws(AttachmentError) {
        for _ in 0..<10 {
            let status = folder.status(of: file.digest, owner: "CO:PONAL")
            if status?.isStored == true { return }
            let offset = Int(status?.offset ?? 0)
            let reached = try folder.append(
                file.bytes[offset..<min(offset + 2000, file.bytes.count)],
                at: UInt64(offset),
                total: UInt64(file.bytes.count),
                of: file.digest,
                owner: "CO:PONAL",
                now: AttachmentScene.start
            )
            guard reached.offset == reached.total else { continue }
            _ = try folder.finish(file.digest, owner: "CO:PONAL", now: AttachmentScene.start)
        }
        throw .notFound
    }

    @Test(arguments: Faults.Mode.allCases, [EIO, ENOSPC])
    func anUploadThatFailsAtAnyStepGoesOn(mode: Faults.Mode, errorNumber: Int32) throws {
        for isRestarted in [false, true] {
            for step in 0... {
                let scene = try AttachmentScene()
                var folder = try scene.open()
                scene.faults.arm(step: step, mode: mode, errorNumber: errorNumber)
                var isDone = false
                do throws(AttachmentError) {
                    try resume(folder)
                    isDone = true
                } catch {
                    #expect(scene.faults.hasStruck)
                    if errorNumber == ENOSPC { #expect(error == .diskFull) }
                    // What is told to be stored is stored.
                    #expect(folder.byteCount(of: file.digest) == nil)
                }
                scene.faults.disarm()
                if isRestarted { folder = try scene.open() }
                try resume(folder)
                let reader = try #require(try folder.read(file.digest))
                #expect(try reader.read(5000, at: 0) == file.bytes)
                #expect(try scene.names == ["\(file.digest)"])
                if isDone { break }
            }
        }
    }

    @Test(arguments: Faults.Mode.allCases)
    func anErasureThatFailsAtAnyStepIsDoneAtTheNextStart(mode: Faults.Mode) throws {
        for step in 0... {
            let scene = try AttachmentScene()
            let folder = try scene.open()
            try folder.upload(file)
            scene.faults.arm(step: step, mode: mode)
            var isDone = false
            do throws(LogError) {
                try folder.beginErasing(file.digest)
                try folder.erase(file.digest)
                isDone = true
            } catch {
                #expect(scene.faults.hasStruck)
            }
            // Out of use from the first moment, whatever the disk does.
            #expect(folder.byteCount(of: file.digest) == nil)
            scene.faults.disarm()
            _ = try scene.open().settle(cited: [], orphaned: [file.digest])
            #expect(try scene.names == [])
            if isDone { break }
        }
    }

    @Test func aDiskWithoutRoomTakesNothing() throws {
        let scene = try AttachmentScene()
        var limits = AttachmentScene.limits
        limits.freeByteCountMin = 1 << 60
        let folder = try scene.open(limits)
        #expect(throws: AttachmentError.diskFull) { try resume(folder) }
        #expect(try scene.names == [])
    }

    @Test func aCopyIsVerifiedOnTheWay() throws {
        let scene = try AttachmentScene()
        let target = try AttachmentScene()
        try scene.open().upload(file)
        let check = AttachmentCheck(directory: scene.folder.path) { SHA256Stream() }
        #expect(check.verify(file.digest, byteCount: 5000, entry: 7) == nil)
        #expect(check.verify(file.digest, byteCount: 5001, entry: 7)?.lost == 7..<8)
        try check.copy(file.digest, byteCount: 5000, entry: 7, to: target.folder.path)
        #expect(try target.folder.read("attachments/\(file.digest)") == file.bytes)
        try scene.folder.edit("attachments/\(file.digest)") { $0[100] ^= 1 }
        let damage = check.verify(file.digest, byteCount: 5000, entry: 7)
        #expect(damage?.reason.contains("not those whose digest was signed") == true)
        let other = try AttachmentScene()
        #expect(throws: LogError.self) {
            try check.copy(file.digest, byteCount: 5000, entry: 7, to: other.folder.path)
        }
        try scene.folder.remove("attachments/\(file.digest)")
        let missing = check.verify(file.digest, byteCount: 5000, entry: 7)
        #expect(missing?.reason.contains("cannot be read") == true)
        #expect(throws: LogError.self) {
            try check.copy(file.digest, byteCount: 5000, entry: 7, to: other.folder.path)
        }
    }
}
