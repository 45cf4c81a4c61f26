import EventLoop
import MQTTCodec
import TLSEngine

/// Publishes so many alerts, with a number of them under way.
final class Feeder {
    private let maker: AlertMaker
    private let inFlightMax: Int
    private var client: BenchClient?
    private var wanted = 0
    private var sentCount = 0
    private var answeredCount = 0
    private var done: Completion?
    private let isConnected: Completion

    init(
        _ loop: Loop,
        port: UInt16,
        _ context: TLSContext,
        _ maker: AlertMaker,
        name: String,
        inFlightMax: Int = 64,
        _ isConnected: Completion
    ) {
        self.maker = maker
        self.inFlightMax = inFlightMax
        self.isConnected = isConnected
        let connect = ConnectPacket(clientIdentifier: name, cleanStart: true, keepAliveSeconds: 0)
        client = BenchClient(
            loop,
            port: port,
            context,
            connect,
            BenchClient.Events(
                onConnected: { isConnected.succeed(0) },
                onPacket: { [unowned self] in received($0) },
                onFailure: { [unowned self] in fail($0) }
            )
        )
    }

    /// Publishes more alerts.
    func publish(_ count: Int, _ done: Completion) {
        wanted += count
        self.done = done
        goOn()
    }

    private func goOn() {
        while sentCount < wanted, sentCount - answeredCount < inFlightMax {
            sentCount += 1
            client?.send(
                .publish(
                    PublishPacket(
                        topicName: maker.topic,
                        qos: .atLeastOnce,
                        packetIdentifier: UInt16(sentCount % 65_535 + 1),
                        payload: maker.make()
                    )
                )
            )
        }
    }

    private func received(_ packet: ControlPacket) {
        guard case .pubAck(let answer) = packet else { return }
        guard !answer.reasonCode.isError else {
            return fail(answer.properties.reasonString ?? answer.reasonCode.name)
        }
        answeredCount += 1
        if answeredCount == wanted { done?.succeed(0) }
        goOn()
    }

    private func fail(_ reason: String) {
        isConnected.fail(reason)
        done?.fail(reason)
    }
}
