import Foundation
import Glibc
import Testing

/// A server with the broker's certificate that answers every GET with whatever a test wants.
final class FalseServer {
    let port: Int
    private let process = Process()

    init(_ network: TestNetwork, answering body: String) throws {
        let file = network.path("false-\(UUID().uuidString)")
        try Data(body.utf8).write(to: URL(fileURLWithPath: file))
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            TestNetwork.checkout.appendingPathComponent("Tests/Interop/https/false_server.py").path,
            network.path("broker/tls.pem"), network.path("broker/tls.key"), file,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let reader = output.fileHandleForReading
        var poll = pollfd(fd: reader.fileDescriptor, events: Int16(POLLIN), revents: 0)
        let count = unsafe Glibc.poll(&poll, 1, 30_000)
        let line = String(
            decoding: count == 1 ? reader.availableData : Data(),
            as: UTF8.self
        )
        guard let port = Int(line.trimmingCharacters(in: .newlines)) else {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            throw Failure()
        }
        self.port = port
    }

    /// It did not listen.
    struct Failure: Error {}

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

extension TestNetwork {
    /// Has a member ask a false server over HTTPS.
    func mislead(_ profile: String, to server: FalseServer) throws {
        try edit("\(profile)/profile.json5") { text in
            let key = try #require(text.range(of: "https: {"))
            let end = try #require(text.range(of: "}", range: key.upperBound..<text.endIndex))
            text.replaceSubrange(
                key.lowerBound..<end.upperBound,
                with: "https: { host: \"localhost\", port: \(server.port) }"
            )
        }
    }
}
