import Foundation
import Testing

/// What `aviso replay` shows of a log, and in which form.
@Suite struct ReplayFilterTests {
    @Test func filtersRangesTablesAndFollowing() throws {
        let network = try TestNetwork()
        try network.start()
        let first = try network.publishAlert(to: "MX:FGR")
        let second = try network.publishAlert(to: "US:DEA")
        let all = try replay(network)
        let indexes = all.objects.filter { $0["type"] as? String == "alert" }
            .compactMap { $0["index"] as? Int }
        try #require(indexes.count == 2)

        #expect(try alerts(network, "--type", "alert") == [first, second])
        #expect(try alerts(network, "--type", "alert", "--agency", "MX:FGR") == [first])
        #expect(try alerts(network, "--channel", "chemical-diversion") == [first, second])
        #expect(try alerts(network, "--channel", "intelligence").isEmpty)
        #expect(try alerts(network, "--kind", "diversion-incident") == [first, second])
        #expect(try alerts(network, "--type", "alert", "--to", "\(indexes[0])") == [first])
        #expect(try alerts(network, "--from", "\(indexes[1])", "--type", "alert") == [second])
        #expect(try alerts(network, "--to", "2020-01-01T00:00:00Z").isEmpty)
        let verified = try replay(network, "--verify", "--type", "genesis")
        #expect(verified.status == 0, "\(verified.error)")
        #expect(verified.objects.map { $0["type"] as? String } == ["genesis", nil])

        let table = try network.aviso("auditor", "replay", "--csv", "--type", "alert")
        let rows = table.output.split(separator: "\n")
        #expect(rows.count == 3)
        #expect(rows.first?.hasPrefix("index,type,time,verified,alert,from,") == true)
        #expect(rows.last?.contains("\(second),CO:PONAL,chemical-diversion") == true)
        // Followed past the checkpoint, up to an entry that is there already.
        let followed = try replay(network, "--follow", "--to", "\(indexes[1])")
        #expect(followed.status == 0, "\(followed.error)")
        #expect(followed.objects.last?["alert"] as? String == second)
        for wrong in [
            ["--to", "x"], ["--agency", "x"], ["--verify", "--follow"], ["--type", "alerts"],
            ["--channel", "bogus"], ["--kind", "bogus"], ["--from", "abc"], ["--from", "99999"],
            ["--channel", "intelligence", "--kind", "diversion-incident"],
        ] {
            let outcome = try replay(network, wrong)
            #expect(outcome.status == 2, "\(wrong): \(outcome.error)")
            #expect(outcome.output.isEmpty)
        }
        // What is not there would be waited for in silence.
        for command in [["subscribe"], ["deadlines", "--follow"], ["redactions"]] {
            for start in ["99999", "yesterday"] {
                let outcome = try network.tool("MX:FGR", command + ["--from", start])
                #expect(outcome.status == 2, "\(command): \(outcome.error)")
            }
        }
    }

    @Test func contentsAreShownOnlyToWhomAnAlertNames() throws {
        let network = try TestNetwork()
        try network.start()
        try network.publishAlert(to: "MX:FGR")
        let named = try network.publishAlert(to: "MX:FGR,OAS:AUDIT")
        let outcome = try replay(network, "--type", "alert", "--contents")
        #expect(outcome.status == 0, "\(outcome.error)")
        try #require(outcome.objects.count == 2)
        #expect(outcome.objects[0]["content"] == nil)
        let content = try #require(outcome.objects[1]["content"] as? [String: Any])
        #expect(content["alert"] as? String == named)
        #expect(content["form"] as? [String: Any] != nil)
    }

    private func alerts(_ network: TestNetwork, _ arguments: String...) throws -> [String] {
        let outcome = try replay(network, arguments)
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.objects.compactMap { $0["alert"] as? String }
    }

    private func replay(
        _ network: TestNetwork,
        _ arguments: String...
    ) throws
        -> TestNetwork.Outcome
    {
        try replay(network, arguments)
    }

    private func replay(
        _ network: TestNetwork,
        _ arguments: [String]
    ) throws
        -> TestNetwork.Outcome
    {
        try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["--profile", network.path("auditor"), "replay", "--json"] + arguments
        )
    }
}
