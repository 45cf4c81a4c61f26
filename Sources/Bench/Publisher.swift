import EventLoop
import MQTTCodec
import TLSEngine

/// Keeps a number of publishes in flight over one connection, with as little work as it can.
final class Publisher {
    private let payloads: PublishCost.Payloads
    private let rounds: [PublishCost.Round]
    private var stream: SecureStream?
    private var decoder = PacketDecoder(packetByteCountMax: 1 << 20)
    private var sentCount = 0
    private var answeredCount = 0
    // How many rounds have begun, and how many alerts belong to them.
    private var roundCount = 0
    private var limit = 0
    private var reference = VerificationReference()

    init(
        _ loop: Loop,
        port: UInt16,
        _ context: TLSContext,
        _ payloads: PublishCost.Payloads,
        _ rounds: [PublishCost.Round]
    ) {
        self.payloads = payloads
        self.rounds = rounds
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
                onClosed: { [unowned self] reason in fail(reason.message) }
            )
        )
    }

    /// Publishes the alerts of the next round; the first one begins with the connection.
    func beginRound() {
        limit += rounds[roundCount].alertCount
        roundCount += 1
        reference = VerificationReference()
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
        guard roundCount > 0, answeredCount == limit else { return }
        rounds[roundCount - 1].completion.succeed(reference.nanoseconds)
    }

    private func answered(_ packet: ControlPacket) {
        switch packet {
        case .connAck: beginRound()
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
        for round in rounds { round.completion.fail(reason) }
    }
}
