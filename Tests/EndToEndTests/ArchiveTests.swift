import Base
import CBOR
import Foundation
import Glibc
import MerkleLog
import Testing

/// A log that survives its operator: copied while the broker runs, and gone on with by another.
@Suite struct ArchiveTests {
    private func publish(on network: TestNetwork) throws -> [String: Any] {
        let published = try network.publish(
            TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        )
        try #require(published.status == 0, "\(published.error)")
        return try #require(published.objects.first)
    }

    private func export(_ network: TestNetwork, to name: String) throws -> TestNetwork.Outcome {
        try network.aviso(
            "operator",
            "log",
            "export",
            network.path("broker/log"),
            network.path(name)
        )
    }

    private func continueFromArchive(_ network: TestNetwork) throws {
        let imported = try network.aviso(
            "operator",
            "log",
            "import",
            network.path("archive"),
            network.path("broker/continued")
        )
        try #require(imported.status == 0, "\(imported.error)")
    }

    /// Gives the broker another key and the imported folder; returns the key's verifier key.
    private func takeOver(_ network: TestNetwork) throws -> String {
        let made = try TestNetwork.run(
            "/usr/bin/openssl",
            ["genpkey", "-algorithm", "ed25519", "-out", network.path("broker/new.key")]
        )
        try #require(made.status == 0, "\(made.error)")
        try network.edit("broker/avisod.json5") { text in
            text = text.replacing("directory: \"log\"", with: "directory: \"continued\"")
                .replacing("key: \"log.key\"", with: "key: \"new.key\"")
        }
        let checked = try TestNetwork.run(
            TestNetwork.program("avisod").path,
            ["--config", network.path("broker/avisod.json5"), "--check-config"]
        )
        try #require(checked.status == 0, "\(checked.error)")
        return try #require(
            checked.output.split(separator: " ").last.map {
                $0.trimmingCharacters(in: .whitespacesAndNewlines)
            }
        )
    }

    /// Tells a member which key signs the log now, and which one did before.
    private func trust(_ key: String, on network: TestNetwork, _ profile: String) throws {
        try network.edit("\(profile)/profile.json5") { text in
            let line = try #require(text.range(of: "vkey: \""))
            let end = try #require(text[line.upperBound...].firstIndex(of: "\""))
            let former = String(text[line.upperBound..<end])
            text.replaceSubrange(
                line.lowerBound...end,
                with: "formerVkeys: [\"\(former)\"],\n    vkey: \"\(key)\""
            )
        }
    }

    // By the kid that each receipt names (draft-ietf-scitt-scrapi).
    private func checkServedKeys(
        _ network: TestNetwork,
        receipts: [[String: Any]]
    ) throws {
        var keys: Set<Data> = []
        for alert in receipts {
            let text = try #require(alert["receipt"] as? String)
            let bytes = try #require(Base64.decodeURL(text))
            let receipt = try Receipt(decoding: bytes[...], using: LibCBOR())
            let path = "/.well-known/scitt-keys/\(Base64.encodeURL(receipt.keyID))"
            let answer = try network.request(path, as: "agencies/CO-PONAL")
            #expect(answer.status == 200)
            keys.insert(answer.body)
        }
        #expect(keys.count == receipts.count)
        let all = try network.request("/.well-known/scitt-keys", as: "agencies/CO-PONAL")
        #expect(all.body.first == 0x80 + UInt8(keys.count))
    }

    @Test func anotherBrokerGoesOnWhereTheArchiveEnds() throws {
        let network = try TestNetwork()
        try network.start()
        let first = try publish(on: network)
        let copied = try export(network, to: "archive")
        try #require(copied.status == 0, "\(copied.error)")
        #expect(copied.objects.first?["segments"] as? Int == 1)
        let size = try #require(copied.objects.first?["size"] as? Int)
        // The broker is gone with its key; a new one has the archive.
        network.stop(SIGKILL)
        try FileManager.default.removeItem(atPath: network.path("broker/log"))
        try FileManager.default.removeItem(atPath: network.path("broker/log.key"))
        try continueFromArchive(network)
        let key = try takeOver(network)
        for profile in ["auditor", "operator", "agencies/CO-PONAL", "agencies/MX-FGR"] {
            try trust(key, on: network, profile)
        }
        try network.start()
        #expect(!FileManager.default.fileExists(atPath: network.path("broker/continued/continue")))
        let second = try publish(on: network)
        #expect(second["count"] as? [String: Int] == ["MX:FGR": 2])
        // The whole history verifies, the change of key in its place.
        let records = try network.replay()
        let change = try #require(records.first { $0["type"] as? String == "policy" })
        #expect(change["index"] as? Int == size)
        #expect(records.count { $0["type"] as? String == "alert" } == 2)
        // Both keys are served, for receipts of before and of now; also by a start from a snapshot.
        try checkServedKeys(network, receipts: [first, second])
        // What the old key has signed verifies still, as what the new one signs.
        for alert in [first, second] {
            let urn = try #require(alert["alert"] as? String)
            let proof = try network.aviso("agencies/CO-PONAL", "verify-receipt", urn)
            #expect(proof.status == 0, "\(proof.error)")
        }
        let received = try network.received(by: "MX:FGR", count: 2)
        #expect(received.objects.compactMap { $0["count"] as? Int } == [1, 2])
        // A second start needs no permit any more.
        #expect(network.stop() == 0)
        try network.start()
        #expect(network.stop() == 0)
    }

    @Test func aWitnessFollowsAcrossTheChangeOfKeyAndAuditorsWithIt() throws {
        let network = try TestNetwork()
        let witness = try WitnessProcess("witness.example/co", in: network)
        try network.appoint([witness], required: 1)
        for profile in ["auditor", "agencies/MX-FGR"] {
            try network.trust([witness.key], required: 1, in: profile)
        }
        try network.start()
        let first = try publish(on: network)
        _ = try network.cosigned(by: [witness], atLeast: 8)
        #expect(try network.audit().status == 0)
        try #require(try export(network, to: "archive").status == 0)
        #expect(network.stop() == 0)
        try continueFromArchive(network)
        let former = try network.verifierKey
        let key = try takeOver(network)
        for profile in ["auditor", "operator", "agencies/CO-PONAL", "agencies/MX-FGR"] {
            try trust(key, on: network, profile)
        }
        // A witness that has not been told refuses what the new key signs, and alerts go on.
        try network.start()
        let second = try publish(on: network)
        try waitUntil("it refuses") {
            try network.metrics()["aviso_witness_failures_total{witness=\"witness.example/co\"}"]
                ?? 0 > 0
        }
        #expect(try network.request("/readyz").text.contains("refuses the checkpoint with status"))
        #expect(try network.audit().kind == "cosignature")
        // Told both keys, it goes on from what it has cosigned, under the new one.
        witness.stop()
        witness.logKeys = [former, key]
        try witness.start()
        _ = try network.cosigned(by: [witness], atLeast: 10)
        #expect(witness.evidence.isEmpty)
        #expect(witness.words.contains("goes on from"))
        let audit = try network.audit()
        #expect(audit.status == 0, "\(audit.error)")
        #expect(try network.audit("--from-start").status == 0)
        let complete = try network.aviso("agencies/MX-FGR", "prove-complete", "--json")
        #expect(complete.status == 0, "\(complete.error)")
        #expect(complete.objects.first?["count"] as? Int == 2)
        for alert in [first, second] {
            let urn = try #require(alert["alert"] as? String)
            let proof = try network.aviso("agencies/CO-PONAL", "verify-receipt", urn)
            #expect(proof.status == 0, "\(proof.error)")
        }
        #expect(network.stop() == 0)
    }

    @Test func aCopiedLogWithoutImportIsForeignToAnotherKey() throws {
        let network = try TestNetwork()
        try network.start()
        _ = try publish(on: network)
        try #require(try export(network, to: "broker/continued").status == 0)
        network.stop()
        _ = try takeOver(network)
        let refused = try network.tryToStart()
        #expect(refused.status == 1)
        #expect(refused.error.contains("is not signed by the configured key and origin"))
    }

    @Test func aDamagedLogIsNotCopiedAndTheDamageIsNamed() throws {
        let network = try TestNetwork()
        try network.start()
        _ = try publish(on: network)
        network.stop()
        let segment = network.path("broker/log/segments/00000000000000000000.seg")
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: segment)))
        bytes[60] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: segment))
        let copied = try export(network, to: "archive")
        #expect(copied.status == 1)
        #expect(copied.error.contains("is damaged at byte 0: the checksum of the record"))
        let again = try export(network, to: "archive")
        #expect(again.status == 2)
        #expect(again.error.contains("is not empty"))
    }
}
