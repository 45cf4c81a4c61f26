import Foundation
import Testing

/// What becomes of attachments when an order erases their alert, and what a check says of them.
@Suite struct AttachmentErasureTests {
    private func redact(_ network: TestNetwork, _ index: Int) throws -> TestNetwork.Outcome {
        let order = network.path("order.txt")
        try "Court order 12/2026".write(toFile: order, atomically: true, encoding: .utf8)
        return try network.aviso("operator", "redact", "\(index)", "--order", order, "--json")
    }

    private func check(
        _ network: TestNetwork,
        _ folder: String = "broker/log"
    ) throws
        -> TestNetwork.Outcome
    {
        try network.aviso("auditor", "log", "check", network.path(folder), "--json")
    }

    @Test func anOrderErasesWhatNoOtherAlertNeeds() throws {
        let network = try TestNetwork()
        try network.start()
        let own = try network.makeFile("own.png", byteCount: 300_000)
        let shared = try network.makeFile("shared.png", byteCount: 300_000)
        let first = try network.publish(attaching: [own])
        let ownDigest = try #require(try network.attachmentNames.first)
        let forger = Forger(network: network)
        let sample = AttachmentSample(bytes: try Data(contentsOf: URL(fileURLWithPath: shared)))
        let total = sample.encrypted.count
        let uploaded = try network.patch(sample.digest, sample.encrypted, at: 0, total: total)
        #expect(uploaded.status == 201)
        var indexes: [Int] = []
        for _ in 0..<2 {
            let payload = try forger.seal { $0.attachments = [sample.sealed] }
            let answer = try network.register(payload, as: "agencies/CO-PONAL")
            #expect(answer.status == 201)
            let location = try #require(answer.field("Location"))
            indexes.append(try #require(Int(location.split(separator: "/").last ?? "")))
        }
        let index = try #require(first["index"] as? Int)
        let ownBytes = try network.stored(ownDigest)
        let (ownPart, sharedPart) = (
            ownBytes[150_000..<150_064], sample.encrypted[150_000..<150_064]
        )
        #expect(try network.brokerHolds(ownPart))

        #expect(try redact(network, index).status == 0)
        #expect(try network.attachmentNames == [sample.digest])
        #expect(try !network.brokerHolds(ownPart))
        let gone = try network.request(
            "/attachments/\(ownDigest)?alert=\(index)",
            as: "agencies/MX-FGR"
        )
        #expect(gone.status == 410)
        let listed = try network.aviso("agencies/MX-FGR", "attachment", "list", "\(index)")
        #expect(listed.status == 1)
        #expect(listed.error.contains("erased by order"))

        // The file that two alerts cite stays for the second, and only for that.
        #expect(try redact(network, indexes[0]).status == 0)
        #expect(try network.brokerHolds(sharedPart))
        let path = "/attachments/\(sample.digest)?alert="
        #expect(try network.request(path + "\(indexes[0])", as: "agencies/MX-FGR").status == 410)
        #expect(try network.request(path + "\(indexes[1])", as: "agencies/MX-FGR").status == 200)
        #expect(try check(network).status == 0)
        // It is told by the log also after a start.
        network.stop(SIGKILL)
        try network.start()
        #expect(try redact(network, indexes[1]).status == 0)
        #expect(try network.attachmentNames == [])
        #expect(try !network.brokerHolds(sharedPart))
        let whole = try check(network)
        #expect(whole.status == 0, "\(whole.error)")
        #expect(whole.objects.first?["attachment-count"] as? Int == 0)
        #expect(try network.replay().last?["verified"] as? Bool == true)
    }

    @Test func aCrashBetweenTheOrderAndTheErasureIsMadeGood() throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("photo.png", byteCount: 200_000)
        let published = try network.publish(attaching: [file])
        let index = try #require(published["index"] as? Int)
        let digest = try #require(try network.attachmentNames.first)
        let bytes = try network.stored(digest)
        #expect(try redact(network, index).status == 0)
        // The disk as a crash would have left it: before the file was renamed, and behind that.
        for name in [digest, "\(digest).0.erasing"] {
            network.stop(SIGKILL)
            let path = network.path("broker/log/attachments/\(name)")
            try bytes.write(to: URL(fileURLWithPath: path))
            try network.start()
            #expect(try network.attachmentNames == [])
        }
    }

