import Alerts
import BrokerCore
import Dispatch
import EventLoop
import Glibc
import LogStore
import MQTTCodec
import Synchronization
import Testing

@testable import AvisoBroker

/// What a client sends behind a CONNECT whose session is still on its way.
@Suite struct ClaimPauseTests {
    private static let pingCount = 40_000

    @Test func whatFollowsAConnectWaitsWithTheClient() throws {
        let scene = try WorkerScene()
        let shared = scene.shared
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let thread = try LoopThread.start(name: "loop-0") { loop in
            let shard = Shard(
                loop: loop,
                number: 0,
                shared: shared,
                directory: Directory(),
                treeSize: shared.reader.treeSize,
                note: [],
                retained: []
            )
            try shard.listen(socket, isPlain: true)
            return shard
        }
        defer {
            thread.stop()
            thread.join()
        }
        // Another loop has the session, and is slow to hand it over.
        let key = SessionKey(
            station: try #require(StationIdentity.loopback),
            clientIdentifier: "desk"
        )
        shared.sessions.withLock { _ = $0.claim(key, by: .init(shard: 7, connection: 1)) }

        let client = try Client(port: socket.address.port)
        var bytes: [UInt8] = []
        PacketEncoder.encode(
            .connect(
                ConnectPacket(clientIdentifier: "desk", cleanStart: true, keepAliveSeconds: 60)
            ),
            into: &bytes
        )
        client.send(bytes)
        let end = ContinuousClock.now + .seconds(20)
        while try reasons(thread).isEmpty, ContinuousClock.now < end { sched_yield() }
        #expect(try reasons(thread) == .claim)
        var pings: [UInt8] = []
        for _ in 0..<Self.pingCount { PacketEncoder.encode(.pingReq, into: &pings) }
        client.send(pings)
        #expect(try reasons(thread) == .claim)

        thread.execute { $0.sessionGranted(connection: 1, key: key, session: nil) }
        var decoder = PacketDecoder(packetByteCountMax: 1 << 16)
        var answers: [ControlPacket] = []
        while answers.count <= Self.pingCount {
            let received = client.receive()
            try #require(!received.isEmpty, "the broker has ended the connection")
            decoder.append(received[...])
            while let packet = try decoder.next() { answers.append(packet) }
        }
        guard case .connAck(let connAck)? = answers.first else {
            Issue.record("\(answers[0])")
            return
        }
        #expect(connAck.reasonCode == .success)
        #expect(answers.dropFirst().allSatisfy { $0 == .pingResp })
        #expect(try reasons(thread) == [])
    }

    // Why the one connection is not read from; nothing before it was accepted.
    private func reasons(_ thread: LoopThread<Shard>) throws -> ReadingPause.Reasons {
        let reasons = Mutex<ReadingPause.Reasons>([])
        let isDone = DispatchSemaphore(value: 0)
        thread.execute { shard in
            reasons.withLock { $0 = shard.connections[1]?.pause.reasons ?? [] }
            isDone.signal()
        }
        isDone.wait()
        return reasons.withLock { $0 }
    }

    /// A client on the loopback address.
    private final class Client {
        private let descriptor: Int32

        init(port: UInt16) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let code = unsafe withUnsafePointer(to: address) { address in
                unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(code == 0, "connect: error \(errno)")
        }

        deinit { _ = close(descriptor) }

        func send(_ bytes: [UInt8]) {
            let count = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            #expect(count == bytes.count)
        }

        func receive() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
            return Array(bytes.prefix(max(0, count)))
        }
    }
}
