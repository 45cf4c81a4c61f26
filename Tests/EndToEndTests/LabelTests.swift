import Foundation
import Testing

/// Labels, exercises and tables, from an author to a reader.
@Suite struct LabelTests {
    @Test func anAlertExpiresWhenItWasToldOrNotAtAll() throws {
        let network = try TestNetwork()
        try network.start()
        for seconds in ["18446744073709552", "9223372036854775807", "253402300800"] {
            let outcome = try network.publish(
                TestNetwork.Statement(
                    author: "CO:PONAL",
                    recipients: "MX:FGR",
                    more: ["--expires-after", seconds]
                )
            )
            #expect(outcome.status == 2, "\(seconds): \(outcome.error)")
            #expect(outcome.error.contains("the years end with 9999"))
        }
    }

    private func publish(
        _ network: TestNetwork,
        as agency: String = "CO-PONAL",
        kind: String = "new-behaviour",
        to recipients: String = "MX:FGR",
        _ file: String,
        _ more: String...
    ) throws -> TestNetwork.Outcome {
        try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "--profile", network.path("agencies/\(agency)"), "publish", "--channel",
                "trafficking-trends", "--kind", kind, "--to", recipients, "--json", file,
            ] + more
        )
    }

    @Test func exercisesAreLeftOutUnlessAskedForAndNeverAnsweredAsActual() throws {
        let network = try TestNetwork()
        try network.start()
        let sample = TestNetwork.sample("new-behaviour")
        let exercise = try publish(network, sample, "--status", "exercise")
        let urn = try #require(exercise.objects.first?["alert"] as? String, "\(exercise.error)")
        #expect(
            try publish(network, sample, "--handling", "H0,H2", "--pap", "GREEN").status == 0
        )

        let actual = try network.received(by: "MX:FGR", count: 1)
        let labels = try #require(actual.objects.first?["labels"] as? [String: Any])
        #expect(labels["status"] as? String == "actual")
        #expect(labels["pap"] as? String == "PAP:GREEN")
        #expect(labels["handling"] as? [String] == ["H0", "H2"])

        let both = try network.received(by: "MX:FGR", count: 2, ["--include", "exercise,test"])
        let statuses = both.objects.compactMap { ($0["labels"] as? [String: Any])?["status"] }
        #expect(statuses as? [String] == ["exercise", "actual"])

        let note = network.path("ack.json")
        try Data("{\"note\": \"seen\"}".utf8).write(to: URL(fileURLWithPath: note))
        func acknowledge(_ status: String) throws -> TestNetwork.Outcome {
            try publish(
                network,
                as: "MX-FGR",
                to: "CO:PONAL",
                note,
                "--message",
                "acknowledgement",
                "--reference",
                urn,
                "--status",
                status
            )
        }
        let refused = try acknowledge("actual")
        #expect(refused.status == 2)
        #expect(refused.error.contains("is exercise, and what cites it must be too"))
        let accepted = try acknowledge("exercise")
        #expect(accepted.status == 0, "\(accepted.error)")
    }

    @Test func anAlertIsPassedOnWithTheConsentOfItsAuthor() throws {
        let network = try TestNetwork()
        try network.start()
        func form(_ name: String, _ text: String) throws -> String {
            let path = network.path("\(name).json")
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }
        func alert(_ outcome: TestNetwork.Outcome) throws -> String {
            try #require(outcome.objects.first?["alert"] as? String, "\(outcome.error)")
        }
        let sample = TestNetwork.sample("new-behaviour")
        let source = try alert(publish(network, sample, "--handling", "H2"))
        let question = try alert(
            publish(
                network,
                as: "MX-FGR",
                to: "CO:PONAL",
                form("ask", #"{"purpose": "Same route here", "agencies": ["US:DEA"]}"#),
                "--message",
                "consent-request",
                "--reference",
                source
            )
        )
        let consent = try alert(
            publish(
                network,
                form("grant", #"{"agencies": ["US:DEA"], "conditions": "Not in court"}"#),
                "--message",
                "consent-grant",
                "--reference",
                "\(source),\(question)"
            )
        )
        let refused = try publish(network, as: "MX-FGR", to: "US:DEA", sample, "--source", source)
        #expect(refused.status == 2)
        #expect(refused.error.contains("the statement by which its author consents is cited too"))
        let passedOn = try publish(
            network,
            as: "MX-FGR",
            to: "US:DEA",
            sample,
            "--source",
            source,
            "--consent",
            consent
        )
        #expect(passedOn.status == 0, "\(passedOn.error)")
        // The form of a refusal says why.
        let silent = try publish(
            network,
            try form("refuse", "{}"),
            "--message",
            "consent-refusal",
            "--reference",
            question
        )
        #expect(silent.status == 2 && silent.error.contains("ground"), "\(silent.error)")
    }

    @Test func exercisesAreMarkedInEverythingThatPeopleSee() throws {
        let network = try TestNetwork()
        try network.start()
        let teller = Teller(network: network, channel: "trafficking-trends")
        let published = try teller.shown(
            "agencies/CO-PONAL",
            "--lang",
            "es",
            "publish",
            "--channel",
            "trafficking-trends",
            "--kind",
            "new-behaviour",
            "--to",
            "MX:FGR",
            "--status",
            "exercise",
            TestNetwork.sample("new-behaviour")
        )
        let mark = "*** EJERCICIO ***"
        #expect(published.contains("\(mark) aceptada en el índice"))
        let received = try teller.shown(
            "agencies/MX-FGR",
            "--lang",
            "es",
            "subscribe",
            "--from",
            "0",
            "--count",
            "1",
            "--include",
            "exercise"
        )
        #expect(received.contains("\(mark) TLP:AMBER"))
        #expect(received.contains("estado: exercise"))
        let replayed = try teller.shown("auditor", "--lang", "es", "replay", "--verify")
        #expect(replayed.contains(mark))
        #expect(replayed.contains("cada firma"))
    }

    @Test func aTableIsPublishedWholeOrNotAtAll() throws {
        let network = try TestNetwork()
        try network.start()
        let header =
            "info[0].language,info[0].headline,info[0].description,type,firstSeen,"
            + "places[0].country"
        let good = "en,Headline,\"Words, and more\",transport,2026-07-03,EC"
        let file = network.path("forms.csv")
        func write(_ rows: [String]) throws {
            let text = ([header] + rows).joined(separator: "\n") + "\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        }
        try write([good, good.replacingOccurrences(of: "EC", with: "XX")])
        let refused = try publish(network, file, "--csv", "--lang", "en")
        #expect(refused.status == 2)
        #expect(refused.error.contains("row at line 3: places[0].country is \"XX\": expected is a"))
        try write([good, good, good])
        let accepted = try publish(network, file, "--csv")
        #expect(accepted.objects.count == 3, "\(accepted.error)")
        #expect(try network.replay().count { $0["type"] as? String == "alert" } == 3)
    }
}
