import AvisoClient
import CBOR
import Foundation
import Glibc
import MerkleLog
import Testing

/// Deadlines that pass while nobody looks, and those whom their notices reach.
@Suite struct DeadlineTests {
    private func ask(
        _ network: TestNetwork,
        due: Date,
        _ option: String = "--reply-by",
        status: String = "actual"
    ) throws -> (alert: String, index: Int) {
        try network.say(
            "alert",
            as: "CO:PONAL",
            to: "MX:FGR",
            kind: "diversion-incident",
            form: try String(
                contentsOfFile: TestNetwork.sample("diversion-incident"),
                encoding: .utf8
            ),
            option,
            TestNetwork.text(due),
            "--status",
            status
        )
    }

    private func passed(_ network: TestNetwork) throws -> [[String: Any]] {
        try network.replay().filter { $0["type"] as? String == "deadline" && $0.event == "passed" }
    }

    @Test func whatPassedWhileTheBrokerWasDownIsNoticedOnceAtTheStart() throws {
        let network = try TestNetwork()
        try network.start()
        let due = TestNetwork.due(in: 8)
        let (alert, _) = try ask(network, due: due)
        network.stop(SIGKILL)
        TestNetwork.wait(until: due)
        try network.start()
        let first = try passed(network)
        #expect(first.map { $0["alert"] as? String } == [alert])
        #expect(first.first?["agencies"] as? [String] == ["MX:FGR"])
        // Another crash and another start add nothing.
        network.stop(SIGKILL)
        try network.start()
        #expect(
            try passed(network).map { $0["index"] as? Int } == first.map { $0["index"] as? Int }
        )
        #expect(try network.audit().status == 0)
        #expect(network.stop() == 0)
    }

    @Test func aStartFromASnapshotKnowsWhatIsDue() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.edit("broker/avisod.json5") { text in
            let key = try #require(text.range(of: "key: \"log.key\",\n"))
            text.insert(contentsOf: "    snapshotEntryCount: 40,\n", at: key.upperBound)
        }
        try network.start()
        let due = TestNetwork.due(in: 15)
        let (alert, index) = try ask(network, due: due)
        try network.fill(60)
        // The entry by which a start believes the snapshot comes soon, not at once.
        for _ in 0..<100 where try !network.replay().contains(where: { $0.isSnapshot }) {
            try network.fill(1)
        }
        network.stop(SIGKILL)
        try network.start()
        let line = try #require(
            network.startLines.split(separator: "\n").first { $0.contains("log-opened") }
        )
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        let size = (object as? [String: Any])?["snapshot"] as? Int ?? 0
        #expect(size > index)
        // Nobody sends anything: the broker wakes by itself.
        let notices = try network.notices("MX-FGR", count: 2)
        #expect(notices.map(\.event) == ["reminder", "passed"])
        #expect(notices.map { $0["alert"] as? String } == [alert, alert])
        #expect(try network.audit().status == 0)
    }

    @Test func anOperatorThatTellsFalseSilenceOrNoneIsFound() throws {
        let network = try TestNetwork()
        try network.start()
        let due = TestNetwork.due(in: 8)
        _ = try ask(network, due: due)
        TestNetwork.wait(until: due)
        try network.publishAlert()
        #expect(try passed(network).count == 1)
        #expect(network.stop() == 0)
        let forger = LogForger(network: network)
        var place = 0
        try forger.rewrite { entries in
            place = try #require(
                try entries.firstIndex { stored in
                    guard case .deadline(let body) = try stored.entry().body else { return false }
                    return body.event == .passed
                }
            )
            let entry = try entries[place].entry()
            guard case .deadline(let body) = entry.body else { return }
            let other = DeadlineBody(
                event: .passed,
                subject: body.subject,
                alert: body.alert,
                index: body.index,
                author: body.author,
                channel: body.channel,
                status: body.status,
                due: body.due,
                agencies: ["US:DEA"]
            )
            entries[place].bytes = LogEntry(time: entry.time, body: .deadline(other))
                .encode(using: LibCBOR())
        }
        let blamed = try network.audit("--log", network.path("broker/log"), "--from-start")
        #expect(blamed.status == 1)
        #expect(blamed.kind == "deadline", "\(blamed.output)\(blamed.error)")
        #expect(blamed.index == place)
        try forger.rewrite { $0.remove(at: place) }
        let hushed = try network.audit("--log", network.path("broker/log"), "--from-start")
        #expect(hushed.status == 1)
        #expect(hushed.kind == "deadline", "\(hushed.output)\(hushed.error)")
        #expect(hushed.index == place)
    }

    @Test func anExerciseStaysAnExerciseInEveryNotice() throws {
        let network = try TestNetwork()
        try network.start()
        let due = TestNetwork.due(in: 8)
        _ = try ask(network, due: due, "--acknowledge-by", status: "exercise")
        let notices = try network.notices("MX-FGR", count: 1)
        #expect(notices.first?["status"] as? String == "exercise")
        #expect(notices.first?["of"] as? String == "acknowledgement")
        TestNetwork.wait(until: due)
        let list = try network.aviso("agencies/CO-PONAL", "deadlines", "--json")
        #expect(list.objects.map { $0["status"] as? String } == ["exercise"], "\(list.error)")
        let shown = try passed(network)
        #expect(shown.map { $0["status"] as? String } == ["exercise"])
    }

    @Test func aSessionKeepsNoticesForWhoIsAway() throws {
        let network = try TestNetwork()
        try network.start()
        let due = TestNetwork.due(in: 8)
        let (alert, _) = try ask(network, due: due)
        func next(_ more: String...) throws -> [String: Any] {
            let outcome = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                [
                    "--profile", network.path("agencies/MX-FGR"), "deadlines", "--follow",
                    "--session", "desk", "--count", "1", "--json",
                ] + more
            )
            try #require(outcome.status == 0, "\(outcome.error)")
            return try #require(outcome.objects.first)
        }
        #expect(try next("--from", "0").event == "reminder")
        TestNetwork.wait(until: due)
        network.stop(SIGKILL)
        try network.start()
        let notice = try next()
        #expect(notice.event == "passed")
        #expect(notice["alert"] as? String == alert)
    }

    @Test(.timeLimit(.minutes(2)))
    func aNoticeComesLiveAndIsProvedToStandInTheLog() async throws {
        let network = try TestNetwork()
        try network.start()
        let profile = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        let client = try await AvisoClient.connect(profile: profile)
        let notices = try await client.deadlineNotices(proving: true)
        let due = TestNetwork.due(in: 8)
        let (alert, index) = try ask(network, due: due)
        var events: [DeadlineNotice.Event] = []
        for try await notice in notices {
            #expect(notice.alert == alert)
            #expect(notice.alertIndex == UInt64(index))
            #expect(notice.isProved)
            events.append(notice.event)
            guard notice.event == .passed else { continue }
            #expect(try TestNetwork.date(notice.time) < due + 1)
            break
        }
        #expect(events.last == .passed)
        await client.close()
    }

    @Test func whatIsDueBeforeItComesIsRefused() throws {
        let network = try TestNetwork()
        try network.start()
        let due = TestNetwork.due(in: 8)
        let file = network.path("sealed")
        let sealed = try network.incident(
            "seal",
            "--reply-by",
            TestNetwork.text(due),
            "--out",
            file
        )
        try #require(sealed.status == 0, "\(sealed.error)")
        TestNetwork.wait(until: due)
        _ = try network.mosquitto(
            "mosquitto_pub",
            as: "CO-PONAL",
            "-q",
            "1",
            "-t",
            "alerts/chemical-diversion/diversion-incident",
            "-f",
            file
        )
        let refusal = try #require(try network.replay().last { $0["type"] as? String == "refusal" })
        #expect(refusal["reason"] as? Int == 131)
        #expect((refusal["text"] as? String)?.contains("with a later one") == true)
        // The author's own program says so before it seals.
        for choice in [TestNetwork.text(due), "tomorrow", "5wd@XX", "0d"] {
            let wrong = try network.incident("publish", "--reply-by", choice)
            #expect(wrong.status == 2)
            #expect(wrong.error.contains("reply-by \(choice)"), "\(wrong.error)")
        }
    }

    @Test func anAgencyWithAllItsDeadlinesOpenIsRefusedMore() throws {
        let network = try TestNetwork(limits: ["openDeadlinesPerAgencyMax": 1])
        try network.start()
        _ = try ask(network, due: Date() + 3600)
        let more = try network.incident("publish", "--reply-by", "5wd")
        #expect(more.status == 1)
        #expect(more.error.contains("as many as it may have open"), "\(more.error)")
        let posted = try network.incident("publish", "--https", "--reply-by", "5wd@CO")
        #expect(posted.status == 1)
        #expect(posted.error.contains("as many as it may have open"), "\(posted.error)")
        let figures = try network.metrics()
        #expect(
            figures["aviso_limit_reached_total{limit=\"openDeadlinesPerAgencyMax\"}"] == 2
        )
    }
}
