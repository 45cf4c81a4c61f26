import Crypto
import Foundation
import LogStore
import MerkleLog
import Testing

/// Auditors and agencies who trust witnesses: what they verify, and what they notice.
@Suite struct CosignedAuditTests {
    private static let reader = "agencies/MX-FGR"

    @Test func theAuditAndTheAgencyVerifyTheCosignatures() throws {
        let (network, witnesses) = try witnessed(required: 2)
        let audit = try network.audit()
        #expect(audit.status == 0, "\(audit.error)")
        let cosigned = try #require(audit.objects.first?["cosigned"] as? [String: Any])
        let names = (cosigned["witnesses"] as? [[String: String]] ?? []).map { $0["witness"] }
        #expect(names == ["witness.example/co", "witness.example/mx"])
        #expect(cosigned["size"] as? Int == audit.objects.first?["size"] as? Int)
        let complete = try network.aviso(Self.reader, "prove-complete", "--json")
        #expect(complete.status == 0, "\(complete.error)")
        #expect((complete.objects.first?["cosigned"] as? [Any])?.count == 2)
        // A proof keeps them, for ever.
        let file = network.path("entry.tlog-proof")
        let made = try network.aviso("auditor", "prove", "7", "--out", file)
        #expect(made.status == 0, "\(made.error)")
        let proof = try network.aviso(Self.reader, "verify-receipt", file, "--json")
        #expect(proof.status == 0, "\(proof.error)")
        #expect((proof.objects.first?["cosigned"] as? [Any])?.count == 2)

        // The copy of a folder has them too, and an audit needs nothing else.
        #expect(network.stop() == 0)
        for witness in witnesses { witness.stop() }
        let copy = network.path("copy")
        let made2 = try network.aviso("auditor", "log", "export", network.path("broker/log"), copy)
        #expect(made2.status == 0, "\(made2.error)")
        for folder in [copy, network.path("broker/log")] {
            #expect(try network.aviso("auditor", "log", "check", folder, "--json").status == 0)
            let offline = try network.audit("--log", folder, "--from-start")
            #expect(offline.status == 0, "\(offline.error)")
            let part = try #require(offline.objects.first?["cosigned"] as? [String: Any])
            #expect((part["size"] as? Int ?? 0) > 7)
            // What it has verified it knows the next time.
            #expect(try network.audit("--log", folder).status == 0)
        }
    }

