import Foundation
import Testing

/// A question to two agencies: one refuses with its ground, the other answers in two steps.
@Suite struct RequestStoryTests {
    private let kind = "information-request"

    @Test func aQuestionIsRefusedByOneAgencyAndAnsweredByAnother() throws {
        let network = try TestNetwork()
        try network.start()
        let teller = Teller(network: network, channel: "intelligence")
        let question = try asked(teller)
        try refused(teller, question)
        let interim = try answeredInPart(teller, question)
        let final = try teller.accepted(
            try answer(
                teller,
                "US:DEA",
                """
                {"decision": "answer", "content": "Registered in 2015; see both answers.",
                 "answers": [{"question": 1, "answer": "Yes, since 2015."},
                             {"question": 2, "answer": "Two vehicles, eleven crossings."}]}
                """,
                about: "\(question),\(interim)"
            )
        )
        // Who was not asked does not answer, whatever it knows.
        try teller.expectRefused(
            try answer(
                teller,
                "PE:DEVIDA",
                #"{"decision": "answer", "content": "We know the company."}"#,
                about: question
            ),
            "which PE:DEVIDA neither wrote nor received"
        )
        try expectAnswers(teller, question, interim, final)
    }

    private func answer(
        _ teller: Teller,
        _ author: String,
        _ form: String,
        about cited: String
    ) throws -> TestNetwork.Outcome {
        try teller.publish(
            author,
            to: "CO:PONAL",
            kind,
            form,
            "--message",
            "answer",
            "--reference",
            cited
        )
    }

    // A request is to be answered by the time that the class of its form gives.
    private func asked(_ teller: Teller) throws -> String {
        func ask(_ more: String...) throws -> TestNetwork.Outcome {
            try TestNetwork.run(
                TestNetwork.program("aviso").path,
                [
                    "--profile", teller.profile("CO:PONAL"), "publish", "--channel",
                    teller.channel, "--kind", kind, "--to", "MX:FGR,US:DEA", "--message",
                    "request", "--lang", "en", "--json", TestNetwork.sample(kind),
                ] + more
            )
        }
        teller.expectWrong(
            try ask("--reply-by", "2099-01-01T00:00:00Z"),
            "deadlineClass is \"3-days\": reply-by must agree with this class, within an hour."
        )
        return try teller.accepted(try ask("--handling", "H0,H1"))
    }

    private func refused(_ teller: Teller, _ question: String) throws {
        teller.expectWrong(
            try answer(teller, "MX:FGR", #"{"decision": "refusal"}"#, about: question),
            "ground: it is needed when decision is refusal."
        )
        teller.expectWrong(
            try answer(
                teller,
                "MX:FGR",
                #"{"decision": "refusal", "ground": "x", "groundClass": "secret"}"#,
                about: question
            ),
            "groundClass is \"secret\": one of these is expected: not-held, legal-bar"
        )
        // An answer is nothing without the request that it is about.
        let alone = try teller.publish(
            "MX:FGR",
            to: "CO:PONAL",
            kind,
            #"{"decision": "refusal", "ground": "x"}"#,
            "--message",
            "answer"
        )
        teller.expectWrong(alone, "it needs a reference to what it is about")
        let sample = TestNetwork.checkout
            .appendingPathComponent("Config/samples/replies/answer.json").path
        _ = try teller.accepted(try answer(teller, "MX:FGR", sample, about: question))
    }

    private func answeredInPart(_ teller: Teller, _ question: String) throws -> String {
        teller.expectWrong(
            try answer(
                teller,
                "US:DEA",
                #"{"decision": "answer", "content": "x", "until": "2099-01-01T00:00:00Z"}"#,
                about: question
            ),
            "until is \"2099-01-01T00:00:00Z\": it is only there when decision is interim-answer."
        )
        return try teller.accepted(
            try answer(
                teller,
                "US:DEA",
                """
                {"decision": "interim-answer", "content": "The company exists.",
                 "until": "2098-12-01T00:00:00Z"}
                """,
                about: question
            )
        )
    }

    private func expectAnswers(
        _ teller: Teller,
        _ question: String,
        _ interim: String,
        _ final: String
    ) throws {
        let answers = try teller.received("CO:PONAL", 3)
        #expect(answers.inForms("decision") == ["refusal", "interim-answer", "answer"])
        #expect(answers.inForms("groundClass")[0] == "ongoing-investigation")
        #expect(answers.map { $0["from"] as? String } == ["MX:FGR", "US:DEA", "US:DEA"])
        #expect(answers.map { $0["alert"] as? String }.suffix(2) == [interim, final])
        let cited = answers.map { ($0["labels"] as? [String: Any])?["reference"] as? [String] }
        #expect(cited == [[question], [question], [question, interim]])
        // The two that were asked do not read each other's answers.
        let shown = try teller.received("MX:FGR", 1)
        #expect(shown.inLabels("message") == ["request"])
        #expect((shown[0]["labels"] as? [String: Any])?["handling"] as? [String] == ["H0", "H1"])
        let alerts = try teller.network.replay().filter { $0["type"] as? String == "alert" }
        #expect(alerts.count == 4)
    }
}
