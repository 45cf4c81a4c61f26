import Foundation
import Testing

/// Receipts and proofs as files, checked with nothing but the keys of a profile.
@Suite struct EntryProofTests {
    private static let author = "agencies/CO-PONAL"

    @Test func proofsVerifyOfflineAndAChangedByteDoesNot() throws {
        let network = try TestNetwork()
        try network.start()
        let urn = try network.publishAlert()
        let byAuthor = network.path("author.tlog-proof")
        let byAuditor = network.path("auditor.tlog-proof")
        let made = try network.aviso(Self.author, "prove", urn, "--out", byAuthor, "--json")
        #expect(made.status == 0, "\(made.error)")
        let checked = try network.aviso(Self.author, "verify-receipt", byAuthor, "--json")
        let index = try #require(checked.objects.first?["index"] as? Int)
        #expect(try network.aviso("auditor", "prove", "\(index)", "--out", byAuditor).status == 0)
        // The genesis too, which is no alert.
        let genesis = network.path("genesis.tlog-proof")
        #expect(try network.aviso("auditor", "prove", "0", "--out", genesis).status == 0)
        let beyond = try network.aviso("auditor", "prove", "99999", "--out", genesis + "2")
        #expect(beyond.status == 1)
        #expect(try network.aviso(Self.author, "prove", "0", "--out", genesis + "3").status == 2)
        #expect(network.stop() == 0)

        for file in [byAuthor, byAuditor, genesis] {
            let proof = try network.aviso("agencies/US-DEA", "verify-receipt", file, "--json")
            #expect(proof.status == 0, "\(proof.error)")
            #expect(proof.objects.first?["verified"] as? Bool == true)
        }
        let text = try String(contentsOfFile: byAuthor, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "c2sp.org/tlog-proof@v1")
        #expect(lines[1].hasPrefix("extra "))
        #expect(lines[2] == "index \(index)")
        try text.replacing("index \(index)", with: "index \(index - 1)")
            .write(toFile: byAuthor, atomically: true, encoding: .utf8)
        let moved = try network.aviso("agencies/US-DEA", "verify-receipt", byAuthor)
        #expect(moved.status == 1)
        #expect(moved.error.contains("does not stand at index"))
    }

    @Test func receiptsAreHadAgainByThoseWhomTheyConcern() throws {
        let network = try TestNetwork()
        try network.start()
        let urn = try network.publishAlert()
        let whole = network.path("alert.cose")
        let made = try network.aviso(Self.author, "receipt", urn, "--out", whole, "--json")
        #expect(made.status == 0, "\(made.error)")
        let checked = try network.aviso("auditor", "verify-receipt", whole, "--json")
        #expect(checked.status == 0, "\(checked.error)")
        #expect(checked.objects.first?["alert"] as? String == urn)
        let index = try #require(checked.objects.first?["index"] as? Int)
        let bare = network.path("receipt.cose")
        let short = try network.aviso(
            "agencies/MX-FGR",
            "receipt",
            "\(index)",
            "--out",
            bare,
            "--bare"
        )
        #expect(short.status == 0, "\(short.error)")
        let kept = network.path("agencies/CO-PONAL/receipts/\(urn.dropFirst(9)).cose")
        let joined = try network.aviso("auditor", "verify-receipt", "--receipt-file", bare, kept)
        #expect(joined.status == 0, "\(joined.error)")
        // Nobody else is told.
        let refused = try network.aviso("agencies/US-DEA", "receipt", "\(index)", "--out", bare)
        #expect(refused.status == 1)
        #expect(refused.error.contains("404"))
    }
}
