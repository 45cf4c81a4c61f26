import EventLoop
import Foundation
import Synchronization
import TLSEngine
import TestKit
import Testing

/// A server that sends without end, but never keeps more than its limit waiting.
private final class Source {
    static let pendingMax = 262_144
    var stream: SecureStream?
    var listener: Listener?
    var written = 0
    var pendingPeak = 0

    func fill() {
        guard let stream else { return }
        while stream.pendingByteCount < Self.pendingMax {
            stream.write([UInt8](repeating: UInt8(truncatingIfNeeded: written / 1000), count: 1000))
            written += 1000
        }
        pendingPeak = max(pendingPeak, stream.pendingByteCount)
    }

    static func start(_ socket: ListeningSocket) throws -> LoopThread<Source> {
        let context = try TLSContext.test(.server, TestCertificates.shared.server)
        return try LoopThread.start(name: "source") { loop in
            let source = Source()
            source.listener = try Listener(loop: loop, socket: socket, onShortage: { _ in }) {
                [unowned source] connection in
                source.stream = SecureStream(
                    loop: loop,
                    accepted: connection,
                    context: context,
                    events: .init(
                        onReady: { _ in source.fill() },
                        onBytes: { _ in },
                        onDrained: { source.fill() },
                        onClosed: { _ in source.stream = nil }
                    )
                )
            }
            return source
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct BackPressureTests {
    @Test func slowReaderCostsBoundedMemoryAndLosesNothing() async throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = try Source.start(socket)
        let client = try TestClient(port: socket.address.port)
        await client.journal.waitForReady()
        // From the answer on, not one more byte may be delivered.
        let received = try #require(
            client.thread.waitForState { state in
                state.stream?.setPaused(true)
                return client.journal.received.count
            }
        )
        // The sockets' buffers fill up; from then on nothing moves.
        // A busy machine may stop for a moment too: only the stream that holds bytes back is full.
        var written = (-1, 0)
        var stillCount = 0
        while stillCount < 10 {
            written.0 = written.1
            try await Task.sleep(for: .milliseconds(50))
            let state = try #require(
                server.waitForState { ($0.written, $0.stream?.pendingByteCount ?? 0) }
            )
            written.1 = state.0
            stillCount = written.0 == written.1 && state.1 > 0 ? stillCount + 1 : 0
        }
        let pending = server.waitForState { $0.stream?.pendingByteCount ?? 0 }
        #expect(try #require(pending) > 0)
        #expect(client.journal.received.count == received, "a paused stream delivers nothing")
        client.thread.execute { $0.stream?.setPaused(false) }
        await client.journal.waitForBytes(written.1 + 1_000_000)
        client.stop()
        let peak = server.waitForState { $0.pendingPeak }
        // The limit, one write beyond it and what encryption adds.
        #expect(try #require(peak) < Source.pendingMax + 10_000)
        server.stop()
        server.join()
        var expected = Data()
        let all = Data(client.journal.received)
        for number in 0...all.count / 1000 {
            expected.append(Data(repeating: UInt8(truncatingIfNeeded: number), count: 1000))
        }
        #expect(all == expected.prefix(all.count))
    }

    @Test func closeThatThePeerDoesNotReadEndsInTime() async throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let context = try TLSContext.test(.server, TestCertificates.shared.server)
        let journal = Journal()
        var limits = SecureStream.Limits()
        limits.closeMilliseconds = 100
        let server = try LoopThread.start(name: "closer") { [limits] loop in
            let source = Source()
            source.listener = try Listener(loop: loop, socket: socket, onShortage: { _ in }) {
                [unowned source] connection in
                source.stream = SecureStream(
                    loop: loop,
                    accepted: connection,
                    context: context,
                    limits: limits,
                    events: .init(
                        onReady: { _ in
                            source.stream?.write([UInt8](repeating: 1, count: 30_000_000))
                            source.stream?.close(flushing: true)
                        },
                        onBytes: { _ in },
                        onClosed: { journal.append(.closed($0)) }
                    )
                )
            }
            return source
        }
        // Paused from the start, or it could have taken everything before the pause.
        let client = try TestClient(port: socket.address.port, isPaused: true)
        #expect(await journal.waitForClose() == .closeTimedOut)
        client.stop()
        server.stop()
        server.join()
    }
}
