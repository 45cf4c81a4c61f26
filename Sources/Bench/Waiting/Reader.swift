import Base
import EventLoop
import MQTTCodec
import TLSEngine

/// A durable subscriber of all alerts that checks that none is missing and none out of order.
final class Reader {
    /// How it takes what is delivered.
    enum Manner {
        /// Acknowledges at once.
        case prompt
        /// Acknowledges nothing, so that its window is full.
        case asleep
        /// Acknowledges one delivery in each so many milliseconds.
        case slow(milliseconds: UInt64)
    }

    private let loop: Loop
    private let manner: Manner
    private var client: BenchClient?
    private let isReady: Completion
    private var unanswered: [UInt16] = []
    private var lastCount: UInt64?
    private var deliveredCount = 0
    private var target: (count: Int, done: Completion)?
    /// Told of each delivery.
    var onDelivery: () -> Void = {}

    init(
        _ loop: Loop,
        port: UInt16,
        _ context: TLSContext,
        name: String,
        cleanStart: Bool,
        manner: Manner,
        receiveMaximum: UInt16 = 1024,
        _ isReady: Completion
    ) {
        self.loop = loop
        self.manner = manner
        self.isReady = isReady
        var connect = ConnectPacket(
            clientIdentifier: name,
            cleanStart: cleanStart,
            keepAliveSeconds: 0
        )
        connect.properties.sessionExpiryInterval = 86_400
        connect.properties.receiveMaximum = receiveMaximum
        client = BenchClient(
            loop,
            port: port,
            context,
            connect,
            BenchClient.Events(
                onConnected: { [unowned self] in
                    if cleanStart { subscribe() } else { isReady.succeed(0) }
                },
                onPacket: { [unowned self] in received($0) },
                onFailure: { [unowned self] in fail($0) }
            )
        )
        if case .slow(let milliseconds) = manner { acknowledgeSlowly(milliseconds) }
    }

    /// Says when so many deliveries have come since the start.
    func expect(_ count: Int, _ done: Completion) {
        target = (count, done)
        if deliveredCount >= count { done.succeed(0) }
    }

    func close() { client?.close() }

    private func subscribe() {
        guard let filter = try? TopicFilter("alerts/#") else { return }
        let request = SubscribePacket.Request(
            filter: filter,
            options: SubscriptionOptions(qos: .atLeastOnce)
        )
        client?.send(.subscribe(SubscribePacket(packetIdentifier: 1, subscriptions: [request])))
    }

    private func received(_ packet: ControlPacket) {
        switch packet {
        case .subAck(let subAck):
            guard subAck.reasonCodes == [.grantedQoS1] else { return fail("SUBSCRIBE was refused") }
            isReady.succeed(0)
        case .publish(let publish): received(publish)
        default: break
        }
    }

    private func received(_ publish: PublishPacket) {
        // Another broker than ours counts nothing.
        if let count = publish.properties.userProperty("aviso-count").flatMap({ UInt64($0) }) {
            if let lastCount, count != lastCount + 1 {
                return fail("alert \(count) came after alert \(lastCount)")
            }
            lastCount = count
        }
        deliveredCount += 1
        if let packetIdentifier = publish.packetIdentifier {
            if case .prompt = manner {
                acknowledge(packetIdentifier)
            } else {
                unanswered.append(packetIdentifier)
            }
        }
        onDelivery()
        if let target, deliveredCount == target.count { target.done.succeed(0) }
    }

    private func acknowledge(_ packetIdentifier: UInt16) {
        client?.send(
            .pubAck(PubAckPacket(packetIdentifier: packetIdentifier, reasonCode: .success))
        )
    }

    private func acknowledgeSlowly(_ milliseconds: UInt64) {
        _ = loop.schedule(at: loop.now.adding(milliseconds: milliseconds)) { [weak self] in
            guard let self else { return }
            if !unanswered.isEmpty { acknowledge(unanswered.removeFirst()) }
            acknowledgeSlowly(milliseconds)
        }
    }

    private func fail(_ reason: String) {
        isReady.fail(reason)
        target?.done.fail(reason)
    }
}
