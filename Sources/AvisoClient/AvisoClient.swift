import Alerts
import Base
import CBOR
import ClientCore
import COSE
import Crypto
import MQTTCodec
import MerkleLog

/// A station's connection to the broker: publish, subscribe, replay.
///
/// It connects again by itself and goes on where it was, unless told otherwise.
public final class AvisoClient: Sendable {
    /// How a client behaves.
    public struct Options: Sendable {
        /// The name of a durable session, which waits at the broker while the client is away; nil
        /// for a session that ends with the connection.
        ///
        /// A durable session keeps its subscriptions when their sequences are let go of, and what
        /// was not taken for the next one; so it belongs to one set of filters.
        public var session: String?
        /// How long the broker keeps the durable session, in seconds.
        public var sessionExpirySeconds: UInt32 = 7 * 86_400
        /// Whether to connect again by itself.
        public var reconnects = true

        /// The usual behaviour.
        public init() {}
    }

    /// What the broker has told of itself.
    public struct Status: Hashable, Sendable {
        /// The software and its version.
        public let server: String
        /// The log's name.
        public let origin: String
        /// The latest checkpoint, verified.
        public let checkpoint: LogCheckpoint
    }

    let profile: AvisoProfile
    let connection: ClientConnection

    /// Connects to the broker of a profile.
    ///
    /// The connection and its thread are there until ``close()``, whatever becomes of the client:
    /// who connects closes, also where something fails. ``withConnection(profile:options:_:)`` does
    /// both.
    ///
    /// - Throws: ``AvisoError``: cannot connect, or refused with the broker's reason.
    public static func connect(
        profile: AvisoProfile,
        options: Options = Options()
    ) async throws(AvisoError) -> AvisoClient {
        let settings = ClientSettings(
            clientIdentifier: options.session ?? "",
            sessionExpirySeconds: options.session == nil ? 0 : options.sessionExpirySeconds,
            reconnects: options.reconnects
        )
        let target = ClientDriver.Target(
            host: profile.host,
            port: try profile.port(),
            context: profile.context
        )
        let connection = try ClientConnection(target: target, settings: settings)
        do throws(AvisoError) {
            let connAck = try await connection.connect()
            return AvisoClient(profile: profile, connection: connection, connAck)
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Connects, does something, and says good-bye whatever happens.
    ///
    /// - Parameters:
    ///   - profile: the station's profile.
    ///   - options: how the client behaves.
    ///   - body: gets the client, which is closed behind it.
    /// - Returns: what `body` returns.
    /// - Throws: ``AvisoError`` as ``connect(profile:options:)``, or what `body` throws.
    public static func withConnection<Value>(
        profile: AvisoProfile,
        options: Options = Options(),
        _ body: (AvisoClient) async throws -> Value
    ) async throws -> Value {
        let client = try await connect(profile: profile, options: options)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.close()
        return try result.get()
    }

    private let server: String

    private init(
        profile: AvisoProfile,
        connection: ClientConnection,
        _ connAck: ConnAckPacket
    ) {
        self.profile = profile
        self.connection = connection
        server = connAck.properties.userProperty("aviso-server") ?? ""
    }

    /// Seals and publishes an alert, and waits until the broker has it on stable storage.
    ///
    /// When the agency publishes faster than it may, the alert waits here and is sent again, for
    /// 30 s at most. Who wants to try again after ``AvisoError/isRetryable`` seals the draft once,
    /// by ``AvisoProfile/seal(_:)``, and publishes the sealed alert as often as it takes: a draft
    /// that is published twice is two alerts.
    ///
    /// - Parameters:
    ///   - draft: the alert.
    ///   - progress: is told how far the upload of each attachment is.
    /// - Returns: the alert with its receipt, which was verified and kept in the profile, or why it
    ///   could not be kept.
    /// - Throws: ``AvisoError``: invalid input, refused with the broker's reason,
    ///   ``AvisoError/Code/tryLater`` where the agency's limit left it no room in that time, or a
    ///   receipt that does not hold.
    public func publish(
        _ draft: AlertDraft,
        progress: AttachmentProgress.Handler? = nil
    ) async throws(AvisoError) -> PublishedAlert {
        try await publish(try profile.seal(draft), progress: progress)
    }

    /// Publishes an alert that was sealed before; first its attachments are uploaded over HTTPS,
    /// which blocks the calling thread.
    ///
    /// - Throws: as ``publish(_:progress:)-(AlertDraft,_)``.
    public func publish(
        _ sealed: SealedAlert,
        progress: AttachmentProgress.Handler? = nil
    ) async throws(AvisoError) -> PublishedAlert {
        try profile.uploadAttachments(of: sealed, progress: progress)
        let pubAck = try await connection.publish(topicName: sealed.topic, payload: sealed.payload)
        guard !pubAck.reasonCode.isError else {
            let wait = pubAck.properties.userProperty("aviso-retry-ms").flatMap { UInt64($0) }
            throw AvisoError(
                wait == nil ? .refused : .tryLater,
                pubAck.properties.reasonString ?? pubAck.reasonCode.name,
                reasonCode: pubAck.reasonCode.rawValue,
                retryMilliseconds: wait
            )
        }
        guard let text = pubAck.properties.userProperty("aviso-receipt"),
            let receipt = Base64.decodeURL(text)
        else { throw AvisoError(.notVerified, "the broker accepted the alert without a receipt") }
        let proof = try profile.verifyReceipt(receipt, statement: sealed.payload)
        profile.forgetAttachments(of: sealed)
        return profile.published(sealed, proof, receipt)
    }

    /// Subscribes to alerts.
    ///
    /// Exercises and tests are left out unless they are asked for. The subscription ends when the
    /// sequence is let go of, unless the session is durable.
    ///
    /// - Parameters:
    ///   - filter: a topic filter such as `alerts/chemical-diversion/#`.
    ///   - start: where to begin; nil for the present, or where the durable session stands.
    ///   - statuses: which of `actual`, `exercise` and `test` are given; nil for all of them.
    /// - Returns: the alerts, opened and verified, without end.
    /// - Throws: ``AvisoError``: the filter is invalid, or the broker's refusal.
    public func subscribe(
        to filter: String,
        from start: ReplayStart? = nil,
        including statuses: Set<String>? = ["actual"]
    ) async throws(AvisoError) -> AlertSequence {
        let stream = try await connection.subscribe(
            filter: try topicFilter(filter),
            from: start?.text,
            isKept: true
        )
        return AlertSequence(
            profile: profile,
            connection: connection,
            stream: stream,
            statuses: statuses
        )
    }

    /// The latest checkpoint, verified with the log's key.
    public func checkpoint() async throws(AvisoError) -> LogCheckpoint {
        let stream = try await connection.subscribe(
            filter: try topicFilter("$aviso/checkpoint"),
            qos: .atMostOnce,
            from: nil
        )
        do {
            for try await delivery in stream {
                return LogCheckpoint(
                    try profile.verifiedCheckpoint(delivery.publish.payload)
                )
            }
        } catch let error as AvisoError {
            throw error
        } catch {
            throw AvisoError(.connectionLost, "\(error)")
        }
        throw AvisoError(.connectionLost, "the connection ended before the checkpoint came")
    }

    /// What the broker is and where its log stands.
    public func status() async throws(AvisoError) -> Status {
        let checkpoint = try await checkpoint()
        return Status(server: server, origin: checkpoint.origin, checkpoint: checkpoint)
    }

    /// Reads the log's entries from an index or time on; for auditors.
    ///
    /// - Parameters:
    ///   - start: where to begin.
    ///   - size: the size of the log to end at; nil to follow it without end.
    ///   - body: gets each entry with its encoding, and whether it is an alert whose content has
    ///     been erased by order of the operator; false ends it.
    /// - Throws: ``AvisoError`` of the broker's refusal or the connection, or what `body` throws.
    public func replay(
        from start: ReplayStart,
        upTo size: UInt64?,
        _ body: (_ index: UInt64, _ entry: [UInt8], _ isRedacted: Bool) async throws -> Bool
    ) async throws {
        let size = size ?? .max
        if case .index(let index) = start, index >= size { return }
        let stream = try await connection.subscribe(
            filter: try topicFilter("$aviso/log/#"),
            from: start.text
        )
        var last: UInt64?
        for try await delivery in stream {
            let properties = delivery.publish.properties
            guard let index = properties.userProperty("aviso-index").flatMap({ UInt64($0) }) else {
                throw AvisoError(.notVerified, "an entry came without its index")
            }
            guard index < size else { return }
            connection.acknowledge(delivery)
            if let last, index <= last { continue }
            last = index
            let isRedacted = properties.userProperty("aviso-redacted") != nil
            let goesOn = try await body(index, delivery.publish.payload, isRedacted)
            guard goesOn, index + 1 < size else { return }
        }
    }

    /// An entry without checks, for showing.
    public static func record(_ bytes: [UInt8], index: UInt64) throws(AvisoError) -> LogRecord {
        try LogRecord(unchecked: bytes, index: index)
    }

    /// Says good-bye; acknowledgements on their way are sent first.
    public func close() async {
        await connection.close()
    }

    func topicFilter(_ text: String) throws(AvisoError) -> TopicFilter {
        do throws(MQTTDecodingError) {
            return try TopicFilter(text)
        } catch {
            throw AvisoError(.invalidInput, error.message)
        }
    }
}