    @Test func aStartFromASnapshotKnowsWhoCitesWhat() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.edit("broker/avisod.json5") { text in
            let key = try #require(text.range(of: "key: \"log.key\",\n"))
            text.insert(contentsOf: "    snapshotEntryCount: 40,\n", at: key.upperBound)
        }
        try network.start()
        let file = try network.makeFile("photo.png", byteCount: 200_000)
        let published = try network.publish(attaching: [file])
        let index = try #require(published["index"] as? Int)
        let digest = try #require(try network.attachmentNames.first)
        let part = try network.stored(digest)[100_000..<100_064]
        try network.fill(100)
        let end = ContinuousClock.now + .seconds(20)
        var isSaved = false
        while !isSaved, ContinuousClock.now < end {
            isSaved = try network.replay().contains { $0["type"] as? String == "snapshot" }
        }
        try #require(isSaved)
        #expect(network.stop() == 0)
        try network.start()
        #expect(!network.startLines.contains("\"snapshot\":0"))
        #expect(!network.startLines.contains("attachment-missing"))
        let path = "/attachments/\(digest)?alert=\(index)"
        #expect(try network.request(path, as: "agencies/MX-FGR").status == 200)
        #expect(try redact(network, index).status == 0)
        #expect(try network.attachmentNames == [])
        #expect(try !network.brokerHolds(part))
    }

    @Test func aCheckNamesWhatIsDamagedAndACopyHasAll() throws {
        let network = try TestNetwork()
        try network.start()
        let files = try (0..<2).map { number in
            try network.makeFile("photo\(number).png", byteCount: 200_000)
        }
        let published = try network.publish(attaching: files)
        let index = try #require(published["index"] as? Int)
        let whole = try check(network)
        #expect(whole.status == 0, "\(whole.error)")
        #expect(whole.objects.first?["attachment-count"] as? Int == 2)

        let source = network.path("broker/log")
        let copied = try network.aviso("auditor", "log", "export", source, network.path("copy"))
        #expect(copied.status == 0, "\(copied.error)")
        #expect(copied.objects.first?["attachment-count"] as? Int == 2)
        #expect(try check(network, "copy").status == 0)
        let imported = try network.aviso(
            "auditor",
            "log",
            "import",
            network.path("copy"),
            network.path("continued")
        )
        #expect(imported.status == 0, "\(imported.error)")
        #expect(try check(network, "continued").objects.first?["attachment-count"] as? Int == 2)

        let names = try network.attachmentNames
        let damaged = network.path("broker/log/attachments/\(names[0])")
        var bytes = try network.stored(names[0])
        bytes[1000] ^= 1
        try bytes.write(to: URL(fileURLWithPath: damaged))
        try FileManager.default.removeItem(
            atPath: network.path("broker/log/attachments/\(names[1])")
        )
        let report = try check(network)
        #expect(report.status == 1)
        let damages = report.objects.first?["damages"] as? [[String: Any]] ?? []
        #expect(damages.count == 2)
        for name in names {
            let damage = damages.first { ($0["file"] as? String)?.hasSuffix(name) == true }
            #expect(damage?["first"] as? Int == index)
        }
        let refused = try network.aviso("auditor", "log", "export", source, network.path("more"))
        #expect(refused.status != 0)
        // A start says what is missing, and serves all else.
        network.stop()
        try network.start()
        #expect(network.startLines.contains("attachment-missing"))
        #expect(network.startLines.contains(names[1]))
    }

    @Test func uploadsThatNobodyCitesAreRemoved() throws {
        let network = try TestNetwork(limits: ["uploadSecondsMax": 2])
        try network.start()
        let cited = try network.makeFile("photo.png", byteCount: 1000)
        try network.publish(attaching: [cited])
        let kept = try network.attachmentNames
        let piece = Data("piece".utf8)
        let digest = String(repeating: "ab", count: 32)
        #expect(try network.patch(digest, piece, at: 0, total: 100).status == 204)
        #expect(try network.attachmentNames.count == 2)
        var names = try network.attachmentNames
        let end = ContinuousClock.now + .seconds(20)
        while names != kept, ContinuousClock.now < end {
            usleep(100_000)
            names = try network.attachmentNames
        }
        #expect(names == kept)
        // At a start too: what was uploaded too long ago, and never cited.
        try network.edit("broker/avisod.json5") { text in
            text = text.replacing("uploadSecondsMax: 2,", with: "uploadSecondsMax: 3600,")
        }
        network.stop()
        let old = network.path("broker/log/attachments/\(digest)")
        let new = network.path("broker/log/attachments/\(digest).100.MX:FGR.part")
        for path in [old, new] { try piece.write(to: URL(fileURLWithPath: path)) }
        let hours: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSinceNow: -4000)]
        try FileManager.default.setAttributes(hours, ofItemAtPath: old)
        try network.start()
        while try network.attachmentNames.contains(digest), ContinuousClock.now < end {
            usleep(50_000)
        }
        #expect(try network.attachmentNames == (kept + ["\(digest).100.MX:FGR.part"]).sorted())
    }
}
