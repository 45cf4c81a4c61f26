package import Foundation

/// A Go program under `Tests/Interop`, which stands on packages that are not ours.
package enum GoProgram {
    /// A run that did not end well.
    package struct Failure: Error {
        /// What the program wrote to its standard error.
        package let message: String
    }

    /// Whether the test must fail, not be skipped, where Go is missing.
    package static let isRequired =
        ProcessInfo.processInfo.environment["AVISO_REQUIRE_INTEROP"] == "1"

    /// The path of `go`, if it is installed with the packages that the program needs.
    package static let go: String? = {
        let packages = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog"
        guard FileManager.default.fileExists(atPath: packages) else { return nil }
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return folders.split(separator: ":").map { "\($0)/go" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Whether the tests with such programs are to run.
    package static var isWanted: Bool { isRequired || go != nil }

    // Beside what Swift builds, since Go's library for HTTPS takes long to compile.
    private static let cache = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../.build/go-cache").standardizedFileURL.path

    /// Compiles a program.
    ///
    /// - Parameters:
    ///   - name: its folder under `Tests/Interop`.
    ///   - folder: where the result goes.
    /// - Returns: the program.
    /// - Throws: ``Failure`` with what the compiler says.
    package static func build(_ name: String, in folder: String) throws -> URL {
        guard let go else {
            throw Failure(message: "install golang-go and golang-golang-x-mod-dev")
        }
        let program = URL(fileURLWithPath: folder).appendingPathComponent("\(name)-check")
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Interop/\(name)/main.go").standardizedFileURL
        _ = try run(
            URL(fileURLWithPath: go),
            ["build", "-o", program.path, source.path],
            input: Data(),
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                "GOCACHE": cache,
            ]
        )
        return program
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: the program.
    ///   - arguments: its arguments.
    ///   - input: its standard input.
    ///   - environment: what is to differ from the test's own environment.
    /// - Returns: its standard output.
    /// - Throws: ``Failure`` unless it ends with 0.
    package static func run(
        _ program: URL,
        _ arguments: [String],
        input: Data = Data(),
        environment: [String: String] = [:]
    ) throws -> Data {
        // Through a file, since a pipe that nobody reads would stop the writer.
        let name = "aviso-interop-\(UUID().uuidString)"
        let inputFile = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try input.write(to: inputFile)
        defer { try? FileManager.default.removeItem(at: inputFile) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { _, ours in ours }
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let written = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(message: String(decoding: complaint, as: UTF8.self))
        }
        return written
    }
}
