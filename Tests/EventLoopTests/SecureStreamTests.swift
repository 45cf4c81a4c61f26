import EventLoop
import TLSEngine
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct SecureStreamTests {
    @Test func echo() async throws {
        let server = try EchoServer()
        let client = try TestClient(port: server.socket.address.port)
        client.write(Array("before the handshake is complete".utf8))
        await client.journal.waitForBytes(32)
        #expect(client.journal.received == Array("before the handshake is complete".utf8))
        #expect(server.journal.entries.first == .ready([TestCertificates.stationURI]))
        client.close(flushing: true)
        #expect(await client.journal.waitForClose() == .closedHere)
        #expect(await server.journal.waitForClose() == .closedByPeer(inOrder: true))
        client.stop()
        server.stop()
    }

    @Test func greetingBeforeTheHandshake() async throws {
        let server = try EchoServer()
        // Waits, since a caller may be accepted in the very round in which work arrives.
        _ = server.shards[0].waitForState { $0.greeting = Array("welcome".utf8) }
        let client = try TestClient(port: server.socket.address.port)
        await client.journal.waitForBytes(7)
        #expect(client.journal.received == Array("welcome".utf8))
        client.stop()
        server.stop()
    }

    @Test func manyConnectionsOnTwoShards() async throws {
        let server = try EchoServer(shardCount: 2)
        let clients = try (0..<40).map { _ in
            try TestClient(port: server.socket.address.port)
        }
        for (number, client) in clients.enumerated() {
            client.write([UInt8](repeating: UInt8(number), count: 10_000))
        }
        for (number, client) in clients.enumerated() {
            await client.journal.waitForBytes(10_000)
            #expect(client.journal.received == [UInt8](repeating: UInt8(number), count: 10_000))
        }
        for client in clients { client.stop() }
        server.stop()
    }

    @Test func largeTransferIsFlushedBeforeTheClose() async throws {
        let server = try EchoServer()
        let client = try TestClient(port: server.socket.address.port)
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        await client.journal.waitForReady()
        client.write(bytes)
        client.close(flushing: true)
        await server.journal.waitForBytes(bytes.count)
        #expect(server.journal.received == bytes)
        client.stop()
        server.stop()
    }

    @Test func stoppedLoopReportsAndCloses() async throws {
        let server = try EchoServer()
        let client = try TestClient(port: server.socket.address.port)
        await client.journal.waitForReady()
        await server.journal.waitForReady()
        server.stop()
        #expect(server.journal.closeReason == .loopEnded)
        #expect(await client.journal.waitForClose() != nil)
        client.stop()
    }

    @Test func handshakeTimeout() async throws {
        var limits = SecureStream.Limits()
        limits.readyMilliseconds = 50
        let server = try EchoServer(limits: limits)
        let silent = try PlainSocket(port: server.socket.address.port)
        #expect(await server.journal.waitForClose() == .handshakeTimedOut)
        silent.close()
        server.stop()
    }

    @Test func halfOpenPeer() async throws {
        let server = try EchoServer()
        let peer = try PlainSocket(port: server.socket.address.port)
        peer.shutdownWriting()
        #expect(await server.journal.waitForClose() == .closedByPeer(inOrder: false))
        peer.close()
        server.stop()
    }

    @Test func plainTextIsRefusedWithAnAlert() async throws {
        let server = try EchoServer()
        let peer = try PlainSocket(port: server.socket.address.port)
        peer.send(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        #expect(await server.journal.waitForClose() == .tls(.notTLS))
        peer.close()
        server.stop()
    }

    @Test func clientOfAnotherAuthorityLearnsWhy() async throws {
        let server = try EchoServer()
        let client = try TestClient(
            port: server.socket.address.port,
            certificate: TestCertificates.shared.stationOfOtherAuthority
        )
        let subject = "CN=station-of-other-authority,O=Aviso Test"
        #expect(await server.journal.waitForClose() == .tls(.unknownAuthority(subject: subject)))
        #expect(
            await client.journal.waitForClose() == .tls(.refusedByPeer(alert: "unknown CA"))
        )
        client.stop()
        server.stop()
    }

    @Test func serverForAnotherNameIsRefused() async throws {
        let server = try EchoServer(certificate: TestCertificates.shared.serverElsewhere)
        let client = try TestClient(port: server.socket.address.port)
        #expect(
            await client.journal.waitForClose()
                == .tls(
                    .hostNameMismatch(
                        expected: "127.0.0.1",
                        subject: "CN=server-elsewhere,O=Aviso Test"
                    )
                )
        )
        client.stop()
        server.stop()
    }
}
