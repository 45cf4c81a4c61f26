import Base
import MQTTCodec
import MerkleLog

/// The log's checkpoints, verified, from the latest one on and without end.
public final class CheckpointSequence: AsyncSequence, AsyncIteratorProtocol {
    /// What the sequence gives.
    public typealias Element = LogCheckpoint

    private let profile: AvisoProfile
    private var iterator: AsyncThrowingStream<ClientConnection.Delivery, any Error>.AsyncIterator

    init(
        profile: AvisoProfile,
        stream: AsyncThrowingStream<ClientConnection.Delivery, any Error>
    ) {
        self.profile = profile
        iterator = stream.makeAsyncIterator()
    }

    /// The sequence is its own iterator: it can be gone through once.
    public func makeAsyncIterator() -> CheckpointSequence { self }

    /// Waits for the next checkpoint.
    ///
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` for one that the log's key has not
    ///   signed, others when the connection has ended for good.
    public func next() async throws -> LogCheckpoint? {
        guard let delivery = try await iterator.next(isolation: #isolation) else { return nil }
        return LogCheckpoint(try profile.verifiedCheckpoint(delivery.publish.payload))
    }
}

extension AvisoClient {
    /// Subscribes to the checkpoints: the latest at once, and one after each commit, the newest
    /// alone if they come fast.
    ///
    /// - Throws: ``AvisoError`` with the broker's refusal.
    public func checkpoints() async throws(AvisoError) -> CheckpointSequence {
        let stream = try await connection.subscribe(
            filter: try topicFilter("$aviso/checkpoint"),
            qos: .atMostOnce,
            from: nil
        )
        return CheckpointSequence(profile: profile, stream: stream)
    }
}
