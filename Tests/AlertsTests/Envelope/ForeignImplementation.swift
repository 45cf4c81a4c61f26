import Foundation

/// The program `Tests/Interop/cose/alerts.py`, which does with Python's `cwt` what Aviso does.
enum ForeignImplementation {
    struct Failure: Error {
        let output: String
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static let interpreter = environment["AVISO_PYTHON"] ?? "python3"
    private static let program = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Interop/cose/alerts.py")

    /// Whether the tests with it are to run: where it is there, and where it has to be.
    static let isWanted = environment["AVISO_REQUIRE_INTEROP"] == "1" || isThere

    private static var isThere: Bool {
        do {
            try run(["check"])
            return true
        } catch {
            return false
        }
    }

    /// Runs one command with `given`, and returns its result.
    static func call<Result: Decodable>(
        _ command: String,
        _ given: some Encodable,
        as result: Result.Type
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-interop-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("in.json")
        let target = folder.appendingPathComponent("out.json")
        try JSONEncoder().encode(given).write(to: source)
        try run([command, source.path, target.path])
        return try JSONDecoder().decode(result, from: Data(contentsOf: target))
    }

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [interpreter, program.path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(output: String(decoding: text, as: UTF8.self))
        }
    }
}
