import EventLoop
import MQTTCodec
import TLSEngine

/// Keeps a number of publishes in flight over one connection, with as little work as it can.
final class Publisher {
    private let payloads: PublishCost.Payloads
    private let warmUpCount: Int
    private let isWarm: Completion
    private let isDone: Completion
    private var stream: SecureStream?
    private var decoder = PacketDecoder(packetByteCountMax: 1 << 20)
    private var sentCount = 0
    private var answeredCount = 0
    private var limit: Int
    private var reference = VerificationReference()

    init(
        _ loop: Loop,
        port: UInt16,
        _ context: TLSContext,
        _ payloads: PublishCost.Payloads,
        warmUpCount: Int,
        _ isWarm: Completion,
        _ isDone: Completion
    ) {
        self.payloads = payloads
        self.warmUpCount = warmUpCount
        self.isWarm = isWarm
        self.isDone = isDone
        limit = warmUpCount
        stream = SecureStream.connect(
            loop: loop,
            host: "localhost",
            port: port,
            context: context,
            events: .init(
                onReady: { [unowned self] _ in
                    let connect = ConnectPacket(
                        clientIdentifier: "bench",
                        cleanStart: true,
                        keepAliveSeconds: 0
                    )
                    send(.connect(connect))
                },
                onBytes: { [unowned self] bytes in received(bytes) },
                onClosed: { reason in
                    isWarm.fail(reason.message)
                    isDone.fail(reason.message)
                }
            )
        )
    }

    /// Publishes what is left after the warm-up.
    func goOn() {
        limit = payloads.alerts.count
        publish()
    }

    private func send(_ packet: ControlPacket) {
        var bytes: [UInt8] = []
        PacketEncoder.encode(packet, into: &bytes)
        stream?.write(bytes)
    }

    private func publish() {
        while sentCount < limit, sentCount - answeredCount < PublishCost.inFlightCount {
            sentCount += 1
            if sentCount.isMultiple(of: 16) { reference.measure() }
            send(
                .publish(
                    PublishPacket(
                        topicName: payloads.topic,
                        qos: .atLeastOnce,
                        packetIdentifier: UInt16(sentCount % 65_535 + 1),
                        payload: payloads.alerts[sentCount - 1]
                    )
                )
            )
        }
    }

    private func received(_ bytes: ArraySlice<UInt8>) {
        decoder.append(bytes)
        do throws(MQTTDecodingError) {
            while let packet = try decoder.next() { answered(packet) }
        } catch {
            fail(error.message)
        }
        publish()
        if answeredCount == warmUpCount { isWarm.succeed(0) }
        if answeredCount == payloads.alerts.count { isDone.succeed(reference.nanoseconds) }
    }

    private func answered(_ packet: ControlPacket) {
        switch packet {
        case .pubAck(let answer):
            answeredCount += 1
            if answer.reasonCode.isError {
                fail(answer.properties.reasonString ?? answer.reasonCode.name)
            }
        case .disconnect(let packet): fail(packet.reasonCode.name)
        default: break
        }
    }

    private func fail(_ reason: String) {
        isWarm.fail(reason)
        isDone.fail(reason)
    }
}
