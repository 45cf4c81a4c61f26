import Foundation
import Testing

/// `aviso track`: an author sees what becomes of its alert with each recipient.
@Suite struct TrackTests {
    private static let future = "2099-01-01T00:00:00Z"

    private func question(replyBy: String = future) -> TestNetwork.Statement {
        TestNetwork.Statement(
            author: "CO:PONAL",
            recipients: "MX:FGR,US:DEA",
            message: "request",
            more: ["--reply-by", replyBy]
        )
    }

    private func reply(
        _ message: String,
        by agency: String,
        to alert: String,
        _ form: String
    ) -> TestNetwork.Statement {
        TestNetwork.Statement(
            author: agency,
            recipients: "CO:PONAL",
            message: message,
            cited: alert,
            form: form
        )
    }

    private func receive(_ network: TestNetwork, _ agency: String) throws {
        let outcome = try network.tool(
            agency,
            ["subscribe", "--from", "0", "--count", "1", "--json"]
        )
        try #require(outcome.status == 0, "\(outcome.error)")
    }

    @Test func anAlertIsFollowedLiveFromPublishToPurge() throws {
        let network = try TestNetwork()
        try network.start()
        let (alert, index) = try network.accepted(question())
        let tool = try RunningTool(
            network,
            "CO:PONAL",
            "track",
            alert,
            "--follow",
            "--until",
            "purged",
            "--json"
        )
        func line(of agency: String, _ isWanted: @escaping ([String: Any]) -> Bool) throws {
            try tool.line { $0["recipient"] as? String == agency && isWanted($0) }
        }
        try line(of: "MX:FGR") { line in
            line["answer"] as? String == "awaited" && (line["delivered"] as? [Any])?.isEmpty == true
                && line["acknowledged"] == nil && line["index"] as? Int == index
        }
        try receive(network, "MX:FGR")
        try line(of: "MX:FGR") { line in
            let delivered = line["delivered"] as? [[String: Any]] ?? []
            return delivered.count == 1
                && delivered[0]["station"] as? String == "urn:aviso:agency:MX:FGR:station-1"
                && delivered[0]["time"] != nil
        }
        let seen = TestNetwork.ShortForm.note
        let (note, _) = try network.accepted(
            reply("acknowledgement", by: "MX:FGR", to: alert, seen)
        )
        try line(of: "MX:FGR") {
            ($0["acknowledged"] as? [String: Any])?["alert"] as? String == note
        }
        for agency in ["MX:FGR", "US:DEA"] {
            try network.accepted(
                reply("answer", by: agency, to: alert, TestNetwork.ShortForm.answer)
            )
            try line(of: agency) { $0["answer"] as? String == "answered" }
        }
        try erase(network, index)
        for agency in ["MX:FGR", "US:DEA"] {
            let confirmed = try network.tool(
                agency,
                ["redactions", "--from", "0", "--count", "1", "--confirm", "--json"]
            )
            try #require(confirmed.status == 0, "\(confirmed.error)")
            try line(of: agency) { $0["purged"] != nil && $0["erased"] != nil }
        }
        #expect(try tool.status() == 0)
    }

    private func erase(_ network: TestNetwork, _ index: Int) throws {
        let order = network.path("order.txt")
        try "Court order".write(toFile: order, atomically: true, encoding: .utf8)
        let erased = try network.aviso("operator", "redact", "\(index)", "--order", order)
        try #require(erased.status == 0, "\(erased.error)")
    }

