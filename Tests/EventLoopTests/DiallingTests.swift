import EventLoop
import TLSEngine
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct DiallingTests {
    /// A port of 127.0.0.1 where nothing listens.
    private func freePort() throws -> UInt16 {
        try ListeningSocket(host: "127.0.0.1", port: 0).address.port
    }

    @Test func refused() async throws {
        let port = try freePort()
        let client = try TestClient(port: port)
        #expect(
            await client.journal.waitForClose()
                == .network(.refused(SocketAddress(host: "127.0.0.1", port: port)))
        )
        client.stop()
    }

    @Test func nameNotResolved() async throws {
        let client = try TestClient(host: "no-such-host.invalid", port: 1)
        guard
            case .network(.nameNotResolved(let host, let reason))? =
                await client.journal.waitForClose()
        else {
            Issue.record("\(client.journal.entries)")
            return
        }
        #expect(host == "no-such-host.invalid")
        #expect(!reason.isEmpty)
        client.stop()
    }

    @Test func byName() async throws {
        let server = try EchoServer()
        let client = try TestClient(host: "localhost", port: server.socket.address.port)
        client.write([1])
        await client.journal.waitForBytes(1)
        client.stop()
        server.stop()
    }

    @Test func serverThatNeverAnswers() async throws {
        let silent = try ListeningSocket(host: "127.0.0.1", port: 0)
        var limits = SecureStream.Limits()
        limits.readyMilliseconds = 50
        let client = try TestClient(port: silent.address.port, limits: limits)
        #expect(await client.journal.waitForClose() == .handshakeTimedOut)
        client.stop()
    }

    @Test func closedBeforeItIsConnected() async throws {
        let silent = try ListeningSocket(host: "127.0.0.1", port: 0)
        let client = try TestClient(port: silent.address.port)
        client.close(flushing: true)
        #expect(await client.journal.waitForClose() == .closedHere)
        #expect(client.journal.entries == [.closed(.closedHere)])
        client.stop()
    }

    @Test func addressInUse() throws {
        let first = try ListeningSocket(host: "127.0.0.1", port: 0)
        do throws(NetworkError) {
            _ = try ListeningSocket(host: "127.0.0.1", port: first.address.port)
            Issue.record("two sockets listen at one address")
        } catch {
            #expect(
                error.message
                    == "\(first.address) cannot be listened on: bind failed: "
                    + "Address already in use (98)."
            )
        }
    }

    @Test func version6() async throws {
        let socket = try ListeningSocket(host: "::1", port: 0)
        #expect(socket.address.description == "[::1]:\(socket.address.port)")
    }
}
