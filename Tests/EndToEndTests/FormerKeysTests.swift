import Foundation
import Testing

/// Keys of agencies that change, and what was signed and sealed before.
@Suite struct FormerKeysTests {
    private static let author = "agencies/CO-PONAL"
    private static let reader = "agencies/MX-FGR"

    @Test func whatWasPublishedBeforeAChangeOfKeysVerifiesAndOpensStill() throws {
        let network = try TestNetwork()
        try network.start()
        let first = try network.publishAlert()
        // Both make new keys, and the operator has the directory read again.
        let signing = try change("signing", of: "CO:PONAL", in: Self.author, on: network)
        _ = try change("encryption", of: "MX:FGR", in: Self.reader, on: network)
        network.stop()
        try network.start()
        let second = try network.publishAlert()

        // Nobody knows the keys of then.
        let blind = try read(network, count: 1, expects: false)
        #expect(blind.error.contains("alert at index"), "\(blind.error)")
        #expect(try network.aviso(Self.author, "verify-receipt", first).status == 1)

        // To an auditor the log had a key in force that is none of the author's.
        let strange = try network.audit()
        #expect(strange.kind == "directory")
        #expect(strange.violation["found"] as? String == signing.before)
        try network.edit("directory.json5") { text in
            text = text.replacing(
                "signingKey: \"\(signing.now)\"",
                with: "signingKey: \"\(signing.now)\",\n      "
                    + "stolenSigningKeys: [\"\(signing.before)\"]"
            )
        }
        // As a stolen one it explains the log, and verifies nothing.
        let explained = try network.audit("--from-start")
        #expect(explained.status == 0, "\(explained.error)")
        let changes = explained.objects.first?["key-changes"] as? [[String: Any]] ?? []
        #expect(changes.map { $0["member"] as? String } == ["CO:PONAL"])
        #expect(changes.map { $0["key"] as? String } == [signing.now])
        #expect(explained.objects.first?["unknown-members"] as? [String] == [])
        #expect(try network.aviso(Self.author, "verify-receipt", first).status == 1)
        try network.edit("directory.json5") { text in
            text = text.replacing("stolenSigningKeys", with: "formerSigningKeys")
        }
        try network.edit("\(Self.reader)/profile.json5") { text in
            text = text.replacing(
                "encryptionKey: \"encryption.key\"",
                with: "encryptionKey: \"encryption.key\", formerEncryptionKeys: [\"former.key\"]"
            )
        }
        let received = try read(network, count: 2, expects: true)
        #expect(received.objects.compactMap { $0["alert"] as? String } == [first, second])
        #expect(received.objects.allSatisfy { $0["form"] is [String: Any] })
        for alert in [first, second] {
            let proof = try network.aviso(Self.author, "verify-receipt", alert)
            #expect(proof.status == 0, "\(proof.error)")
        }
        let complete = try network.aviso(Self.reader, "prove-complete", "--json")
        #expect(complete.status == 0, "\(complete.error)")
        #expect(complete.objects.first?["held"] as? Int == 2)
        // The audit follows the log's own directory, in which the key of then was in force then.
        #expect(try network.audit().status == 0)
        // To the broker a former key is none: it neither logs nor accepts it.
        network.stop()
        try network.start()
        #expect(try network.replay().count { $0["type"] as? String == "directory" } == 8)
        #expect(network.stop() == 0)
    }

    private func read(
        _ network: TestNetwork,
        count: Int,
        expects: Bool
    ) throws -> TestNetwork.Outcome {
        let outcome = try network.aviso(
            Self.reader,
            "subscribe",
            "--from",
            "0",
            "--count",
            "\(count)",
            "--json"
        )
        let isBlind = outcome.error.contains("alert at index")
        #expect((outcome.status == 0 && !isBlind) == expects)
        return outcome
    }

    /// Gives a member another key; the file of the one before becomes `former.key`.
    private func change(
        _ kind: String,
        of member: String,
        in profile: String,
        on network: TestNetwork
    ) throws -> (before: String, now: String) {
        let made = network.path("made-\(kind)")
        try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: true)
        let keys = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["keygen", made, "--json"]
        )
        try #require(keys.status == 0, "\(keys.error)")
        let now = try #require(keys.objects.first?["\(kind)-key"] as? String)
        let file = network.path("\(profile)/\(kind).key")
        try FileManager.default.moveItem(
            atPath: file,
            toPath: network.path("\(profile)/former.key")
        )
        try FileManager.default.moveItem(atPath: made + "/\(kind).key", toPath: file)
        var before = ""
        try network.edit("directory.json5") { text in
            let record = try #require(text.range(of: "id: \"\(member)\""))
            let start = try #require(
                text.range(of: "\(kind)Key: \"", range: record.upperBound..<text.endIndex)
            )
            let end = try #require(text[start.upperBound...].firstIndex(of: "\""))
            before = String(text[start.upperBound..<end])
            text.replaceSubrange(start.upperBound..<end, with: now)
        }
        return (before, now)
    }
}
