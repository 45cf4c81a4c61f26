import Foundation
import Testing

/// `aviso stats`: figures of a log, without opening anything.
@Suite struct StatsTests {
    private func stats(
        _ network: TestNetwork,
        _ arguments: String...
    ) throws -> [[String: Any]] {
        let outcome = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["--profile", network.path("auditor"), "stats", "--json"] + arguments
        )
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.objects
    }

    // A question of which one answer is late and one missing, an alert, an exercise.
    private func tell(_ network: TestNetwork) throws {
        let due = Date(timeIntervalSinceNow: 10)
        let question = try network.accepted(
            TestNetwork.Statement(
                author: "CO:PONAL",
                recipients: "MX:FGR,US:DEA",
                message: "request",
                more: ["--reply-by", ISO8601DateFormatter().string(from: due)]
            )
        ).alert
        try network.publishAlert(to: "MX:FGR,PE:DEVIDA")
        try network.accepted(
            TestNetwork.Statement(
                author: "CO:PONAL",
                recipients: "MX:FGR",
                more: ["--status", "exercise"]
            )
        )
        // The deadline has whole seconds: from here on it has passed for certain.
        Thread.sleep(until: due)
        try network.accepted(
            TestNetwork.Statement(
                author: "MX:FGR",
                recipients: "CO:PONAL",
                message: "answer",
                cited: question,
                form: TestNetwork.ShortForm.answer
            )
        )
    }

    @Test func aLogIsCountedOverHTTPSAndOffline() throws {
        let network = try TestNetwork()
        try network.start()
        try tell(network)
        let rows = try stats(network)
        #expect(rows.map { $0["status"] as? String } == ["actual", "exercise"])
        let actual = try #require(rows.first)
        #expect(actual["channel"] as? String == "chemical-diversion")
        #expect(actual["messages"] as? [String: Int] == ["request": 1, "alert": 1, "answer": 1])
        for (name, value) in [
            ("written", 3), ("received", 5), ("asked", 2), ("answered", 0), ("late", 1),
            ("silent", 1), ("pending", 0), ("withdrawn", 0),
        ] {
            #expect(actual[name] as? Int == value, "\(name): \(actual)")
        }
        let worst = try #require(actual["worst-seconds"] as? Int)
        #expect((0...60).contains(worst))
        #expect(rows[1]["written"] as? Int == 1)

        let agencies = try stats(network, "--by", "agency,kind")
        let mexico = agencies.first { $0["agency"] as? String == "MX:FGR" }
        #expect(mexico?["written"] as? Int == 1)
        #expect(mexico?["received"] as? Int == 2)
        #expect(mexico?["late"] as? Int == 1)
        let dea = agencies.first { $0["agency"] as? String == "US:DEA" }
        #expect(dea?["silent"] as? Int == 1)

        // The folder of a broker that runs no longer says the same.
        #expect(network.stop() == 0)
        let offline = try stats(network, "--log", network.path("broker/log"))
        #expect(offline.map { $0["written"] as? Int } == [3, 1])
        #expect(offline.first?["late"] as? Int == 1)
        let table = try network.aviso(
            "operator",
            "stats",
            "--csv",
            "--by",
            "month",
            "--log",
            network.path("broker/log")
        )
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 3, "\(table.error)")
        let columns =
            "status,month,written,received,asked,answered,late,silent,pending,withdrawn,"
            + "median-seconds,worst-seconds"
        #expect(lines.first == columns[...])
        let none = try stats(
            network,
            "--to",
            "2020-01-01T00:00:00Z",
            "--log",
            network.path("broker/log")
        )
        #expect(none.isEmpty)
    }

    @Test func agenciesAndWrongWordsAreRefused() throws {
        let network = try TestNetwork()
        try network.start()
        let agency = try network.tool("CO:PONAL", ["stats"])
        #expect(agency.status == 2)
        #expect(agency.error.contains("for auditors and operators"), "\(agency.error)")
        for wrong in [["--by", "weather"], ["--from", "yesterday"], ["--csv", "--json"]] {
            let outcome = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                ["--profile", network.path("auditor"), "stats"] + wrong
            )
            #expect(outcome.status == 2, "\(outcome.error)")
        }
        // A log whose bytes were changed is counted for nobody.
        try network.publishAlert(to: "MX:FGR")
        #expect(network.stop() == 0)
        let file = network.path("broker/log/segments/00000000000000000000.seg")
        var bytes = try #require(FileManager.default.contents(atPath: file))
        bytes[60] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        let outcome = try network.aviso("auditor", "stats", "--log", network.path("broker/log"))
        #expect(outcome.status == 1, "\(outcome.error)")
    }
}
