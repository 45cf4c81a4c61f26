import Foundation
import Testing

/// Onward use of what another agency wrote: asked for, granted or refused, and cited.
@Suite struct ConsentTests {
    private let kind = "new-behaviour"
    private let purpose = "The same route is used here"

    private func start() throws -> Teller {
        let network = try TestNetwork()
        try network.start()
        return Teller(network: network, channel: "trafficking-trends")
    }

    private func written(_ teller: Teller, _ more: [String] = []) throws -> String {
        try teller.accepted(
            try TestNetwork.run(
                TestNetwork.program("aviso").path,
                [
                    "--profile", teller.profile("CO:PONAL"), "publish", "--channel",
                    teller.channel, "--kind", kind, "--to", "MX:FGR", "--handling", "H2",
                    "--json", TestNetwork.sample(kind),
                ] + more
            )
        )
    }

    private func consent(
        _ teller: Teller,
        _ agency: String,
        _ arguments: String...
    ) throws -> TestNetwork.Outcome {
        try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["--profile", teller.profile(agency), "consent"] + arguments + ["--json"]
        )
    }

    private func asked(
        _ teller: Teller,
        _ source: String,
        for agencies: String = "US:DEA"
    ) throws -> String {
        try teller.accepted(
            try consent(
                teller,
                "MX:FGR",
                "request",
                source,
                "--for",
                agencies,
                "--purpose",
                purpose
            )
        )
    }

    private func passedOn(
        _ teller: Teller,
        _ source: String,
        _ consent: String
    ) throws -> TestNetwork.Outcome {
        try teller.publish(
            "MX:FGR",
            to: "US:DEA",
            kind,
            TestNetwork.sample(kind),
            "--source",
            source,
            "--consent",
            consent
        )
    }

    @Test func whatIsGrantedIsPassedOnUnderItsCitation() throws {
        let teller = try start()
        let source = try written(teller)
        let without = try teller.publish(
            "MX:FGR",
            to: "US:DEA",
            kind,
            TestNetwork.sample(kind),
            "--source",
            source
        )
        teller.expectWrong(without, "the statement by which its author consents is cited too")
        let spokenOf = try teller.publish(
            "MX:FGR",
            to: "US:DEA",
            kind,
            TestNetwork.sample(kind),
            "--reference",
            source
        )
        try teller.expectRefused(spokenOf, "stands under H2, and US:DEA neither wrote nor received")
        let request = try asked(teller, source)
        // The author reads what for and for whom, and grants it.
        let asked = try teller.received("CO:PONAL", 1)
        #expect(asked.inLabels("message") == ["consent-request"])
        #expect(asked.inForms("purpose") == [purpose])
        let grant = try teller.accepted(
            try consent(teller, "CO:PONAL", "grant", request, "--conditions", "Not in court")
        )
        let granted = try teller.received("MX:FGR", 2)[1]
        let form = granted["form"] as? [String: Any]
        #expect(form?["agencies"] as? [String] == ["US:DEA"])
        #expect(form?["conditions"] as? String == "Not in court")
        _ = try teller.accepted(try passedOn(teller, source, grant))
        // Whoever gets it sees whose it is, and by which consent.
        let labels = try teller.received("US:DEA", 1)[0]["labels"] as? [String: Any]
        #expect(labels?["source"] as? [String] == [source])
        #expect(labels?["consent"] as? [String] == [grant])
        // The grant is for that agency and for that source alone.
        let elsewhere = try teller.publish(
            "MX:FGR",
            to: "US:DEA,PE:DEVIDA",
            kind,
            TestNetwork.sample(kind),
            "--source",
            source,
            "--consent",
            grant
        )
        teller.expectWrong(elsewhere, "on is not for PE:DEVIDA: ask for it too")
        let other = try written(teller)
        try teller.expectRefused(
            try passedOn(teller, other, grant),
            "none of the consents cited is by CO:PONAL"
        )
    }

    @Test func aConsentEndsAtItsTime() throws {
        let teller = try start()
        let source = try written(teller)
        let request = try asked(teller, source, for: "US:DEA,PE:DEVIDA")
        let grant = try teller.accepted(
            try consent(
                teller,
                "CO:PONAL",
                "grant",
                request,
                "--for",
                "US:DEA",
                "--until",
                "2026-01-01T00:00:00Z"
            )
        )
        teller.expectWrong(
            try passedOn(teller, source, grant),
            "the consent \(grant) ended at 2026-01-01T00:00:00Z"
        )
    }

    @Test func whatIsRefusedIsNotPassedOn() throws {
        let teller = try start()
        let source = try written(teller, ["--status", "exercise"])
        let request = try asked(teller, source)
        let silent = try consent(teller, "CO:PONAL", "refuse", request)
        teller.expectWrong(silent, "consent refuse needs --ground")
        // What is about an exercise is part of it, without saying so again.
        let refused = try consent(teller, "CO:PONAL", "refuse", request, "--ground", "The source")
        #expect(refused.objects.first?["status"] as? String == "exercise")
        let refusal = try teller.accepted(refused)
        let attempt = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "--profile", teller.profile("MX:FGR"), "publish", "--channel", teller.channel,
                "--kind", kind, "--to", "US:DEA", "--status", "exercise", "--source", source,
                "--consent", refusal, TestNetwork.sample(kind),
            ]
        )
        try teller.expectRefused(attempt, "is of type consent-refusal and is cited as consent")
        let answers = try teller.received("MX:FGR", 2, "--include", "exercise")
        #expect(answers.inForms("ground")[1] == "The source")
    }

    @Test func onlyWhatWasReceivedIsAskedForAndOnlyAQuestionAnswered() throws {
        let teller = try start()
        let source = try written(teller)
        let own = try consent(
            teller,
            "CO:PONAL",
            "request",
            source,
            "--for",
            "US:DEA",
            "--purpose",
            purpose
        )
        #expect(own.status == 1)
        #expect(own.error.contains("has no alert \(source) that is addressed to CO:PONAL"))
        let noQuestion = try consent(teller, "MX:FGR", "grant", source)
        teller.expectWrong(noQuestion, "is no consent-request")
        let wrong = try consent(teller, "MX:FGR", "refuse", source, "--purpose", "x")
        teller.expectWrong(wrong, "consent refuse needs --ground")
        let nothing = try consent(teller, "MX:FGR", "beg", source)
        teller.expectWrong(nothing, "consent has no action beg")
    }
}
