import Foundation
import MerkleLog
import Testing

/// What an operator, or whoever gets at the disk, can do to a log: who notices, and how it is said.
@Suite struct TamperingTests {
    @Test func anHonestLogHoldsOverHTTPSAndAsAFolder() throws {
        let network = try TestNetwork()
        try network.start()
        for _ in 0..<3 { try network.publishAlert() }
        let first = try network.audit()
        #expect(first.status == 0, "\(first.error)")
        let report = try #require(first.objects.first)
        #expect(report["holds"] as? Bool == true)
        #expect(report["signatures"] as? Int == 3)
        #expect(report["start"] as? Int == 0)
        // The next audit goes on behind it.
        try network.publishAlert()
        let second = try #require(try network.audit().objects.first)
        #expect(second["start"] as? Int == report["size"] as? Int)
        #expect(second["signatures"] as? Int == 1)
        #expect(second["kept"] as? Int == 2)
        // A copy, without a broker.
        #expect(network.stop() == 0)
        let folder = network.path("broker/log")
        let offline = try network.audit("--log", folder, "--from-start")
        #expect(offline.status == 0, "\(offline.error)")
        let checkpoints = offline.objects.first?["checkpoints"] as? Int ?? 0
        #expect(checkpoints > 4)
        let tree = try network.audit("--log", folder, "--tree-only")
        #expect(tree.status == 0, "\(tree.error)")
        let check = try network.aviso("auditor", "log", "check", folder, "--json")
        #expect(check.status == 0, "\(check.error)")
        #expect(check.objects.first?["contents"] as? Int == 4)
        let refused = try network.aviso("agencies/MX-FGR", "audit")
        #expect(refused.status == 2)
    }

    @Test func aByteOfAnEntryIsFoundWithFileAndOffset() throws {
        let network = try TestNetwork.stoppedWithAlerts()
        let forger = LogForger(network: network)
        var offset = 0
        try forger.edit { bytes in
            let place = try #require(forger.places(bytes).last { $0.kind == 1 && $0.index == 8 })
            offset = place.offset
            bytes[place.payload.lowerBound + 30] ^= 1
        }
        let check = try network.check()
        #expect(check.status == 1)
        let damage = try #require(check.damages.first)
        #expect(damage["offset"] as? Int == offset)
        #expect(damage["first"] as? Int == 8)
        #expect((damage["file"] as? String)?.hasSuffix("00000000000000000000.seg") == true)
        #expect((damage["reason"] as? String)?.contains("checksum") == true)
        let audit = try network.audit("--log", network.path("broker/log"))
        #expect(audit.status == 1)
        #expect(audit.kind == "damaged")
        #expect(audit.index == 8)
    }

    @Test func aByteWithTrueChecksumsIsFoundByItsHash() throws {
        let network = try TestNetwork.stoppedWithAlerts()
        let forger = LogForger(network: network)
        try forger.edit { bytes in
            let place = try #require(forger.places(bytes).last { $0.kind == 1 && $0.index == 8 })
            var payload = Array(bytes[place.payload])
            payload[30] ^= 1
            LogForger.replace(place, with: payload, in: &bytes)
        }
        let check = try network.check()
        #expect(check.status == 1)
        #expect(check.damages.count == 1)
        #expect(check.damages.first?["first"] as? Int == 8)
        let reason = check.damages.first?["reason"] as? String ?? ""
        #expect(reason.contains("is not the one that was signed"))
        let audit = try network.audit("--log", network.path("broker/log"))
        #expect(audit.kind == "leaf")
        #expect(audit.index == 8)
        // Also where the stored hashes are gone, or were changed with it: the root was signed.
        try FileManager.default.removeItem(atPath: network.path("broker/log/tree"))
        let bare = try network.check()
        #expect(bare.damages.first?["first"] as? Int == 8)
        let reasons = bare.damages.compactMap { $0["reason"] as? String }
        #expect(reasons.contains { $0.contains("do not give the root") })
        let root = try network.audit("--log", network.path("broker/log"))
        #expect(root.status == 1)
        // What the byte meant decides whether its own rule speaks before the root behind it.
        #expect(root.index == 8 || root.index == 9)
    }

    @Test func aSwappedPairIsFound() throws {
        let network = try TestNetwork.stoppedWithAlerts()
        let forger = LogForger(network: network)
        try forger.edit { bytes in
            let entries = forger.places(bytes).filter { $0.kind == 1 }
            let first = try #require(entries.first { $0.index == 8 })
            let second = try #require(entries.first { $0.index == 9 })
            // Two alerts of one form have entries of one length.
            try #require(first.byteCount == second.byteCount)
            let payloads = (Array(bytes[first.payload]), Array(bytes[second.payload]))
            LogForger.replace(first, with: payloads.1, in: &bytes)
            LogForger.replace(second, with: payloads.0, in: &bytes)
        }
        let check = try network.check()
        #expect(check.status == 1)
        #expect(check.damages.compactMap { $0["first"] as? Int }.contains(8))
        #expect(check.damages.compactMap { $0["first"] as? Int }.contains(9))
        let audit = try network.audit("--log", network.path("broker/log"))
        #expect(audit.kind == "leaf")
        #expect(audit.index == 8)
    }

    @Test func aDroppedLastBatchIsFound() throws {
        let network = try TestNetwork.stoppedWithAlerts()
        let folder = network.path("broker/log")
        // A copy from before the last alert, checkpoint and all: the whole batch is gone.
        let earlier = network.path("earlier")
        try FileManager.default.copyItem(atPath: folder, toPath: earlier)
        #expect(try network.audit("--log", folder).status == 0)
        try network.start()
        try network.publishAlert()
        #expect(try network.audit().status == 0)
        #expect(network.stop() == 0)
        let rolledBack = try network.audit("--log", earlier)
        #expect(rolledBack.status == 1)
        #expect(rolledBack.kind == "consistency")
        #expect(rolledBack.error.contains("shorter than what it signed before"))

        // Only the records are cut: the checkpoint says how many there were.
        let forger = LogForger(network: network)
        try forger.edit { bytes in
            let places = forger.places(bytes)
            let commits = places.filter { $0.kind == 3 }
            bytes.removeSubrange(commits[commits.count - 2].payload.upperBound...)
        }
        let check = try network.check()
        #expect(check.status == 1)
        let reasons = check.damages.compactMap { $0["reason"] as? String }
        #expect(reasons.contains { $0.contains("and the segments end at") })
        let cut = try network.audit("--log", folder, "--from-start")
        #expect(["missing", "consistency"].contains(cut.kind))
    }
}
