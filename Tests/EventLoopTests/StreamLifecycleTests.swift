import EventLoop
import Synchronization
import TLSEngine
import TestKit
import Testing

/// The moments at which two things happen at once to a stream.
@Suite(.timeLimit(.minutes(1))) struct StreamLifecycleTests {
    @Test func pauseBeforeTheHandshakeDoesNotKeepTheLoopBusy() async throws {
        let server = try EchoServer()
        // Waits, since a caller may be accepted in the very round in which work arrives.
        _ = server.shards[0].waitForState { $0.greeting = Array("welcome".utf8) }
        let client = try TestClient(port: server.socket.address.port, isPaused: true)
        await client.journal.waitForReady()
        await server.journal.waitForReady()
        let start = try #require(
            client.thread.waitForState { _ in SystemClock.threadProcessorNanoseconds() }
        )
        // A loop that spins uses all of this time, an idle one next to nothing.
        try await Task.sleep(for: .milliseconds(400))
        let end = try #require(
            client.thread.waitForState { _ in SystemClock.threadProcessorNanoseconds() }
        )
        #expect(end - start < 50_000_000)
        #expect(client.journal.received.isEmpty)
        client.thread.execute { $0.stream?.setPaused(false) }
        await client.journal.waitForBytes(7)
        #expect(client.journal.received == Array("welcome".utf8))
        client.stop()
        server.stop()
    }

    @Test func bytesBeforeABrokenRecordAreDelivered() async throws {
        let server = try EchoServer()
        let session = try TLSSession(
            context: try .test(.client, TestCertificates.shared.station),
            serverName: "127.0.0.1"
        )
        let socket = try PlainSocket(port: server.socket.address.port)
        while try !session.handshake() {
            socket.send(outbound(of: session))
            let bytes = socket.receive()
            try #require(!bytes.isEmpty)
            unsafe try bytes.withUnsafeBytes { bytes in
                _ = unsafe try session.receive(bytes) { () throws(TLSError) in
                    try session.handshake()
                }
            }
        }
        unsafe try Array("last words".utf8).withUnsafeBytes { unsafe try session.write($0) }
        // One send, so that the server meets both in one read.
        socket.send(outbound(of: session) + [23, 3, 3, 0, 32] + [UInt8](repeating: 0, count: 32))
        let reason = await server.journal.waitForClose()
        guard case .tls? = reason else {
            Issue.record("\(String(describing: reason))")
            return
        }
        #expect(server.journal.received == Array("last words".utf8))
        socket.close()
        server.stop()
    }

    @Test(arguments: ["no-such-host.invalid", "127.0.0.1"])
    func loopThatEndsWhileAStreamDialsTellsIt(host: String) throws {
        let journal = Journal()
        let context = try TLSContext.test(.client, TestCertificates.shared.station)
        let thread = try LoopThread.start(name: "short-lived") { loop in
            let stream = SecureStream.connect(
                loop: loop,
                host: host,
                port: 1,
                context: context,
                events: .init(
                    onReady: { _ in },
                    onBytes: { _ in },
                    onClosed: { journal.append(.closed($0)) }
                )
            )
            // Before the first round, in which the name would be looked up.
            loop.stop()
            return stream
        }
        thread.join()
        #expect(journal.entries == [.closed(.loopEnded)])
    }

    private func outbound(of session: TLSSession) -> [UInt8] {
        var bytes: [UInt8] = []
        unsafe session.withOutbound { outbound in
            bytes = unsafe Array(outbound)
            return outbound.count
        }
        return bytes
    }
}
