import Foundation
import Testing

/// `aviso case`: the statements that belong together, as each agency sees them.
@Suite struct CaseCommandTests {
    private typealias Statement = TestNetwork.Statement

    private func cases(
        _ network: TestNetwork,
        _ agency: String,
        _ more: String...
    ) throws -> [[String: Any]] {
        let outcome = try network.tool(agency, ["case", "list", "--json"] + more)
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.objects
    }

    private func statements(
        _ network: TestNetwork,
        _ agency: String,
        _ alert: String,
        _ more: String...
    ) throws -> [[String: Any]] {
        let outcome = try network.tool(agency, ["case", "show", alert, "--json"] + more)
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.objects
    }

    @Test func anIncidentIsAskedAboutAnsweredAndCancelled() throws {
        let network = try TestNetwork()
        try network.start()
        let both = "MX:FGR,US:DEA"
        let question = try network.accepted(
            Statement(
                author: "CO:PONAL",
                recipients: both,
                message: "request",
                more: ["--reply-by", "2099-01-01T00:00:00Z"]
            )
        ).alert
        func state() throws -> String? {
            try cases(network, "MX:FGR").first?["state"] as? String
        }
        #expect(try state() == "open")
        #expect(try cases(network, "MX:FGR").first?["asked"] as? Bool == true)
        #expect(try cases(network, "CO:PONAL").first?["asked"] as? Bool == false)
        for agency in ["MX:FGR", "US:DEA"] {
            try network.accepted(
                Statement(
                    author: agency,
                    recipients: "CO:PONAL",
                    message: "answer",
                    cited: question,
                    form: TestNetwork.ShortForm.answer
                )
            )
        }
        // One agency does not see what another has answered.
        #expect(try state() == "open")
        #expect(try cases(network, "CO:PONAL").first?["state"] as? String == "answered")
        #expect(try cases(network, "PE:DEVIDA").isEmpty)
        let cancel = try network.accepted(
            Statement(
                author: "CO:PONAL",
                recipients: both,
                message: "cancel",
                cited: question,
                form: TestNetwork.ShortForm.end
            )
        ).alert
        #expect(try state() == "cancelled")
        #expect(try cases(network, "MX:FGR", "--state", "open,answered").isEmpty)
        let tree = try statements(network, "CO:PONAL", question)
        #expect(tree.map { $0["depth"] as? Int } == [0, 1, 1, 1])
        #expect(tree.map { $0["from"] as? String } == ["CO:PONAL", "MX:FGR", "US:DEA", "CO:PONAL"])
        #expect(tree[0]["state"] as? String == "cancelled")
        #expect(tree[0]["ended-by"] as? String == cancel)
        #expect(tree.dropFirst().allSatisfy { $0["stale"] as? Bool == false })
        #expect(tree.allSatisfy { $0["verified"] as? Bool == true })
        #expect(tree.allSatisfy { $0["form"] == nil })
        // An auditor sees all of it, by any of its statements.
        let audited = try network.aviso("auditor", "case", "show", cancel, "--json")
        #expect(audited.objects.count == 4, "\(audited.error)")
    }

    @Test func contentsAreOpenedWhereTheyWereReceived() throws {
        let network = try TestNetwork()
        try network.start()
        let first = try network.accepted(Statement(author: "CO:PONAL", recipients: "MX:FGR"))
        let erased = try network.accepted(
            Statement(author: "CO:PONAL", recipients: "MX:FGR", cited: first.alert)
        )
        try network.accepted(
            Statement(author: "MX:FGR", recipients: "CO:PONAL", cited: first.alert)
        )
        let order = network.path("order.txt")
        try "Court order".write(toFile: order, atomically: true, encoding: .utf8)
        let redacted = try network.aviso(
            "operator",
            "redact",
            "\(erased.index)",
            "--order",
            order
        )
        try #require(redacted.status == 0, "\(redacted.error)")
        let tree = try statements(network, "MX:FGR", first.alert, "--contents")
        try #require(tree.count == 3)
        #expect(tree[0]["form"] as? [String: Any] != nil)
        #expect(tree[1]["form-problem"] as? String == "erased")
        #expect(tree[1]["redacted"] as? Bool == true)
        #expect(tree[2]["form-problem"] as? String == "not-addressed")
    }

    @Test func whatAnAgencyDoesNotKnowIsNamedAndExercisesAreMarked() throws {
        let network = try TestNetwork()
        try network.start()
        let hidden = try network.accepted(
            Statement(
                author: "CO:PONAL",
                recipients: "MX:FGR",
                more: ["--status", "exercise"]
            )
        ).alert
        let shown = try network.accepted(
            Statement(
                author: "CO:PONAL",
                recipients: "US:DEA",
                cited: hidden,
                more: ["--status", "exercise"]
            )
        ).alert
        let found = try #require(try cases(network, "US:DEA").first)
        #expect(found["case"] as? String == shown)
        #expect(found["status"] as? String == "exercise")
        #expect(found["unknown"] as? [String] == [hidden])
        let tree = try statements(network, "US:DEA", shown)
        #expect(tree.first?["unknown"] as? [String] == [hidden])
        let foreign = try network.tool("US:DEA", ["case", "show", hidden])
        #expect(foreign.status == 1)
        #expect(foreign.error.contains("no alert \(hidden) that concerns US:DEA"))
        for wrong in [["dance"], ["show"], ["list", shown], ["list", "--state", "odd"]] {
            #expect(try network.tool("US:DEA", ["case"] + wrong).status == 2, "\(wrong)")
        }
    }
}
