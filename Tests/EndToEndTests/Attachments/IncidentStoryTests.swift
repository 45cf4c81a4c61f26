import Foundation
import Testing

/// The story of an incident that becomes a case with attachments and is cancelled.
@Suite struct IncidentStoryTests {
    private static let recipients = ["MX:FGR", "US:DEA", "PE:DEVIDA"]

    private struct Step {
        let author: String
        var to: String
        let message: String
        var cites: [String] = []
        var form: String?
        var files: [String] = []
    }

    private func profile(_ agency: String) -> String {
        "agencies/" + agency.replacingOccurrences(of: ":", with: "-")
    }

    private func publish(_ step: Step, _ network: TestNetwork) throws -> TestNetwork.Outcome {
        var file = TestNetwork.sample("diversion-incident")
        if let form = step.form {
            file = network.path("\(UUID().uuidString).json")
            try Data(form.utf8).write(to: URL(fileURLWithPath: file))
        }
        var arguments = [
            "--profile", network.path(profile(step.author)), "publish", "--channel",
            "chemical-diversion", "--kind", "diversion-incident", "--to", step.to, "--message",
            step.message, "--json",
        ]
        if !step.cites.isEmpty {
            arguments += ["--reference", step.cites.joined(separator: ",")]
        }
        if !step.files.isEmpty { arguments += ["--attach", step.files.joined(separator: ",")] }
        return try TestNetwork.run(TestNetwork.program("aviso").path, arguments + [file])
    }

    private func accepted(_ step: Step, _ network: TestNetwork) throws -> String {
        let outcome = try publish(step, network)
        try #require(outcome.status == 0, "\(step.message): \(outcome.error)")
        return try #require(outcome.objects.first?["alert"] as? String)
    }

    /// Everything that an agency has received, with its files saved.
    private func received(
        _ network: TestNetwork,
        _ agency: String,
        _ count: Int
    ) throws -> [[String: Any]] {
        let outcome = try network.aviso(
            profile(agency),
            "subscribe",
            "--from",
            "0",
            "--count",
            "\(count)",
            "--attachments",
            network.path("inbox-" + agency),
            "--json"
        )
        try #require(outcome.status == 0, "\(outcome.error)")
        return outcome.objects
    }

    private func labels(_ alert: [String: Any]) -> [String: Any] {
        alert["labels"] as? [String: Any] ?? [:]
    }

    /// An incident, what comes to light about it, and what its recipients say: the case so far.
    private struct Case {
        let incident: String
        let updates: [String]
        let finding: String
        let photo: String
        let report: String
        let seals: String
    }

    private func begin(_ network: TestNetwork) throws -> Case {
        let all = Self.recipients.joined(separator: ",")
        let photo = try network.makeFile("drums.jpg", byteCount: 180_000)
        let report = try network.makeFile("laboratory.pdf", byteCount: 900_000)
        let seals = try network.makeFile("seals.csv", byteCount: 4_000)
        let alert = Step(author: "CO:PONAL", to: all, message: "alert", files: [photo])
        let incident = try accepted(alert, network)
        var first = Step(author: "CO:PONAL", to: all, message: "update", cites: [incident])
        first.files = [report, seals]
        var second = first
        let firstUpdate = try accepted(first, network)
        second.cites = [incident, firstUpdate]
        second.files = [photo]
        let secondUpdate = try accepted(second, network)
        // One of the recipients has seen it, and adds a finding of its own to the case.
        var seen = Step(author: "MX:FGR", to: "CO:PONAL", message: "acknowledgement")
        seen.cites = [incident]
        seen.form = #"{"note": "seen"}"#
        _ = try accepted(seen, network)
        var found = Step(author: "MX:FGR", to: "CO:PONAL,US:DEA", message: "alert")
        found.cites = [incident]
        found.files = [seals]
        return Case(
            incident: incident,
            updates: [firstUpdate, secondUpdate],
            finding: try accepted(found, network),
            photo: photo,
            report: report,
            seals: seals
        )
    }

    @Test func anIncidentBecomesACaseWithAttachmentsAndIsCancelled() throws {
        let network = try TestNetwork()
        try network.start()
        let story = try begin(network)
        try checkWhatCame(network, story)
        // A cancel that would not reach everybody is refused; the one that does ends the case.
        var cancel = Step(author: "CO:PONAL", to: "MX:FGR,US:DEA", message: "cancel")
        cancel.cites = [story.incident] + story.updates
        cancel.form = #"{"reason": "The drums were found."}"#
        let partial = try publish(cancel, network)
        #expect(partial.status == 1)
        #expect(partial.error.contains("must reach PE:DEVIDA"), "\(partial.error)")
        cancel.to = Self.recipients.joined(separator: ",")
        let end = try accepted(cancel, network)
        for (agency, count) in [("MX:FGR", 4), ("US:DEA", 5), ("PE:DEVIDA", 4)] {
            let last = try #require(try received(network, agency, count).last)
            #expect(last["alert"] as? String == end, "\(agency)")
            #expect(labels(last)["message"] as? String == "cancel")
            #expect(labels(last)["reference"] as? [String] == cancel.cites)
        }
        // The author holds the acknowledgement and the finding, with its file.
        let answers = try received(network, "CO:PONAL", 2)
        #expect(answers.map { labels($0)["message"] as? String } == ["acknowledgement", "alert"])
        #expect(answers.last?["alert"] as? String == story.finding)
        try expectFiles(answers.last ?? [:], [story.seals])
        // Nothing of it is missing, and everything verifies.
        for agency in Self.recipients {
            let complete = try network.aviso(profile(agency), "prove-complete", "--json")
            #expect(complete.objects.first?["complete"] as? Bool == true, "\(complete.error)")
        }
        #expect(try network.replay().last?["verified"] as? Bool == true)
        let check = try network.aviso("auditor", "log", "check", network.path("broker/log"))
        #expect(check.status == 0, "\(check.error)")
    }

    private func checkWhatCame(_ network: TestNetwork, _ story: Case) throws {
        for agency in Self.recipients {
            let alerts = try received(network, agency, 3)
            #expect(alerts.map { $0["alert"] as? String } == [story.incident] + story.updates)
            #expect(
                alerts.map { labels($0)["message"] as? String } == ["alert", "update", "update"]
            )
            try expectFiles(alerts[0], [story.photo])
            try expectFiles(alerts[1], [story.report, story.seals])
            try expectFiles(alerts[2], [story.photo])
        }
    }

    private func expectFiles(_ alert: [String: Any], _ files: [String]) throws {
        let items = alert["attachments"] as? [[String: Any]] ?? []
        #expect(items.count == files.count)
        for (item, file) in zip(items, files) {
            let path = try #require(item["file"] as? String)
            #expect(FileManager.default.contentsEqual(atPath: file, andPath: path), "\(path)")
        }
    }
}
