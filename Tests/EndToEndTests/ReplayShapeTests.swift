import Testing

/// The JSON of `aviso replay` has numbers for numbers, and lists for what there can be several of.
@Suite struct ReplayShapeTests {
    @Test func entriesSayWhatTheyHoldInItsType() throws {
        let network = try TestNetwork()
        try network.start()
        let defined = try network.tool(
            "CO:PONAL",
            ["group", "define", "andean", "--list", "--members", "CO:PONAL,MX:FGR", "--json"]
        )
        #expect(defined.status == 0, "\(defined.error)")
        let asked = try network.accepted(
            TestNetwork.Statement(
                author: "CO:PONAL",
                recipients: "US:DEA",
                more: ["--group", "andean", "--acknowledge-by", "2h", "--handling", "H0,H1"]
            )
        )
        let seen = try network.accepted(
            TestNetwork.Statement(
                author: "MX:FGR",
                recipients: "CO:PONAL",
                message: "acknowledgement",
                cited: asked.alert,
                form: TestNetwork.ShortForm.note
            )
        )
        let received = try network.received(by: "US:DEA", count: 1, ["--session", "desk"])
        #expect(received.status == 0, "\(received.error)")
        let entries = try network.replay()
        func entry(_ type: String, _ isWanted: ([String: Any]) -> Bool) throws -> [String: Any] {
            try #require(entries.first { $0["type"] as? String == type && isWanted($0) })
        }
        let group = try entry("group") { _ in true }
        #expect(group["version"] as? Int == 1)
        #expect(group["members"] as? [String] == ["CO:PONAL", "MX:FGR"])
        let question = try entry("alert") { $0["index"] as? Int == asked.index }
        #expect(question["message"] as? String == "alert")
        #expect(question["group"] as? [String] == ["andean"])
        #expect(question["handling"] as? [String] == ["H0", "H1"])
        #expect(question["acknowledge-by"] is String)
        let note = try entry("alert") { $0["index"] as? Int == seen.index }
        #expect(note["message"] as? String == "acknowledgement")
        #expect(note["reference"] as? [String] == [asked.alert])
        let delivery = try entry("delivery") { _ in true }
        #expect(delivery["cursor"] is Int)
        #expect(delivery["acknowledged"] as? [Int] == [asked.index])
        // Filters look into lists too.
        for (agency, count) in [("MX:FGR", 1), ("US:DEA", 0)] {
            let outcome = try network.aviso(
                "auditor",
                "replay",
                "--type",
                "group",
                "--agency",
                agency
            )
            #expect(outcome.objects.count == count, "\(outcome.error)")
        }
    }
}