    @Test func silenceBecomesOverdueWhileTheAuthorLooksOn() throws {
        let network = try TestNetwork()
        try network.start()
        // Time enough to publish and begin; the lines tell when it has passed.
        let due = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 12))
        let (alert, _) = try network.accepted(question(replyBy: due))
        let tool = try RunningTool(network, "CO:PONAL", "track", alert, "--follow", "--json")
        try tool.line { $0["answer"] as? String == "overdue" }
        try network.accepted(
            reply("answer", by: "US:DEA", to: alert, TestNetwork.ShortForm.answer)
        )
        try tool.line {
            $0["recipient"] as? String == "US:DEA" && $0["answer"] as? String == "late"
        }
    }

    @Test func cancelledAndExerciseAlertsAreMarked() throws {
        let network = try TestNetwork()
        try network.start()
        var exercise = question()
        exercise.more += ["--status", "exercise"]
        let (alert, index) = try network.accepted(exercise)
        try network.accepted(
            TestNetwork.Statement(
                author: "CO:PONAL",
                recipients: "MX:FGR,US:DEA",
                message: "cancel",
                cited: alert,
                form: TestNetwork.ShortForm.end,
                more: ["--status", "exercise"]
            )
        )
        for name in [alert, "\(index)"] {
            let tracked = try network.tool("CO:PONAL", ["track", name, "--json"])
            #expect(tracked.status == 0, "\(tracked.error)")
            #expect(tracked.objects.map { $0["status"] as? String } == ["exercise", "exercise"])
            #expect(tracked.objects.allSatisfy { $0["state"] as? String == "cancelled" })
            #expect(tracked.objects.allSatisfy { $0["stale"] as? Bool == true })
            #expect(tracked.objects.allSatisfy { $0["answer"] as? String == "none" })
        }
    }

    @Test func whatTheRegisteredKeyHasNotSignedCountsForNothing() throws {
        let network = try TestNetwork()
        try network.start()
        let (alert, _) = try network.accepted(question())
        let (_, note) = try network.accepted(
            reply("acknowledgement", by: "MX:FGR", to: alert, TestNetwork.ShortForm.note)
        )
        let before = try network.tool("CO:PONAL", ["track", alert, "--json"])
        #expect(before.objects.first?["acknowledged"] != nil, "\(before.error)")
        // To this reader, which the broker does not ask, two agencies have each other's keys.
        try network.edit("directory.json5") { text in
            func key(of member: String) throws -> Range<String.Index> {
                let record = try #require(text.range(of: "id: \"\(member)\""))
                let name = try #require(
                    text.range(of: "signingKey: \"", range: record.upperBound..<text.endIndex)
                )
                let end = try #require(text[name.upperBound...].firstIndex(of: "\""))
                return name.upperBound..<end
            }
            let (first, second) = (text[try key(of: "MX:FGR")], text[try key(of: "US:DEA")])
            text.replaceSubrange(try key(of: "MX:FGR"), with: second)
            text.replaceSubrange(try key(of: "US:DEA"), with: first)
        }
        let after = try network.tool("CO:PONAL", ["track", alert, "--json"])
        #expect(after.status == 0, "\(after.error)")
        #expect(after.objects.first?["acknowledged"] == nil)
        #expect(after.objects.first?["unverified"] as? [Int] == [note])
        let shown = try network.tool("CO:PONAL", ["case", "show", alert, "--json"])
        #expect(shown.objects.map { $0["verified"] as? Bool } == [true, false], "\(shown.error)")
    }

    @Test func onlyItsAuthorAndOverseersTrackAnAlert() throws {
        let network = try TestNetwork()
        try network.start()
        let (alert, index) = try network.accepted(question())
        for profile in ["auditor", "operator"] {
            let outcome = try network.aviso(profile, "track", alert, "--json")
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.objects.count == 2)
        }
        let unknown = "urn:uuid:01990000-0000-7000-8000-000000000001"
        for (agency, name, status, words) in [
            ("MX:FGR", alert, 1, "no alert \(index) that this station may track"),
            ("PE:DEVIDA", alert, 1, "no alert \(alert) that concerns PE:DEVIDA"),
            ("PE:DEVIDA", "\(index)", 1, "that this station may ask for"),
            ("CO:PONAL", unknown, 1, "no alert \(unknown) that concerns CO:PONAL"),
            ("CO:PONAL", "0", 1, "status 404: The log has no alert 0"),
            ("CO:PONAL", "999999", 1, "status 404: The log has no alert 999999"),
            ("CO:PONAL", "x", 2, "x is no urn:uuid:... and no index"),
        ] {
            let outcome = try network.tool(agency, ["track", name])
            #expect(outcome.status == Int32(status), "\(agency) \(name): \(outcome.error)")
            #expect(outcome.error.contains(words), "\(agency) \(name): \(outcome.error)")
            #expect(outcome.output.isEmpty)
        }
        #expect(try network.tool("CO:PONAL", ["track", alert, "--until", "read"]).status == 2)
    }
}
