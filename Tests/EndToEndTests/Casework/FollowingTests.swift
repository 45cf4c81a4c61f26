import Foundation
import Glibc
import Testing

/// `aviso track --follow` outlives a broker that is away for a while.
@Suite struct FollowingTests {
    @Test func aBrokerThatIsAwayIsAskedAgain() throws {
        let network = try TestNetwork()
        try network.start()
        let alert = try network.accepted(
            TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        ).alert
        let tool = try RunningTool(network, "CO:PONAL", "track", alert, "--follow", "--json")
        try tool.line { $0["acknowledged"] == nil }
        // Over HTTPS there is somebody else for a while, who says nothing.
        let file = network.path("broker/https-port")
        let port = try String(contentsOfFile: file, encoding: .utf8)
        let away = try ClosingServer()
        try "\(away.port)\n".write(toFile: file, atomically: true, encoding: .utf8)
        try network.accepted(
            TestNetwork.Statement(
                author: "MX:FGR",
                recipients: "CO:PONAL",
                message: "acknowledgement",
                cited: alert,
                form: TestNetwork.ShortForm.note
            )
        )
        try away.waitForConnection()
        try port.write(toFile: file, atomically: true, encoding: .utf8)
        try tool.line { $0["acknowledged"] != nil }
    }
}

/// A server that closes each connection that comes.
private final class ClosingServer {
    let port: Int
    private let process = Process()
    private let lines: FileHandle

    init() throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            TestNetwork.checkout
                .appendingPathComponent("Tests/Interop/https/closing_server.py").path
        ]
        let output = Pipe()
        process.standardOutput = output
        lines = output.fileHandleForReading
        try process.run()
        port = try #require(Int(try Self.line(lines)))
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func waitForConnection() throws {
        let line = try Self.line(lines)
        #expect(line.hasPrefix("came"))
    }

    private static func line(_ lines: FileHandle) throws -> String {
        var text = ""
        while !text.hasSuffix("\n") {
            var poll = pollfd(fd: lines.fileDescriptor, events: Int16(POLLIN), revents: 0)
            try #require(unsafe Glibc.poll(&poll, 1, 30_000) == 1, "nothing within 30 s")
            let data = lines.availableData
            try #require(!data.isEmpty, "the server has ended")
            text += String(decoding: data, as: UTF8.self)
        }
        return text.trimmingCharacters(in: .newlines)
    }
}
