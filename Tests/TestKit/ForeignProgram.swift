import Foundation

/// A program under `Tests/Interop` that does by itself what Aviso does, over files of JSON.
package struct ForeignProgram: Sendable {
    /// A run that did not end well, with all that the program said.
    package struct Failure: Error {
        /// What the program wrote.
        package let output: String
    }

    private let arguments: [String]

    /// A program under `Tests/Interop` in Python, with the packages of `Tests/requirements.txt`.
    package static func python(_ path: String) -> ForeignProgram {
        let interpreter = ProcessInfo.processInfo.environment["AVISO_PYTHON"] ?? "python3"
        return ForeignProgram(arguments: [interpreter, location(of: path)])
    }

    private static func location(of path: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Interop").appendingPathComponent(path).path
    }

    /// Whether the tests with it are to run: where it can run `probe`, and where it has to.
    package func isWanted(probe: [String]) -> Bool {
        if ProcessInfo.processInfo.environment["AVISO_REQUIRE_INTEROP"] == "1" { return true }
        do {
            try run(probe)
            return true
        } catch {
            return false
        }
    }

    /// Runs one command with `given`, and returns its result.
    package func call<Result: Decodable>(
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

    private func run(_ more: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments + more
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
