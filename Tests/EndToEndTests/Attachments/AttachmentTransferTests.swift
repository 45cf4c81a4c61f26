import AvisoClient
import Foundation
import Synchronization
import Testing

/// Attachments from a file of the author to a file of the recipient, whatever happens on the way.
@Suite struct AttachmentTransferTests {
    private func draft(_ files: [String]) throws -> AlertDraft {
        var draft = try TestNetwork.draft(to: ["MX:FGR", "US:DEA"])
        draft.attachments = files.map { AttachmentFile(path: $0) }
        return draft
    }

    private func received(_ network: TestNetwork, _ index: UInt64) async throws -> ReceivedAlert {
        let profile = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        return try #require(try await AvisoClient.alert(named: .index(index), profile: profile))
    }

    @Test func anUploadGoesOnWhenTheBrokerIsKilled() async throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("informe.pdf", byteCount: 6 << 20)
        let profile = try AvisoProfile(path: network.path("agencies/CO-PONAL"))
        let sealed = try profile.seal(try draft([file]))
        let kills = Mutex(0)
        let offsets = Mutex<[UInt64]>([])
        let published = try AvisoClient.publishOverHTTPS(sealed, profile: profile) { progress in
            offsets.withLock { $0.append(progress.done) }
            guard progress.done > UInt64(2 << 20), kills.withLock({ $0 }) == 0 else { return }
            kills.withLock { $0 = 1 }
            network.stop(SIGKILL)
            do { try network.start() } catch { Issue.record("\(error)") }
        }
        #expect(kills.withLock { $0 } == 1)
        // It never began anew.
        let seen = offsets.withLock { $0 }
        #expect(seen == seen.sorted())
        let alert = try await received(network, published.index)
        let attachment = try #require(alert.attachments.first)
        #expect(attachment.name == "informe.pdf")
        #expect(attachment.mediaType == "application/pdf")
        let target = network.path("copy.pdf")
        let reader = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        try reader.download(attachment, to: target)
        #expect(FileManager.default.contentsEqual(atPath: file, andPath: target))
        // The outbox keeps nothing of what was published.
        let outbox = network.path("agencies/CO-PONAL/outbox")
        #expect(try FileManager.default.contentsOfDirectory(atPath: outbox).isEmpty)
    }

    @Test func anUploadGoesAtTheRateThatTheAgencyMayHave() async throws {
        let network = try TestNetwork(limits: [
            "publishedBytesPerSecond": 1 << 20, "burstSeconds": 1,
        ])
        try network.start()
        let file = try network.makeFile("video.mp4", byteCount: 3 << 20)
        let profile = try AvisoProfile(path: network.path("agencies/CO-PONAL"))
        let start = ContinuousClock.now
        let client = try await AvisoClient.connect(profile: profile)
        let published = try await client.publish(try draft([file]))
        await client.close()
        // Two of the three pieces had to wait for theirs.
        #expect(ContinuousClock.now - start > .seconds(1))
        let limited = try network.metrics()["aviso_agency_limited_total{agency=\"CO:PONAL\"}"]
        #expect((limited ?? 0) > 0)
        #expect(try await received(network, published.index).attachments.count == 1)
    }

    @Test func anAttemptGoesOnWithWhatAnEarlierOneHasUploaded() throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("informe.pdf", byteCount: 4 << 20)
        let profile = try AvisoProfile(path: network.path("agencies/CO-PONAL"))
        // As far as the first attempt came.
        let first = try profile.seal(try draft([file]))
        let part = try #require(
            FileManager.default.contentsOfDirectory(
                atPath: network.path("agencies/CO-PONAL/outbox")
            ).first
        )
        let kept = try #require(
            FileManager.default.contents(
                atPath: network.path("agencies/CO-PONAL/outbox/\(part)")
            )
        )
        let starts = Mutex<[UInt64]>([])
        // Its ciphertext, behind the key, is what the broker has half of.
        let sample = try #require(first.attachmentDigests.first)
        let encrypted = kept.dropFirst(32)
        let answer = try network.patch(
            sample,
            encrypted.prefix(1_000_000),
            at: 0,
            total: encrypted.count
        )
        #expect(answer.status == 204)
        let again = try profile.seal(try draft([file]))
        #expect(again.attachmentDigests == first.attachmentDigests)
        _ = try AvisoClient.publishOverHTTPS(again, profile: profile) { progress in
            starts.withLock { $0.append(progress.start) }
        }
        #expect(starts.withLock { Set($0) } == [1_000_000])
    }

    @Test func aDownloadGoesOnWhereItWasCutOff() async throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("video.mp4", byteCount: 5 << 20)
        let published = try network.publish(attaching: [file])
        let index = UInt64(try #require(published["index"] as? Int))
        let attachment = try #require(try await received(network, index).attachments.first)
        let target = network.path("copy.mp4")
        let reader = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        // What an earlier attempt has left, with the broker dying later on.
        let path = "/attachments/\(attachment.digest)?alert=\(index)"
        let part = try network.request(path, as: "agencies/MX-FGR", "-r", "0-1234566").body
        try part.write(to: URL(fileURLWithPath: target + ".aviso-part"))
        let starts = Mutex<Set<UInt64>>([])
        let kills = Mutex(0)
        try reader.download(attachment, to: target) { progress in
            starts.withLock { _ = $0.insert(progress.start) }
            guard progress.done > UInt64(3 << 20), kills.withLock({ $0 }) == 0 else { return }
            kills.withLock { $0 = 1 }
            network.stop(SIGKILL)
            do { try network.start() } catch { Issue.record("\(error)") }
        }
        #expect(kills.withLock { $0 } == 1)
        #expect(starts.withLock { $0 } == [1_234_567])
        #expect(FileManager.default.contentsEqual(atPath: file, andPath: target))
        let modes = try FileManager.default.attributesOfItem(atPath: target)
        #expect(modes[.posixPermissions] as? Int == 0o600)
        #expect(!FileManager.default.fileExists(atPath: target + ".aviso-part"))
        // A file that is there is never replaced.
        let twice = #expect(throws: AvisoError.self) { try reader.download(attachment, to: target) }
        #expect(twice?.code == .fileFailed)
    }

    @Test func whatWasAlteredOnTheWayIsNotTaken() async throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("photo.png", byteCount: 100_000)
        let published = try network.publish(attaching: [file])
        let index = UInt64(try #require(published["index"] as? Int))
        let attachment = try #require(try await received(network, index).attachments.first)
        let stored = network.path("broker/log/attachments/\(attachment.digest)")
        var bytes = try network.stored(attachment.digest)
        bytes[70_000] ^= 1
        try bytes.write(to: URL(fileURLWithPath: stored))
        let reader = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        let target = network.path("copy.png")
        let error = #expect(throws: AvisoError.self) {
            try reader.download(attachment, to: target)
        }
        #expect(error?.code == .notVerified)
        let names = try FileManager.default.contentsOfDirectory(atPath: network.folder.path)
        #expect(!names.contains { $0.hasPrefix("copy.png") })
    }

    @Test func aHundredMebibytesCostTheBrokerLittleMemory() async throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("disk.img", byteCount: 100 << 20)
        let before = try network.residentKilobytes()
        let most = Mutex(0)
        let profile = try AvisoProfile(path: network.path("agencies/CO-PONAL"))
        let sealed = try profile.seal(try draft([file]))
        let published = try AvisoClient.publishOverHTTPS(sealed, profile: profile) { _ in
            let now = (try? network.residentKilobytes()) ?? .max
            most.withLock { $0 = max($0, now) }
        }
        let alert = try await received(network, published.index)
        let attachment = try #require(alert.attachments.first)
        #expect(attachment.byteCount == 100 << 20)
        let target = network.path("copy.img")
        let reader = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        try reader.download(attachment, to: target) { _ in
            let now = (try? network.residentKilobytes()) ?? .max
            most.withLock { $0 = max($0, now) }
        }
        #expect(FileManager.default.contentsEqual(atPath: file, andPath: target))
        let growth = most.withLock { $0 } - before
        #expect(growth < 32 << 10, "avisod grew by \(growth) KiB")
    }

    @Test func tooLargeIsSaidBeforeAnythingIsSent() throws {
        let network = try TestNetwork()
        let file = network.path("large")
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.truncate(atOffset: (100 << 20) + 1)
        try handle.close()
        let profile = try AvisoProfile(path: network.path("agencies/CO-PONAL"))
        let error = #expect(throws: AvisoError.self) { try profile.seal(try draft([file])) }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.contains("has 104857601 bytes") == true)
        let missing = #expect(throws: AvisoError.self) {
            try profile.seal(try draft([network.path("nothing")]))
        }
        #expect(missing?.code == .fileFailed)
    }
}
