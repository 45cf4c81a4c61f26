import Alerts
import Foundation
import Glibc
import Testing

/// Statements about statements, published as agencies do.
extension TestNetwork {
    /// One statement of a story.
    struct Statement {
        var author: String
        var recipients: String
        var message = "alert"
        var cited: String?
        var form: String?
        var kind = "diversion-incident"
        var more: [String] = []
    }

    /// The forms of short statements.
    enum ShortForm {
        static let note = #"{"note": "seen"}"#
        static let answer = #"{"decision": "answer", "content": "The drums were ours."}"#
        static let end = #"{"reason": "The drums were found."}"#
    }

    /// The folder of an agency's profile.
    static func profile(_ agency: String) -> String {
        "agencies/" + agency.replacingOccurrences(of: ":", with: "-")
    }

    /// Runs `aviso` with the profile of an agency.
    func tool(_ agency: String, _ arguments: [String]) throws -> Outcome {
        try Self.run(
            Self.program("aviso").path,
            ["--profile", path(Self.profile(agency))] + arguments
        )
    }

    /// Publishes a statement.
    func publish(_ statement: Statement) throws -> Outcome {
        var file = Self.sample(statement.kind)
        if let form = statement.form {
            file = path("\(UUID().uuidString).json")
            try Data(form.utf8).write(to: URL(fileURLWithPath: file))
        }
        let kind = try #require(AlertKind(rawValue: statement.kind))
        return try tool(
            statement.author,
            [
                "publish", "--channel", "\(kind.channel)", "--kind", statement.kind, "--to",
                statement.recipients, "--message", statement.message, "--json", file,
            ] + (statement.cited.map { ["--reference", $0] } ?? []) + statement.more
        )
    }

    /// What an agency receives from the beginning of the log on.
    func received(by agency: String, count: Int, _ more: [String] = []) throws -> Outcome {
        try tool(agency, ["subscribe", "--from", "0", "--count", "\(count)", "--json"] + more)
    }

    /// Publishes a statement that is accepted.
    ///
    /// - Returns: its identifier and its index.
    @discardableResult
    func accepted(_ statement: Statement) throws -> (alert: String, index: Int) {
        let outcome = try publish(statement)
        let object = try #require(outcome.objects.first, "\(outcome.error)")
        return (
            try #require(object["alert"] as? String), try #require(object["index"] as? Int)
        )
    }
}

/// `aviso` while it runs, read line by line.
final class RunningTool {
    private let process = Process()
    private let output: FileHandle
    private let ended = DispatchSemaphore(value: 0)
    private var text = ""

    init(_ network: TestNetwork, _ agency: String, _ arguments: String...) throws {
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        process.executableURL = TestNetwork.program("aviso")
        process.arguments =
            ["--profile", network.path(TestNetwork.profile(agency))] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? output.close()
    }

    /// Reads on to the first JSON line that is wanted, for 30 s at most.
    @discardableResult
    func line(_ isWanted: ([String: Any]) -> Bool) throws -> [String: Any] {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            while let feed = text.firstIndex(of: "\n") {
                let line = text[..<feed]
                text = String(text[text.index(after: feed)...])
                let object =
                    (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
                if let object, isWanted(object) { return object }
            }
            let left = max(0, (end - .now) / .milliseconds(1))
            var poll = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
            let count = unsafe Glibc.poll(&poll, 1, Int32(left))
            try #require(count == 1, "the line did not come within 30 s")
            let data = output.availableData
            try #require(!data.isEmpty, "aviso ended before the line came")
            text += String(decoding: data, as: UTF8.self)
        }
    }

    /// Waits for its end, for 30 s at most.
    func status() throws -> Int32 {
        try #require(ended.wait(timeout: .now() + 30) == .success, "aviso did not end")
        return process.terminationStatus
    }
}
