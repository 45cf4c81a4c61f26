import Foundation
import Glibc
import Testing

/// A running `aviso witness` with a state of its own.
final class WitnessProcess {
    let name: String
    /// Its verifier key.
    let key: String
    private let folder: URL
    /// The keys of the log that it trusts from its next start on.
    var logKeys: [String]
    private var process: Process?
    private var ended = DispatchSemaphore(value: 0)
    private(set) var port = ""

    init(_ name: String, in network: TestNetwork) throws {
        self.name = name
        folder = network.folder.appendingPathComponent("witness-\(name)")
        let state = folder.appendingPathComponent("state")
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        let made = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["keygen", folder.path]
        )
        try #require(made.status == 0, "\(made.error)")
        let printed = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "witness", "--origin", name, "--key", folder.path + "/signing.key", "--print-key",
            ]
        )
        try #require(printed.status == 0, "\(printed.error)")
        key = printed.output.trimmingCharacters(in: .whitespacesAndNewlines)
        logKeys = [try network.verifierKey]
        try start()
    }

    deinit { stop() }

    var url: String { "http://127.0.0.1:\(port)" }

    /// What it has said of itself.
    var words: String { text(folder.path + "/words") }

    /// The names of the files of evidence.
    var evidence: [String] {
        let path = folder.path + "/state/evidence"
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    func evidence(_ name: String) -> String { text(folder.path + "/state/evidence/" + name) }

    func start() throws {
        let portFile = folder.path + "/port"
        try? FileManager.default.removeItem(atPath: portFile)
        let words = folder.path + "/words"
        if !FileManager.default.fileExists(atPath: words) {
            _ = FileManager.default.createFile(atPath: words, contents: nil)
        }
        let output = try #require(FileHandle(forWritingAtPath: words))
        try output.seekToEnd()
        let process = Process()
        process.executableURL = TestNetwork.program("aviso")
        process.arguments = [
            "witness", "--listen", "127.0.0.1:\(port.isEmpty ? "0" : port)", "--origin", name,
            "--key", folder.path + "/signing.key", "--log-key", logKeys.joined(separator: ","),
            "--state", folder.path + "/state", "--port-file", portFile,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = output
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        self.process = process
        self.ended = ended
        try waitUntil("the witness serves") { self.text(portFile).hasSuffix("\n") }
        port = text(portFile).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Ends it at once, as a loss of power would.
    func stop() {
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        ended.wait()
        self.process = nil
    }

    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

/// Looks again and again until something holds; fails after its time.
func waitUntil(_ what: String, seconds: Double = 30, _ holds: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !holds() {
        try #require(ContinuousClock.now < end, "not within \(seconds) s: \(what)")
        usleep(50_000)
    }
}
