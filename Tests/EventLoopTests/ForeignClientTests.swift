import Dispatch
import EventLoop
import Foundation
import TLSEngine
import TestKit
import Testing

/// What OpenSSL's own client and server meet at the other end.
@Suite(.timeLimit(.minutes(1))) struct ForeignClientTests {
    private let certificates = TestCertificates.shared

    /// Runs `openssl s_client`, which sends `input` and ends, or without one waits for the end.
    private func client(port: UInt16, input: String?, _ arguments: [String]) throws -> String {
        let process = Process()
        let (standardInput, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments =
            ["s_client", "-connect", "127.0.0.1:\(port)", "-quiet", "-no_ign_eof"]
            + ["-CAfile", certificates.authority.certificate, "-verify_return_error"] + arguments
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = output
        try process.run()
        if let input {
            standardInput.fileHandleForWriting.write(Data(input.utf8))
            try standardInput.fileHandleForWriting.close()
        }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func withoutACertificate() async throws {
        let server = try EchoServer()
        let output = try client(port: server.socket.address.port, input: nil, [])
        #expect(await server.journal.waitForClose() == .tls(.noClientCertificate))
        #expect(output.contains("alert certificate required"), "\(output)")
        server.stop()
    }

    @Test func version12() async throws {
        let server = try EchoServer()
        let output = try client(port: server.socket.address.port, input: nil, ["-tls1_2"])
        #expect(await server.journal.waitForClose() == .tls(.protocolTooOld))
        #expect(output.contains("alert protocol version"), "\(output)")
        server.stop()
    }

    @Test func withTheCertificateOfAStation() async throws {
        let server = try EchoServer()
        let station = certificates.station
        _ = try client(
            port: server.socket.address.port,
            input: "hello",
            ["-cert", station.certificate, "-key", station.privateKey]
        )
        #expect(await server.journal.waitForClose() == .closedByPeer(inOrder: true))
        #expect(server.journal.received == Array("hello".utf8))
        server.stop()
    }
}
