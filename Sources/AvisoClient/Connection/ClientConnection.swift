import Alerts
import ClientCore
import EventLoop
import MQTTCodec
import Synchronization

/// One session with a broker, for the asynchronous world.
final class ClientConnection: Sendable {
    /// A message that has come, to be acknowledged once it was taken.
    struct Delivery: Sendable {
        let publish: PublishPacket
        fileprivate let ticket: ClientAction.Ticket
        fileprivate let reader: UInt64
    }

    /// What one reader asks for.
    struct Reading: Sendable {
        let filter: TopicFilter
        let qos: QoS
        let from: String?
        let isKept: Bool
    }

    // Marks the tokens of readers, so that they never meet those of publishes.
    private static let readerTokenBit: UInt64 = 1 << 63

    private let thread: LoopThread<ClientDriver>
    private let readerCount = Atomic<UInt64>(0)

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

    /// Subscribes to a filter.
    ///
    /// - Parameters:
    ///   - filter: the filter.
    ///   - qos: the quality of service.
    ///   - from: the index or time to begin at.
    ///   - isKept: whether a durable session keeps the subscription, and what was not taken of it,
    ///     when the stream is let go of. It ends then for a session that is not durable.
    /// - Returns: what comes, until the stream is let go of.
    /// - Throws: ``AvisoError``: the broker's refusal, or the connection's end.
    func subscribe(
        filter: TopicFilter,
        qos: QoS = .atLeastOnce,
        from: String?,
        isKept: Bool = false
    ) async throws(AvisoError) -> AsyncThrowingStream<Delivery, any Error> {
        // Not bounded here: with QoS 1 the broker sends no more than the receive maximum before
        // the deliveries taken out are acknowledged.
        let (stream, continuation) = AsyncThrowingStream<Delivery, any Error>.makeStream()
        let reading = Reading(filter: filter, qos: qos, from: from, isKept: isKept)
        let count = readerCount.add(1, ordering: .relaxed).newValue
        let token = count | Self.readerTokenBit
        let thread = thread
        continuation.onTermination = { _ in thread.execute { $0.stopReading(token) } }
        try await request { (driver, completion: @escaping ClientDriver.Completion<Void>) in
            driver.subscribe(
                reading,
                token: token,
                onDelivery: { publish, ticket in
                    let delivery = Delivery(publish: publish, ticket: ticket, reader: token)
                    continuation.yield(delivery)
                },
                onEnd: { continuation.finish(throwing: $0) },
                completion
            )
        }
        return stream
    }

    func acknowledge(_ delivery: Delivery) {
        thread.execute { $0.acknowledge(delivery.ticket, by: delivery.reader) }
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

    // Ends with the answer, or when the task is cancelled: the request may be on its way then, and
    // its answer is for nobody.
    private func request<Value: Sendable>(
        _ body: @escaping @Sendable (ClientDriver, @escaping ClientDriver.Completion<Value>) -> Void
    ) async throws(AvisoError) -> Value {
        let answer = PendingAnswer<Value>()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.wait(continuation)
                let isAccepted = thread.execute { driver in body(driver) { answer.resolve($0) } }
                if !isAccepted {
                    answer.resolve(.failure(AvisoError(.closed, "the client is closed")))
                }
            }
        } onCancel: {
            answer.resolve(.failure(AvisoError(.cancelled, "the task was cancelled")))
        }
        return try result.get()
    }
}
