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

    private func accepted(_ statement: Statement, _ network: TestNetwork) throws -> String {
        let outcome = try publish(statement, network)
        return try #require(outcome.objects.first?["alert"] as? String, "\(outcome.error)")
    }

    private func refused(
        _ statement: Statement,
        _ network: TestNetwork,
        _ reason: UInt8,
        _ words: String
    ) throws {
        let outcome = try publish(statement, network)
        #expect(outcome.status == 1, "\(outcome.error)")
        #expect(outcome.error.contains(words), "\(outcome.error)")
        let entry = try network.refusals().last
        #expect(entry?.reason == reason)
        #expect(entry?.text.contains(words) == true)
    }

    private static let note = #"{"note": "seen"}"#
    private static let answer = #"{"decision": "answer", "content": "The drums were ours."}"#
    private static let end = #"{"reason": "The drums were found."}"#

    // A statement of one of the two agencies to the other.
    private func made(
        by author: String,
        _ message: String,
        _ cited: String?,
        _ form: String? = nil
    ) -> Statement {
        Statement(
            author: author,
            recipients: author == "CO:PONAL" ? "MX:FGR" : "CO:PONAL",
            message: message,
            cited: cited,
            form: form,
            more: message == "request" ? ["--reply-by", "2099-01-01T00:00:00Z"] : []
        )
    }

    @Test func anIncidentIsAskedAboutAnsweredAndCancelled() throws {
        let network = try TestNetwork()
        try network.start()
        let (author, reader) = ("CO:PONAL", "MX:FGR")
        let question = try accepted(made(by: author, "request", nil), network)
        // Who asked is not asked.
        let own = made(by: author, "answer", question, Self.answer)
        try refused(own, network, 0x87, "is not among those whom \(question) asks")
        _ = try accepted(made(by: reader, "acknowledgement", question, Self.note), network)
        _ = try accepted(made(by: reader, "answer", question, Self.answer), network)
        let foreign = made(by: reader, "cancel", question, Self.end)
        try refused(foreign, network, 0x87, "only its author, CO:PONAL,")
        // The log tells it to the broker again after a start.
        #expect(network.stop() == 0)
        try network.start()
        try refused(foreign, network, 0x87, "only its author, CO:PONAL,")
        let nowhere = "urn:uuid:01990000-0000-7000-8000-000000000001"
        let lost = made(by: author, "alert", nowhere)
        try refused(lost, network, 0x99, "which no alert of this log is")
        _ = try accepted(made(by: author, "cancel", question, Self.end), network)
    }
}
