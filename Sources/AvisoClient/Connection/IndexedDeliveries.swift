import Base
import ClientCore
import MQTTCodec

/// What a subscription delivers, in the order of the log, each index once.
///
/// A delivery is acknowledged to the broker when the next one is asked for: what was not taken
/// comes again.
final class IndexedDeliveries {
    private let connection: ClientConnection
    private var iterator: AsyncThrowingStream<ClientConnection.Delivery, any Error>.AsyncIterator
    private var pending: [ClientConnection.Delivery] = []
    private var lastIndex: UInt64?

    init(
        connection: ClientConnection,
        stream: AsyncThrowingStream<ClientConnection.Delivery, any Error>
    ) {
        self.connection = connection
        iterator = stream.makeAsyncIterator()
    }

    /// Acknowledges what was given, without asking for more.
    func acknowledge() {
        for delivery in pending { connection.acknowledge(delivery) }
        pending = []
    }

    /// Waits for the next delivery; nil when there are no more.
    func next() async throws -> (index: UInt64, publish: PublishPacket)? {
        acknowledge()
        while let delivery = try await iterator.next(isolation: #isolation) {
            pending.append(delivery)
            let index =
                delivery.publish.properties.userProperty("aviso-index")
                .flatMap { UInt64($0) } ?? 0
            if let lastIndex, index <= lastIndex {
                acknowledge()
                continue
            }
            lastIndex = index
            return (index, delivery.publish)
        }
        return nil
    }
}
