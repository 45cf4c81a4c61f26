import EventLoop
import Synchronization
import TLSEngine

/// One loop sends the same alerts to 50 receivers on another loop.
///
/// Expected: per delivery one encryption of 1.2 KiB (0.5 us with AES-GCM) and the share of a send
/// of up to 16 KiB, so that the cost falls with the number of alerts that one round brings.
enum TLSDelivery {
    static let receiverCount = 50
    static let alertByteCount = 1200

    static func measure() throws -> [Measurement] {
        let network = try BenchNetwork()
        return try [1, 4, 16].map { alertsPerRound in
            let cost = try nanosecondsPerDelivery(network, alertsPerRound: alertsPerRound)
            return Measurement(
                what: "processor time per delivery, \(alertsPerRound) alerts per round",
                value: cost / 1000,
                unit: "us"
            )
        }
    }

    private static func nanosecondsPerDelivery(
        _ network: borrowing BenchNetwork,
        alertsPerRound: Int
    ) throws -> Double {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let context = try network.serverContext()
        let done = Completion()
        let server = try LoopThread.start(name: "sender") { loop in
            try Sender(loop, socket, context, alertsPerRound: alertsPerRound, done)
        }
        let clientContext = try network.clientContext()
        let port = socket.address.port
        let client = try LoopThread.start(name: "receivers") { loop in
            (0..<receiverCount).map { _ in
                SecureStream.connect(
                    loop: loop,
                    host: "127.0.0.1",
                    port: port,
                    context: clientContext,
                    events: .init(
                        onReady: { _ in },
                        onBytes: { _ in },
                        onClosed: { reason in
                            if reason != .loopEnded { done.fail(reason.message) }
                        }
                    )
                )
            }
        }
        defer {
            client.stop()
            client.join()
            server.stop()
            server.join()
        }
        return try done.wait()
    }
}

/// Sends rounds of alerts to all receivers, as fast as the slowest takes them.
private final class Sender {
    private static let pendingByteCountMax = 262_144
    private static let warmUpRoundCount = 200

    private let loop: Loop
    private let done: Completion
    private let alertsPerRound: Int
    private let roundCount: Int
    private let alert = [UInt8](repeating: 0xA5, count: TLSDelivery.alertByteCount)
    private var listener: Listener?
    private var streams: [SecureStream] = []
    private var readyCount = 0
    private var round = 0
    private var start: UInt64 = 0

    init(
        _ loop: Loop,
        _ socket: ListeningSocket,
        _ context: TLSContext,
        alertsPerRound: Int,
        _ done: Completion
    ) throws {
        self.loop = loop
        self.done = done
        self.alertsPerRound = alertsPerRound
        roundCount = 8000 / alertsPerRound
        listener = try Listener(
            loop: loop,
            socket: socket,
            onShortage: { done.fail($0.message) },
            onAccept: { [unowned self] connection in
                streams.append(
                    SecureStream(
                        loop: loop,
                        accepted: connection,
                        context: context,
                        events: .init(
                            onReady: { [unowned self] _ in ready() },
                            onBytes: { _ in },
                            onClosed: { _ in }
                        )
                    )
                )
            }
        )
    }

    private func ready() {
        readyCount += 1
        if readyCount == TLSDelivery.receiverCount { sendRound() }
    }

    private func sendRound() {
        if round == Self.warmUpRoundCount { start = SystemClock.threadProcessorNanoseconds() }
        if round == Self.warmUpRoundCount + roundCount {
            let spent = SystemClock.threadProcessorNanoseconds() - start
            let count = roundCount * alertsPerRound * TLSDelivery.receiverCount
            return done.succeed(Double(spent) / Double(count))
        }
        if streams.allSatisfy({ $0.pendingByteCount < Self.pendingByteCountMax }) {
            round += 1
            for stream in streams {
                for _ in 0..<alertsPerRound { stream.write(alert) }
            }
        }
        loop.performNextRound { [unowned self] in sendRound() }
    }
}
