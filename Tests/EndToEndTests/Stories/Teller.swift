import Foundation
import Testing

/// Publishes and reads as the officers of several agencies do, with `aviso` alone.
struct Teller {
    let network: TestNetwork
    let channel: String

    /// Writes a form of the story into a file.
    func form(_ text: String) throws -> String {
        let path = network.path("\(UUID().uuidString).json")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A sample of the repository with members of its top replaced.
    func sample(_ kind: String, _ changes: [String: String]) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: TestNetwork.sample(kind)))
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        for (name, value) in changes { object[name] = value }
        let text = try JSONSerialization.data(withJSONObject: object)
        return try form(String(decoding: text, as: UTF8.self))
    }

    /// Publishes a form; the file may be a path or the form itself.
    func publish(
        _ author: String,
        to recipients: String,
        _ kind: String,
        _ formOrFile: String,
        _ more: String...
    ) throws -> TestNetwork.Outcome {
        let file = formOrFile.hasPrefix("{") ? try form(formOrFile) : formOrFile
        return try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "--profile", profile(author), "publish", "--channel", channel, "--kind", kind,
                "--to", recipients, "--lang", "en", "--json", file,
            ] + more
        )
    }

    /// The identifier of an alert that was accepted.
    func accepted(_ outcome: TestNetwork.Outcome) throws -> String {
        try #require(outcome.status == 0, "\(outcome.error)")
        return try #require(outcome.objects.first?["alert"] as? String, "\(outcome.output)")
    }

    /// Expects that a form or its labels are refused before anything is sent (exit code 2).
    func expectWrong(_ outcome: TestNetwork.Outcome, _ words: String) {
        #expect(outcome.status == 2, "\(outcome.output)")
        #expect(outcome.error.contains(words), "\(outcome.error)")
    }

    /// Expects that the broker refuses, and that its log says so.
    func expectRefused(_ outcome: TestNetwork.Outcome, _ words: String) throws {
        #expect(outcome.status == 1, "\(outcome.output)")
        #expect(outcome.error.contains(words), "\(outcome.error)")
        #expect(try network.refusals().last?.text.contains(words) == true)
    }

    /// All that an agency has received, in order, with the forms.
    func received(_ agency: String, _ count: Int, _ more: String...) throws -> [[String: Any]] {
        let outcome = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "--profile", profile(agency), "subscribe", "--from", "0", "--count", "\(count)",
                "--json",
            ] + more
        )
        try #require(outcome.status == 0, "\(outcome.error)")
        return outcome.objects
    }

    /// What `aviso` prints for people: on a terminal, which is one of Python's pty.
    func shown(_ profile: String, _ arguments: String...) throws -> String {
        let script = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
        let outcome = try TestNetwork.run(
            "/usr/bin/env",
            [
                "timeout", "60", "python3", "-c", script, TestNetwork.program("aviso").path,
                "--profile", network.path(profile),
            ] + arguments
        )
        #expect(outcome.status == 0, "\(outcome.output)")
        return outcome.output
    }

    func profile(_ agency: String) -> String {
        network.path("agencies/\(agency.replacingOccurrences(of: ":", with: "-"))")
    }
}

extension [[String: Any]] {
    /// One member of the forms, in the order of the alerts.
    func inForms(_ name: String) -> [String] {
        map { ($0["form"] as? [String: Any])?[name] as? String ?? "" }
    }

    /// One label, in the order of the alerts.
    func inLabels(_ name: String) -> [String] {
        map { ($0["labels"] as? [String: Any])?[name] as? String ?? "" }
    }
}