    @Test func aForgedCosignatureIsNamed() throws {
        let (network, _) = try witnessed(required: 1)
        let answer = try network.request("/tally/MX:FGR", as: Self.reader).text
        #expect(network.stop() == 0)
        let folder = network.path("broker/log")
        let note = try #require(try CosignedFile.read(directory: folder).flatMap { SignedNote($0) })
        let forged = SignedNote(
            text: note.text,
            signatures: note.signatures.map { signature in
                guard signature.name == "witness.example/mx" else { return signature }
                var bytes = signature.bytes
                bytes[40] ^= 1
                return SignedNote.Signature(
                    name: signature.name,
                    keyHash: signature.keyHash,
                    bytes: bytes
                )
            }
        )
        // One that holds is all that the profile asks for, and still a forged one is noticed.
        var file = try CosignedFile(directory: folder)
        try file.publish(forged.bytes)
        let audit = try network.audit("--log", folder, "--from-start")
        #expect(audit.status == 1)
        #expect(audit.kind == "cosignature")
        #expect(audit.error.contains("a cosignature of witness.example/mx is forged"))
        // The agency, shown the same by its broker.
        let line = try #require(
            answer.split(separator: "\n").first { $0.hasPrefix("\u{2014} witness.example/mx ") }
        )
        var letters = Array(line)
        letters[60] = letters[60] == "A" ? "B" : "A"
        let broker = try FalseServer(
            network,
            answering: answer.replacing(line, with: String(letters))
        )
        try network.mislead(Self.reader, to: broker)
        try network.start()
        let complete = try network.aviso(Self.reader, "prove-complete", "--json")
        #expect(complete.status == 1)
        #expect(complete.error.contains("a cosignature of witness.example/mx is forged"))
    }

    @Test func anOperatorWhoPosesAsAWitnessIsNoticed() throws {
        let (network, witnesses) = try witnessed(required: 2)
        // The operator runs a witness of its own under the name of the other state's.
        #expect(network.stop() == 0)
        let false2 = try WitnessProcess("witness.example/false", in: network)
        try network.edit("broker/avisod.json5") { text in
            text = text.replacing(witnesses[1].key, with: false2.key)
                .replacing(witnesses[1].url, with: false2.url)
                .replacing("name: \"\(witnesses[1].name)\"", with: "name: \"\(false2.name)\"")
        }
        try network.start()
        try waitUntil("it is served") {
            try network.request("/checkpoint").text.contains("witness.example/false")
        }
        let audit = try network.audit()
        #expect(audit.status == 1)
        #expect(audit.kind == "cosignature")
        #expect(audit.error.contains("too few of the trusted witnesses have cosigned"))
        #expect(audit.error.contains("found witness.example/co at "))
        let complete = try network.aviso(Self.reader, "prove-complete", "--json")
        #expect(complete.status == 1)
        #expect(complete.error.contains("too few of the trusted witnesses have cosigned"))
        // Without any, the checkpoint is bare.
        let folder = network.path("broker/log")
        #expect(network.stop() == 0)
        try FileManager.default.removeItem(atPath: folder + "/cosigned")
        let bare = try network.audit("--log", folder, "--from-start")
        #expect(bare.status == 1)
        #expect(bare.error.contains("there is no checkpoint of this log that witnesses have"))
    }

    @Test func oneWitnessUnderTwoNamesIsOne() throws {
        let network = try TestNetwork()
        let witness = try WitnessProcess("witness.example/co", in: network)
        let publicKey = try #require(CosignerKey(witness.key, using: SHA256())).publicKey
        let twin = try #require(
            CosignerKey(name: "witness.example/mx", publicKey: publicKey, using: SHA256())
        )
        try network.trust([witness.key, twin.description], required: 2, in: "auditor")
        let audit = try network.audit()
        #expect(audit.status == 2)
        #expect(audit.error.contains("has one key under two names"))
        try network.appoint(
            [
                (witness.name, witness.url, witness.key),
                (twin.name, witness.url, twin.description),
            ],
            required: 2
        )
        let refused = try network.tryToStart()
        #expect(refused.status == 1)
        #expect(refused.error.contains("is that of witness.example/co"))
    }

    @Test func theFolderOfAnotherHistoryIsNotWhatWasCosigned() throws {
        let (network, _) = try witnessed(required: 2)
        #expect(network.stop() == 0)
        let folder = network.path("broker/log")
        let note = try #require(try CosignedFile.read(directory: folder))
        // The operator rewrites the log, with the log's key, and keeps what the witnesses signed.
        try LogForger(network: network).rewrite { entries in
            let alert = try #require(
                try entries.lastIndex { stored in
                    if case .alert = try stored.entry().body { true } else { false }
                }
            )
            try LogForger.recount(&entries[alert]) {
                AlertEntryBody.Count(agency: $0.agency, count: $0.count + 1)
            }
        }
        var file = try CosignedFile(directory: folder)
        try file.publish(note)
        let check = try network.check()
        #expect(check.status == 1)
        #expect(
            check.damages.contains {
                ($0["reason"] as? String)?.contains("cosigned another root") == true
            }
        )
        let audit = try network.audit("--log", folder, "--tree-only")
        #expect(audit.status == 1)
        #expect(audit.kind == "cosignature")
        #expect(audit.error.contains("the witnesses have cosigned another root for the first"))
    }

    /// A network with two witnesses, whom an auditor and an agency trust, and two alerts.
    private func witnessed(required: Int) throws -> (TestNetwork, [WitnessProcess]) {
        let network = try TestNetwork()
        let witnesses = try ["witness.example/co", "witness.example/mx"].map {
            try WitnessProcess($0, in: network)
        }
        try network.appoint(witnesses, required: 2)
        for profile in ["auditor", Self.reader] {
            try network.trust(witnesses.map(\.key), required: required, in: profile)
        }
        try network.start()
        for _ in 0..<2 { try network.publishAlert() }
        _ = try network.cosigned(by: witnesses, atLeast: 9)
        return (network, witnesses)
    }
}
