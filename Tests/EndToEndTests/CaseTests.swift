import Foundation
import Testing

/// What agencies say about each other's alerts, checked by the broker against its log.
///
/// The authors' own programs check only a form: whom an alert involves is known to the log.
@Suite struct CaseTests {
    /// One statement of a case.
    private struct Statement {
        let author: String
        let recipients: String
        let message: String
        var cited: String?
        var form: String?
        var more: [String] = []
    }

    private func publish(
        _ statement: Statement,
        _ network: TestNetwork
    ) throws -> TestNetwork.Outcome {
        var file = TestNetwork.sample("diversion-incident")
        if let form = statement.form {
            file = network.path("\(UUID().uuidString).json")
            try Data(form.utf8).write(to: URL(fileURLWithPath: file))
        }
        let profile = statement.author.replacingOccurrences(of: ":", with: "-")
        return try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "--profile", network.path("agencies/\(profile)"), "publish", "--channel",
                "chemical-diversion", "--kind", "diversion-incident", "--to",
                statement.recipients, "--message", statement.message, "--json", file,
            ] + (statement.cited.map { ["--reference", $0] } ?? []) + statement.more
        )
    }

    @Test func anIncidentIsAskedAboutAnsweredAndCancelled() throws {
        let network = try TestNetwork()
        try network.start()
        let (author, reader) = ("CO:PONAL", "MX:FGR")
        func accepted(_ statement: Statement) throws -> String {
            let outcome = try publish(statement, network)
            return try #require(outcome.objects.first?["alert"] as? String, "\(outcome.error)")
        }
        func refused(_ statement: Statement, _ reason: Int, _ words: String) throws {
            let outcome = try publish(statement, network)
            #expect(outcome.status == 1, "\(outcome.error)")
            #expect(outcome.error.contains(words), "\(outcome.error)")
            let entry = try network.refusals().last
            #expect(entry?.reason == UInt8(reason))
            #expect(entry?.text.contains(words) == true)
        }
        let question = try accepted(
            Statement(
                author: author,
                recipients: reader,
                message: "request",
                more: ["--reply-by", "2099-01-01T00:00:00Z"]
            )
        )
        let note = #"{"note": "seen"}"#
        let answer = #"{"decision": "answer", "content": "The drums were ours."}"#
        let end = #"{"reason": "The drums were found."}"#
        // Who asked is not asked.
        try refused(
            Statement(
                author: author,
                recipients: reader,
                message: "answer",
                cited: question,
                form: answer
            ),
            0x87,
            "is not among those whom \(question) asks"
        )
        for (message, form) in [("acknowledgement", note), ("answer", answer)] {
            _ = try accepted(
                Statement(
                    author: reader,
                    recipients: author,
                    message: message,
                    cited: question,
                    form: form
                )
            )
        }
        let cancel = Statement(
            author: reader,
            recipients: author,
            message: "cancel",
            cited: question,
            form: end
        )
        try refused(cancel, 0x87, "only its author, CO:PONAL,")
        // The log tells it to the broker again after a start.
        #expect(network.stop() == 0)
        try network.start()
        try refused(cancel, 0x87, "only its author, CO:PONAL,")
        try refused(
            Statement(
                author: author,
                recipients: reader,
                message: "alert",
                cited: "urn:uuid:01990000-0000-7000-8000-000000000001"
            ),
            0x99,
            "which no alert of this log is"
        )
        _ = try accepted(
            Statement(
                author: author,
                recipients: reader,
                message: "cancel",
                cited: question,
                form: end
            )
        )
    }
}
