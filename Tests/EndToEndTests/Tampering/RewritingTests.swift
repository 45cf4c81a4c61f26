import Foundation
import MerkleLog
import Testing

/// What an operator who has the log's key can do: every signature of the log is valid.
@Suite struct RewritingTests {
    @Test func aRewrittenHistoryContradictsWhatWasKept() throws {
        let network = try TestNetwork()
        try network.start()
        let urn = try network.publishAlert()
        for _ in 0..<2 { try network.publishAlert() }
        #expect(try network.audit().status == 0)
        #expect(network.stop() == 0)
        // The first alert never was, the others are counted anew, and one entry more makes up.
        try LogForger(network: network).rewrite { entries in
            let gone = try #require(try entries.firstIndex { try $0.isAlert() })
            entries.remove(at: gone)
            for place in entries.indices {
                try LogForger.recount(&entries[place]) {
                    AlertEntryBody.Count(agency: $0.agency, count: $0.count - 1)
                }
            }
        }
        try network.start()
        for _ in 0..<3 { try network.publishAlert() }
        // To who has seen nothing before, that log is in order.
        let stranger = network.path("stranger.state")
        #expect(try network.audit("--state", stranger).status == 0)
        // The auditor has kept a checkpoint, which the log has signed.
        let audit = try network.audit()
        #expect(audit.status == 1)
        #expect(audit.kind == "consistency")
        #expect(audit.error.contains("another root for the entries that were verified before"))
        let fromStart = try network.audit("--from-start")
        #expect(fromStart.status == 1)
        #expect(fromStart.kind == "consistency")
        // The author holds a receipt, and the log no longer proves it.
        let author = "agencies/CO-PONAL"
        #expect(try network.aviso(author, "verify-receipt", urn).status == 0)
        let proof = try network.aviso(author, "prove", urn, "--out", network.path("p"))
        #expect(proof.status == 1)
        #expect(proof.error.contains("does not stand at index"))
    }

    @Test func aFalseCountIsNamedWithBothValues() throws {
        let network = try TestNetwork()
        try network.start()
        for _ in 0..<3 { try network.publishAlert() }
        #expect(network.stop() == 0)
        var index = 0
        try LogForger(network: network).rewrite { entries in
            let last = try #require(try entries.lastIndex { try $0.isAlert() })
            index = last
            try LogForger.recount(&entries[last]) {
                AlertEntryBody.Count(agency: $0.agency, count: 2)
            }
        }
        let audit = try network.audit("--log", network.path("broker/log"))
        #expect(audit.status == 1)
        #expect(audit.kind == "count")
        #expect(audit.index == index)
        #expect(audit.violation["expected"] as? String == "3")
        #expect(audit.violation["found"] as? String == "2")
        #expect(audit.error.contains("the count of MX:FGR is false; expected 3, found 2"))
        // Its signatures are those of the log: a folder check finds nothing.
        #expect(try network.check().status == 0)
        // An honest avisod does not go on with it.
        let refused = try network.tryToStart()
        #expect(refused.status == 1)
        #expect(refused.error.contains("the count of MX:FGR is 2, and 3 was due"))
    }

    @Test func aWithheldAlertIsSeenByTheAgencyAndStandsOutInTheAudit() throws {
        let network = try TestNetwork()
        try network.start()
        try network.publishAlert()
        // Delivered and acknowledged, while the broker was honest.
        let taken = try network.take(1)
        #expect(taken.status == 0, "\(taken.error)")
        let urn = try network.publishAlert()
        #expect(network.stop() == 0)
        // The entries stay as they are; the operator leaves out for whom they are.
        try LogForger(network: network).rewrite { _ in }
        try network.start()
        let reader = "agencies/MX-FGR"
        let complete = try network.aviso(reader, "prove-complete", "--wait", "1", "--json")
        #expect(complete.status == 1)
        #expect(complete.objects.first?["missing"] as? [[Int]] == [[1, 2]])
        let audit = try network.audit()
        #expect(audit.status == 0, "\(audit.error)")
        let agencies = audit.objects.first?["agencies"] as? [[String: Any]] ?? []
        let agency = try #require(agencies.first { $0["agency"] as? String == "MX:FGR" })
        #expect(agency["addressed"] as? Int == 2)
        #expect(agency["unacknowledged"] as? Int == 1)
        let oldest = try #require(agency["oldest"] as? Int)
        // The auditor proves to the agency that the alert was addressed to it.
        let file = network.path("alert.tlog-proof")
        let made = try network.aviso("auditor", "prove", "\(oldest)", "--out", file)
        #expect(made.status == 0, "\(made.error)")
        let proof = try network.aviso(reader, "verify-receipt", file, "--json")
        #expect(proof.status == 0, "\(proof.error)")
        let entry = try #require(proof.objects.first?["entry"] as? [String: Any])
        #expect(entry["alert"] as? String == urn)
        #expect(entry["count"] as? [String: Int] == ["MX:FGR": 2])
    }
}

extension LogForger.Stored {
    fileprivate func isAlert() throws -> Bool {
        if case .alert = try entry().body { true } else { false }
    }
}
