import Foundation
import Glibc
import Testing

/// A network in a temporary folder with a running avisod, driven as its users drive it.
final class TestNetwork {
    /// What a command printed and returned.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String

        /// The JSON objects of the output, one per line.
        var objects: [[String: Any]] {
            output.split(separator: "\n").compactMap {
                (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
            }
        }
    }

    static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    let folder: URL
    private(set) var broker: Process?
    /// What avisod has said of itself from its last start to being ready.
    private(set) var startLines = ""
    /// What it has said since.
    var laterLines: String { String(lines?.text.dropFirst(startLines.count) ?? "") }
    private var lines: ProgramLines?

    // Signalled when avisod has ended.
    private var brokerEnded = DispatchSemaphore(value: 0)

    /// Makes a network whose broker has not been started.
    ///
    /// - Parameters:
    ///   - agencies: its agencies.
    ///   - limits: the broker's limits that differ from their defaults.
    /// - Throws: when it cannot be made.
    init(
        agencies: String = "CO:PONAL,MX:FGR,US:DEA,PE:DEVIDA",
        limits: [String: Int] = [:]
    ) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-\(UUID().uuidString)")
        let script = Self.checkout.appendingPathComponent("Certs/dev-network").path
        let made = try Self.run(
            "/bin/bash",
            [script, folder.path, "--agencies", agencies, "--port", "0"]
        )
        try #require(made.status == 0, "dev-network failed: \(made.error)")
        guard !limits.isEmpty else { return }
        let lines = limits.map { "    \($0.key): \($0.value),\n" }.sorted().joined()
        try edit("broker/avisod.json5") { text in
            let end = try #require(text.lastIndex(of: "}"))
            text.insert(contentsOf: "  limits: {\n\(lines)  },\n", at: end)
        }
    }

    deinit {
        if let broker, broker.isRunning {
            kill(broker.processIdentifier, SIGKILL)
            brokerEnded.wait()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    var port: String {
        let file = folder.appendingPathComponent("broker/port")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func path(_ relative: String) -> String { folder.appendingPathComponent(relative).path }

    // MARK: - Configuration

    /// Changes a file of the network.
    func edit(_ relative: String, _ change: (inout String) throws -> Void) throws {
        var text = try String(contentsOfFile: path(relative), encoding: .utf8)
        try change(&text)
        try text.write(toFile: path(relative), atomically: true, encoding: .utf8)
    }

    /// Gives a member other channels in the directory, which the broker reads when it starts.
    func permit(_ member: String, _ action: String, _ channels: [String]) throws {
        try edit("directory.json5") { text in
            let record = try #require(text.range(of: "id: \"\(member)\""))
            let key = try #require(
                text.range(of: "\(action): [", range: record.upperBound..<text.endIndex)
            )
            let end = try #require(text[key.upperBound...].firstIndex(of: "]"))
            let list = channels.map { "\"\($0)\"" }.joined(separator: ", ")
            text.replaceSubrange(key.upperBound..<end, with: list)
        }
    }

    // MARK: - Broker

    /// Starts avisod and waits until it has said that it is ready.
    ///
    /// - Parameters:
    ///   - fileByteCountMax: how large its files may become; nil for no bound.
    ///   - environment: variables beside those of the test.
    /// - Throws: when it is not ready in time.
    func start(fileByteCountMax: Int? = nil, environment: [String: String] = [:]) throws {
        let process = Process()
        if !environment.isEmpty {
            process.environment = ProcessInfo.processInfo.environment
                .merging(environment) { $1 }
        }
        let program = Self.program("avisod")
        let arguments = ["--config", path("broker/avisod.json5")]
        if let fileByteCountMax {
            // With the signal ignored a write beyond the bound fails, as on a full disk.
            let script = "trap '' XFSZ; ulimit -f \(fileByteCountMax / 1024); exec \"$@\""
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", script, "bash", program.path] + arguments
        } else {
            process.executableURL = program
            process.arguments = arguments
        }
        let pipe = Pipe()
        process.standardError = pipe
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        broker = process
        brokerEnded = ended
        let lines = ProgramLines(pipe.fileHandleForReading)
        self.lines = lines
        let isReady = lines.wait(for: "\"ready\"", seconds: 30)
        try #require(isReady, "avisod has ended, or was not ready within 30 s: \(lines.text)")
        startLines = lines.text
    }

    /// Ends avisod with a signal and waits for it, 30 s at most.
    ///
    /// - Returns: its exit status or the number of the signal that ended it.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) -> Int32 {
        guard let broker else { return -1 }
        kill(broker.processIdentifier, signal)
        if brokerEnded.wait(timeout: .now() + 30) == .timedOut {
            Issue.record("avisod did not end within 30 s of signal \(signal)")
            kill(broker.processIdentifier, SIGKILL)
            brokerEnded.wait()
        }
        self.broker = nil
        return broker.terminationStatus
    }

    /// Sends avisod a signal that does not end it.
    func signal(_ signal: Int32) {
        if let broker { kill(broker.processIdentifier, signal) }
    }

    // MARK: - Commands

    /// Runs `aviso` with the profile of a member.
    func aviso(_ profile: String, _ arguments: String...) throws -> Outcome {
        try Self.run(
            Self.program("aviso").path,
            ["--profile", path(profile)] + arguments
        )
    }

    /// Runs a client that is not ours, with the certificate of an agency.
    func mosquitto(
        _ program: String,
        as agency: String,
        _ arguments: String...
    ) throws -> Outcome {
        try Self.run(
            "/usr/bin/" + program,
            [
                "-V", "5", "-h", "localhost", "-p", port, "--cafile", path("ca.pem"),
                "--cert", path("agencies/\(agency)/tls.pem"),
                "--key", path("agencies/\(agency)/tls.key"),
            ] + arguments
        )
    }

    /// What the auditor reads, verified.
    func replay() throws -> [[String: Any]] {
        let outcome = try aviso("auditor", "replay", "--from", "0", "--verify", "--json")
        try #require(outcome.status == 0, "replay: \(outcome.error)")
        return outcome.objects
    }

    static func sample(_ name: String) -> String {
        checkout.appendingPathComponent("Config/samples/\(name).json").path
    }

    static func program(_ name: String) -> URL {
        let release = checkout.appendingPathComponent(".build/release/\(name)")
        return FileManager.default.isExecutableFile(atPath: release.path)
            ? release : checkout.appendingPathComponent(".build/debug/\(name)")
    }

    /// Runs a command to its end, or kills it and fails when it takes longer than it may.
    static func run(
        _ program: String,
        _ arguments: [String],
        seconds: Double = 60
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        // What is expected of messages is English, whatever this machine speaks.
        process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
        // Files, not pipes: a full pipe would hold the command up.
        let base = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-out-\(UUID().uuidString)")
        let paths = [base.path + ".out", base.path + ".err"]
        for path in paths { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        let files = try paths.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
        // Foundation keeps a Process, and with it the files, long after it has ended.
        defer { for file in files { try? file.close() } }
        process.standardOutput = files[0]
        process.standardError = files[1]
        process.standardInput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        let isLate = ended.wait(timeout: .now() + seconds) == .timedOut
        if isLate {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        let texts = paths.map { path in
            String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        let command = ([program] + arguments).joined(separator: " ")
        try #require(
            !isLate,
            "\(command) took more than \(seconds) s; it printed: \(texts.joined(separator: "\n"))"
        )
        return Outcome(status: process.terminationStatus, output: texts[0], error: texts[1])
    }
}
