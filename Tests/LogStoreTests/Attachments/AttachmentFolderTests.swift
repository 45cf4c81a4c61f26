import Base
import Crypto
import Testing

@testable import LogStore

/// Uploads and what becomes of them, on a disk that works.
@Suite struct AttachmentFolderTests {
    private let scene: AttachmentScene
    private let file = AttachmentScene.file(1)

    init() throws {
        scene = try AttachmentScene()
    }

    private func append(
        _ range: Range<Int>,
        to folder: AttachmentFolder,
        at offset: Int? = nil,
        total: UInt64? = 5000,
        owner: String = "CO:PONAL",
        now: WallTime = AttachmentScene.start
    ) throws(AttachmentError) -> UInt64 {
        try folder.append(
            file.bytes[range],
            at: UInt64(offset ?? range.lowerBound),
            total: total,
            of: file.digest,
            owner: owner,
            now: now
        ).offset
    }

    @Test func anUploadGoesOnAfterAStart() throws {
        do {
            let folder = try scene.open()
            #expect(folder.status(of: file.digest, owner: "CO:PONAL") == nil)
            #expect(try append(0..<1000, to: folder) == 1000)
            #expect(try append(1000..<1500, to: folder, total: nil) == 1500)
        }
        let folder = try scene.open()
        let status = folder.status(of: file.digest, owner: "CO:PONAL")
        #expect(status == .init(offset: 1500, total: 5000, isStored: false))
        #expect(folder.byteCount(of: file.digest) == nil)
        #expect(try folder.read(file.digest) == nil)
        #expect(try append(1500..<5000, to: folder) == 5000)
        // It is not stored before its digest was compared and it was synced.
        #expect(folder.byteCount(of: file.digest) == nil)
        #expect(throws: AttachmentError.isBusy) { try append(5000..<5000, to: folder) }
        _ = try folder.finish(file.digest, owner: "CO:PONAL", now: AttachmentScene.start)
        #expect(folder.byteCount(of: file.digest) == 5000)
        let reader = try #require(try folder.read(file.digest))
        #expect(try reader.read(5000, at: 0) == file.bytes)
        #expect(try reader.read(10, at: 4995) == Array(file.bytes.suffix(5)))
        #expect(try scene.names == ["\(file.digest)"])
        let again = folder.status(of: file.digest, owner: "MX:FGR")
        #expect(again == .init(offset: 5000, total: 5000, isStored: true))
        #expect(throws: AttachmentError.isStored(byteCount: 5000)) {
            try append(0..<10, to: folder)
        }
    }

    @Test func aWrongPieceChangesNothing() throws {
        let folder = try scene.open()
        #expect(throws: AttachmentError.totalMissing) {
            try append(0..<10, to: folder, total: nil)
        }
        #expect(throws: AttachmentError.totalMissing) { try append(0..<0, to: folder, total: 0) }
        #expect(throws: AttachmentError.tooLarge(byteCountMax: 10_000)) {
            try append(0..<10, to: folder, total: 10_001)
        }
        #expect(throws: AttachmentError.wrongOffset(has: 0)) { try append(1..<10, to: folder) }
        #expect(try scene.names == [])
        #expect(try append(0..<1000, to: folder) == 1000)
        for offset in [0, 999, 1001, 4999] {
            #expect(throws: AttachmentError.wrongOffset(has: 1000)) {
                try append(0..<10, to: folder, at: offset)
            }
        }
        #expect(throws: AttachmentError.otherTotal(5000)) {
            try append(1000..<1010, to: folder, total: 5001)
        }
        #expect(throws: AttachmentError.beyondTotal(5000)) {
            try append(0..<4001, to: folder, at: 1000)
        }
        #expect(try append(1000..<5000, to: folder) == 5000)
        try #require(folder.status(of: file.digest, owner: "CO:PONAL")?.isStored == false)
        _ = try folder.finish(file.digest, owner: "CO:PONAL", now: AttachmentScene.start)
    }

    @Test func otherBytesThanTheDigestSaysAreGone() throws {
        let folder = try scene.open()
        _ = try append(0..<4000, to: folder)
        _ = try append(3000..<4000, to: folder, at: 4000)
        #expect(throws: AttachmentError.otherDigest) {
            try folder.finish(file.digest, owner: "CO:PONAL", now: AttachmentScene.start)
        }
        #expect(folder.status(of: file.digest, owner: "CO:PONAL") == nil)
        #expect(try scene.names == [])
        try folder.upload(file)
    }

    @Test func twoOwnersOfTheSameFileDoNotMeet() throws {
        let folder = try scene.open()
        _ = try append(0..<1000, to: folder)
        _ = try append(0..<2000, to: folder, owner: "MX:FGR")
        #expect(folder.status(of: file.digest, owner: "CO:PONAL")?.offset == 1000)
        // One sends rubbish, which is no harm to the other.
        _ = try append(0..<3000, to: folder, at: 2000, owner: "MX:FGR")
        #expect(throws: AttachmentError.otherDigest) {
            try folder.finish(file.digest, owner: "MX:FGR", now: AttachmentScene.start)
        }
        _ = try append(0..<4500, to: folder, owner: "MX:FGR")
        _ = try append(1000..<5000, to: folder)
        _ = try folder.finish(file.digest, owner: "CO:PONAL", now: AttachmentScene.start)
        // It is stored once, and the other needs no more.
        #expect(throws: AttachmentError.isStored(byteCount: 5000)) {
            try append(4500..<5000, to: folder, owner: "MX:FGR")
        }
        try folder.cancel(file.digest, owner: "MX:FGR")
        #expect(throws: AttachmentError.notFound) {
            try folder.cancel(file.digest, owner: "MX:FGR")
        }
        #expect(try scene.names == ["\(file.digest)"])
    }

    @Test func bothFinishTheSameFile() throws {
        let folder = try scene.open()
        _ = try append(0..<5000, to: folder)
        _ = try append(0..<5000, to: folder, owner: "MX:FGR")
        for owner in ["CO:PONAL", "MX:FGR"] {
            let now = AttachmentScene.start
            #expect(try folder.finish(file.digest, owner: owner, now: now).isStored)
        }
        #expect(try scene.names == ["\(file.digest)"])
    }

    @Test func eachOwnerHasItsShareUntilAlertsCiteIt() throws {
        let folder = try scene.open()
        let files = (1...4).map { AttachmentScene.file($0) }
        for file in files[..<2] { try folder.upload(file) }
        _ = try folder.append(
            [1],
            at: 0,
            total: 10,
            of: files[2].digest,
            owner: "CO:PONAL",
            now: AttachmentScene.start
        )
        #expect(throws: AttachmentError.tooManyUploads(countMax: 3)) {
            try folder.upload(files[3])
        }
        try folder.upload(files[3], owner: "MX:FGR")
        // What is cited counts no more; but bytes are counted as declared.
        folder.setCited([files[0].digest])
        #expect(throws: AttachmentError.tooManyBytes(byteCountMax: 7000)) {
            var limits = AttachmentScene.limits
            limits.byteCountPerOwnerMax = 7000
            let tight = try scene.open(limits)
            try tight.upload(AttachmentScene.file(8, byteCount: 3000), owner: "CO:PONAL")
            _ = try tight.append(
                [1],
                at: 0,
                total: 5000,
                of: AttachmentScene.file(9).digest,
                owner: "CO:PONAL",
                now: AttachmentScene.start
            )
        }
        let other = AttachmentScene.file(7, byteCount: 100)
        try folder.upload(other)
        #expect(folder.counts.stored == 4)
        #expect(folder.counts.uploads == 1)
    }

    @Test func whatNobodyCitesIsRemovedAfterItsTime() throws {
        let folder = try scene.open()
        let (cited, uncited) = (AttachmentScene.file(2), AttachmentScene.file(3))
        try folder.upload(cited)
        try folder.upload(uncited)
        folder.setCited([cited.digest])
        _ = try append(0..<100, to: folder)
        let soon = AttachmentScene.start.adding(milliseconds: 60_000)
        #expect(try folder.removeExpired(now: soon) == 0)
        #expect(try append(100..<200, to: folder, now: soon) == 200)
        let later = AttachmentScene.start.adding(milliseconds: 60_001)
        #expect(try folder.removeExpired(now: later) == 1)
        #expect(folder.byteCount(of: uncited.digest) == nil)
        #expect(folder.byteCount(of: cited.digest) == 5000)
        #expect(try folder.removeExpired(now: soon.adding(milliseconds: 60_001)) == 1)
        #expect(try scene.names == ["\(cited.digest)"])
    }

    @Test func whatCannotBeRemovedIsTriedAgain() throws {
        let folder = try scene.open()
        let uncited = AttachmentScene.file(3)
        try folder.upload(uncited)
        _ = try append(0..<100, to: folder)
        let later = AttachmentScene.start.adding(milliseconds: 60_001)
        for step in 0..<2 {
            scene.faults.arm(step: step, mode: .notDone)
            #expect(throws: LogError.self) { try folder.removeExpired(now: later) }
            scene.faults.disarm()
            #expect(folder.counts.stored + folder.counts.uploads == 2 - step)
        }
        #expect(try folder.removeExpired(now: later) == 1)
        #expect(try scene.names.isEmpty)
    }

    @Test func erasedIsOverwrittenAndGone() throws {
        let folder = try scene.open()
        let other = AttachmentScene.file(2)
        try folder.upload(file)
        try folder.upload(other)
        let reader = try #require(try folder.read(file.digest))
        try folder.beginErasing(file.digest)
        #expect(folder.byteCount(of: file.digest) == nil)
        #expect(try folder.read(file.digest) == nil)
        #expect(try scene.names == ["\(other.digest)", "\(file.digest).0.erasing"].sorted())
        // Uploaded again meanwhile, it is another file, which stays.
        try folder.upload(file, owner: "MX:FGR")
        try folder.erase(file.digest)
        #expect(try reader.read(5000, at: 0).allSatisfy { $0 == 0 })
        #expect(folder.byteCount(of: file.digest) == 5000)
        #expect(try scene.names == ["\(other.digest)", "\(file.digest)"].sorted())
        try folder.beginErasing(file.digest)
        try folder.erase(file.digest)
        #expect(try !scene.holds(file.bytes[100..<200]))
        #expect(try scene.holds(other.bytes[100..<200]))
    }

    @Test func uploadsOfAnErasedFileAreErasedToo() throws {
        let folder = try scene.open()
        _ = try append(0..<3000, to: folder, owner: "MX:FGR")
        try folder.upload(file)
        try folder.beginErasing(file.digest)
        try folder.erase(file.digest)
        #expect(folder.status(of: file.digest, owner: "MX:FGR") == nil)
        #expect(try scene.names == [])
    }

    @Test func aStartBringsTheFolderInLineWithTheLog() throws {
        let (cited, lost) = (AttachmentScene.file(2), AttachmentScene.file(3))
        do {
            let folder = try scene.open()
            for each in [file, cited] { try folder.upload(each) }
        }
        try scene.folder.write([1, 2, 3], to: "attachments/\(lost.digest).7.erasing")
        try scene.folder.write([1], to: "attachments/something else")
        let folder = try scene.open()
        let missing = try folder.settle(
            cited: [cited.digest, lost.digest],
            orphaned: [file.digest]
        )
        #expect(missing == [lost.digest])
        #expect(folder.byteCount(of: file.digest) == nil)
        #expect(try scene.names == ["\(cited.digest)", "something else"].sorted())
        let later = AttachmentScene.start.adding(milliseconds: 1 << 40)
        #expect(try folder.removeExpired(now: later) == 0)
    }

    @Test func namesAreReadAsTheyAreWritten() {
        let key = AttachmentName.UploadKey(digest: file.digest, owner: "OAS:X-1")
        for name in [
            AttachmentName.stored(file.digest), .upload(key, total: 17), .erasing(file.digest, 3),
        ] {
            #expect(AttachmentName(name.text) == name)
        }
        let digest = "\(file.digest)"
        for text in [
            "", ".", "..", digest.uppercased(), digest + ".", digest + ".1.part",
            digest + ".1.co:ponal.part", digest + ".x.CO:PONAL.part", digest + ".1.A/B.part",
            digest + ".1..part", digest + ".-1.erasing", String(digest.dropLast()),
        ] {
            #expect(AttachmentName(text) == nil, "\(text)")
        }
    }
}
