import EventLoop
import Synchronization
import TLSEngine
import TestKit

/// What happened to one stream, in the order it happened; shared with the test's thread.
final class Journal: Sendable {
    enum Entry: Equatable, Sendable {
        case ready([String])
        case bytes(Int)
        case closed(StreamCloseReason)
    }

    private struct State {
        var entries: [Entry] = []
        var received: [UInt8] = []
        var waiters:
            [(isMet: @Sendable ([Entry], [UInt8]) -> Bool, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var entries: [Entry] { state.withLock { $0.entries } }
    var received: [UInt8] { state.withLock { $0.received } }

    var closeReason: StreamCloseReason? {
        for case .closed(let reason) in entries { return reason }
        return nil
    }

    func append(_ entry: Entry, _ bytes: some Collection<UInt8> = []) {
        let met = state.withLock { state in
            state.entries.append(entry)
            state.received += bytes
            let (entries, received) = (state.entries, state.received)
            let met = state.waiters.filter { $0.isMet(entries, received) }
            state.waiters.removeAll { $0.isMet(entries, received) }
            return met.map(\.1)
        }
        for waiter in met { waiter.resume() }
    }

    /// Waits until the entries and bytes are as wanted.
    func wait(_ isMet: @escaping @Sendable ([Entry], [UInt8]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if isMet(state.entries, state.received) { return true }
                state.waiters.append((isMet, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    func waitForClose() async -> StreamCloseReason? {
        await wait { entries, _ in
            entries.contains { if case .closed = $0 { true } else { false } }
        }
        return closeReason
    }

    func waitForBytes(_ count: Int) async {
        await wait { _, received in received.count >= count }
    }

    func waitForReady() async {
        await wait { entries, _ in
            entries.contains { if case .ready = $0 { true } else { false } }
        }
    }
}

/// A shard of a server that sends back what it gets.
final class EchoShard {
    let loop: Loop
    let journal: Journal
    var listener: Listener?
    /// What is written to each stream before its handshake.
    var greeting: [UInt8]?
    var streams: [ObjectIdentifier: SecureStream] = [:]

    init(loop: Loop, journal: Journal) {
        self.loop = loop
        self.journal = journal
    }

    func listen(
        _ socket: ListeningSocket,
        _ context: TLSContext,
        _ limits: SecureStream.Limits
    ) throws {
        listener = try Listener(loop: loop, socket: socket, onShortage: { _ in }) {
            [unowned self] connection in
            accept(connection, context, limits)
        }
    }

    private func accept(
        _ connection: consuming AcceptedConnection,
        _ context: TLSContext,
        _ limits: SecureStream.Limits
    ) {
        var made: SecureStream?
        let stream = SecureStream(
            loop: loop,
            accepted: connection,
            context: context,
            limits: limits,
            events: .init(
                onReady: { [journal] in journal.append(.ready($0?.uriNames ?? [])) },
                onBytes: { [journal] bytes in
                    journal.append(.bytes(bytes.count), bytes)
                    made?.write(bytes)
                },
                onClosed: { [unowned self] reason in
                    if let stream = made { streams[ObjectIdentifier(stream)] = nil }
                    made = nil
                    journal.append(.closed(reason))
                }
            )
        )
        made = stream
        if let greeting { stream.write(greeting) }
        streams[ObjectIdentifier(stream)] = stream
    }
}

/// One or more echo shards on a free port of 127.0.0.1.
struct EchoServer {
    let socket: ListeningSocket
    let shards: [LoopThread<EchoShard>]
    let journal = Journal()

    init(
        shardCount: Int = 1,
        limits: SecureStream.Limits = .init(),
        certificate: TestCertificates.Pair = TestCertificates.shared.server
    ) throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let context = try TLSContext.test(.server, certificate)
        let journal = journal
        self.socket = socket
        shards = try (0..<shardCount).map { number in
            try LoopThread.start(name: "echo-\(number)") { loop in
                let shard = EchoShard(loop: loop, journal: journal)
                try shard.listen(socket, context, limits)
                return shard
            }
        }
    }

    func stop() {
        for shard in shards { shard.stop() }
        for shard in shards { shard.join() }
    }
}

/// One client stream on a thread of its own.
struct TestClient {
    final class State {
        var stream: SecureStream?
    }

    let journal = Journal()
    let thread: LoopThread<State>

    init(
        host: String = "127.0.0.1",
        port: UInt16,
        serverName: String? = nil,
        certificate: TestCertificates.Pair = TestCertificates.shared.station,
        limits: SecureStream.Limits = .init(),
        isPaused: Bool = false
    ) throws {
        let journal = journal
        let context = try TLSContext.test(.client, certificate)
        thread = try LoopThread.start(name: "client") { loop in
            let state = State()
            state.stream = SecureStream.connect(
                loop: loop,
                host: host,
                port: port,
                serverName: serverName,
                context: context,
                limits: limits,
                events: .init(
                    onReady: { _ in journal.append(.ready([])) },
                    onBytes: { journal.append(.bytes($0.count), $0) },
                    onClosed: { journal.append(.closed($0)) }
                )
            )
            state.stream?.setPaused(isPaused)
            return state
        }
    }

    func write(_ bytes: [UInt8]) {
        thread.execute { $0.stream?.write(bytes) }
    }

    func close(flushing: Bool) {
        thread.execute { $0.stream?.close(flushing: flushing) }
    }

    func stop() {
        thread.stop()
        thread.join()
    }
}

extension TLSContext {
    static func test(
        _ role: Role,
        _ pair: TestCertificates.Pair
    ) throws(TLSError) -> TLSContext {
        try TLSContext(
            role: role,
            files: TLSIdentityFiles(
                certificate: pair.certificate,
                privateKey: pair.privateKey,
                authority: TestCertificates.shared.authority.certificate
            )
        )
    }
}
