import Foundation
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

    init(agencies: String = "CO:PONAL,MX:FGR,US:DEA,PE:DEVIDA") throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-\(UUID().uuidString)")
        let script = Self.checkout.appendingPathComponent("Certs/dev-network").path
        let made = try Self.run(
            "/bin/bash",
            [script, folder.path, "--agencies", agencies, "--port", "0"]
        )
        try #require(made.status == 0, "dev-network failed: \(made.error)")
    }

    deinit {
        if let broker, broker.isRunning {
            kill(broker.processIdentifier, SIGKILL)
            broker.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    var port: String {
        let file = folder.appendingPathComponent("broker/port")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func path(_ relative: String) -> String { folder.appendingPathComponent(relative).path }

    // MARK: - Broker

    /// Starts avisod and waits until it has said that it is ready.
    func start() throws {
        let process = Process()
        process.executableURL = Self.program("avisod")
        process.arguments = ["--config", path("broker/avisod.json5")]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        broker = process
        var text = ""
        // The pipe ends when avisod does, so that this cannot wait for ever.
        while !text.contains("\"ready\"") {
            let data = pipe.fileHandleForReading.availableData
            try #require(!data.isEmpty, "avisod ended: \(text)")
            text += String(decoding: data, as: UTF8.self)
        }
        pipe.fileHandleForReading.readabilityHandler = { handle in
            if handle.availableData.isEmpty { handle.readabilityHandler = nil }
        }
    }

    /// Ends avisod with a signal and waits for it.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) -> Int32 {
        guard let broker else { return -1 }
        kill(broker.processIdentifier, signal)
        broker.waitUntilExit()
        self.broker = nil
        return broker.terminationStatus
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

    static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        // Files, not pipes: a full pipe would hold the command up.
        let base = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-out-\(UUID().uuidString)")
        let paths = [base.path + ".out", base.path + ".err"]
        for path in paths { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        process.standardOutput = FileHandle(forWritingAtPath: paths[0])
        process.standardError = FileHandle(forWritingAtPath: paths[1])
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: String(
                decoding: FileManager.default.contents(atPath: paths[0]) ?? Data(),
                as: UTF8.self
            ),
            error: String(
                decoding: FileManager.default.contents(atPath: paths[1]) ?? Data(),
                as: UTF8.self
            )
        )
    }
}
