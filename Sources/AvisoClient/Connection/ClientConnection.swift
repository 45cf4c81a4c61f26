import Alerts
import ClientCore
import EventLoop
import MQTTCodec

/// One session with a broker, for the asynchronous world.
final class ClientConnection: Sendable {
    /// A message that has come, to be acknowledged once it was taken.
    struct Delivery: Sendable {
        let publish: PublishPacket
        let ticket: ClientAction.Ticket
    }

    private let thread: LoopThread<ClientDriver>

    init(target: ClientDriver.Target, settings: ClientSettings) throws(AvisoError) {
        do {
            thread = try LoopThread.start(name: "aviso-client") { loop in
                ClientDriver(loop: loop, target: target, settings: settings)
            }
        } catch {
            throw AvisoError(.cannotConnect, "no thread for the connection: \(error)")
        }
    }

    func connect() async throws(AvisoError) -> ConnAckPacket {
        try await request { driver, completion in driver.connect(completion) }
    }

    func publish(topicName: String, payload: [UInt8]) async throws(AvisoError) -> PubAckPacket {
        try await request { driver, completion in
            driver.publish(topicName: topicName, payload: payload, completion)
        }
    }

    func subscribe(
        filter: TopicFilter,
        qos: QoS = .atLeastOnce,
        from: String?
    ) async throws(AvisoError) -> AsyncThrowingStream<Delivery, any Error> {
        // Not bounded here: with QoS 1 the broker sends no more than the receive maximum before
        // the deliveries taken out are acknowledged.
        let (stream, continuation) = AsyncThrowingStream<Delivery, any Error>.makeStream()
        try await request { (driver, completion: @escaping ClientDriver.Completion<Void>) in
            driver.subscribe(
                filter: filter,
                qos: qos,
                from: from,
                onDelivery: { continuation.yield(Delivery(publish: $0, ticket: $1)) },
                onEnd: { continuation.finish(throwing: $0) },
                completion
            )
        }
        return stream
    }

    func acknowledge(_ delivery: Delivery) {
        thread.execute { $0.acknowledge(delivery.ticket) }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            let isAccepted = thread.execute { driver in
                driver.close { continuation.resume() }
            }
            if !isAccepted { continuation.resume() }
        }
        thread.stop()
    }

    private func request<Value: Sendable>(
        _ body: @escaping @Sendable (ClientDriver, @escaping ClientDriver.Completion<Value>) -> Void
    ) async throws(AvisoError) -> Value {
        let result: Result<Value, AvisoError> = await withCheckedContinuation { continuation in
            let isAccepted = thread.execute { driver in
                body(driver) { continuation.resume(returning: $0) }
            }
            if !isAccepted {
                continuation.resume(
                    returning: .failure(AvisoError(.closed, "the client is closed"))
                )
            }
        }
        return try result.get()
    }
}
