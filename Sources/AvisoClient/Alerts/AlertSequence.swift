import Alerts
import Base
import CBOR
import Crypto
import EventLoop
import MQTTCodec

/// The alerts of a subscription, opened and verified, in the order of the log.
///
/// An alert is acknowledged to the broker when the next one is asked for, or by ``acknowledge()``:
/// what was not taken comes again. An alert that comes twice is given once.
public final class AlertSequence: AsyncSequence, AsyncIteratorProtocol {
    /// What the sequence gives.
    public typealias Element = ReceivedAlert

    private let profile: AvisoProfile
    private let connection: ClientConnection
    private var iterator: AsyncThrowingStream<ClientConnection.Delivery, any Error>.AsyncIterator
    private var pending: [ClientConnection.Delivery] = []
    private var lastIndex: UInt64?
    private let statuses: Set<String>?

    init(
        profile: AvisoProfile,
        connection: ClientConnection,
        stream: AsyncThrowingStream<ClientConnection.Delivery, any Error>,
        statuses: Set<String>?
    ) {
        self.profile = profile
        self.connection = connection
        self.statuses = statuses
        iterator = stream.makeAsyncIterator()
    }

    /// The sequence is its own iterator: it can be gone through once.
    public func makeAsyncIterator() -> AlertSequence { self }

    /// Acknowledges what was given, without asking for more.
    public func acknowledge() {
        for delivery in pending { connection.acknowledge(delivery) }
        pending = []
    }

    /// Waits for the next alert.
    ///
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` for an alert whose signature,
    ///   digest, encryption or labels do not hold (the sequence can be gone on with), others when
    ///   the connection has ended for good.
    public func next() async throws -> ReceivedAlert? {
        acknowledge()
        while let delivery = try await iterator.next(isolation: #isolation) {
            pending.append(delivery)
            let properties = delivery.publish.properties
            let index = properties.userProperty("aviso-index").flatMap { UInt64($0) }
            if let index, let lastIndex, index <= lastIndex {
                acknowledge()
                continue
            }
            lastIndex = index ?? lastIndex
            let alert = try profile.open(
                delivery.publish.payload,
                topic: delivery.publish.topicName,
                index: index ?? 0,
                count: properties.userProperty("aviso-count").flatMap { UInt64($0) } ?? 0
            )
            if let statuses, !statuses.contains(alert.status) {
                acknowledge()
                continue
            }
            return alert
        }
        return nil
    }
}

extension AvisoProfile {
    /// Opens and verifies the payload of a delivery.
    ///
    /// - Parameters:
    ///   - payload: the payload.
    ///   - topic: the topic that it came with, which must be the signed one.
    ///   - index: its index in the log, as the broker told it.
    ///   - count: its count, as the broker told it.
    /// - Returns: the alert with its form.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming what does not hold.
    public func open(
        _ payload: [UInt8],
        topic: String,
        index: UInt64,
        count: UInt64
    ) throws(AvisoError) -> ReceivedAlert {
        do throws(AlertError) {
            let opened = try opened(payload)
            let statement = opened.statement
            guard AlertTopic(kind: statement.header.kind).name == topic else {
                throw AlertError.innerMismatch("topic")
            }
            remember(statement)
            return ReceivedAlert(
                statement,
                form: opened.form,
                attachments: ReceivedAttachment.list(opened.attachments, index: index),
                isRedacted: opened.isRedacted,
                payload: payload,
                isLate: isLate(statement),
                index: index,
                count: count,
                now: SystemClock.wall()
            )
        } catch {
            throw AvisoError(.notVerified, "alert at index \(index): \(error.wording)")
        }
    }
}

extension ReceivedAlert {
    fileprivate init(
        _ statement: AlertStatement,
        form: [UInt8],
        attachments: [ReceivedAttachment],
        isRedacted: Bool,
        payload: [UInt8],
        isLate: Bool,
        index: UInt64,
        count: UInt64,
        now: WallTime
    ) {
        let header = statement.header
        self.index = index
        self.count = count
        alert = statement.alert.urn
        author = statement.issuer.description
        channel = header.channel.rawValue
        kind = header.kind.rawValue
        status = header.status.rawValue
        tlp = header.tlp.rawValue
        recipients = header.to.map(\.description)
        labels = Self.labels(of: header, isLate: isLate)
        issuedAt = RFC3339.format(statement.issuedAt)
        expires = statement.expires.map { RFC3339.format($0) }
        isStale = statement.expires.map { $0 <= now } ?? false
        self.isRedacted = isRedacted
        self.attachments = attachments
        self.form = form
        self.payload = payload
    }

    /// The labels of a signed header, for showing.
    static func labels(of header: AlertHeader, isLate: Bool = false) -> [Label] {
        var labels = [
            Label(name: "channel", value: header.channel.rawValue),
            Label(name: "kind", value: header.kind.rawValue),
            Label(name: "status", value: header.status.rawValue),
            Label(name: "message", value: header.message.rawValue),
            Label(name: "tlp", value: header.tlp.rawValue),
        ]
        for code in header.handling {
            labels.append(Label(name: "handling", value: code.rawValue))
        }
        if let pap = header.pap { labels.append(Label(name: "pap", value: pap.rawValue)) }
        if let evaluation = header.evaluation {
            labels.append(Label(name: "evaluation", value: evaluation.rawValue))
        }
        for group in header.groups { labels.append(Label(name: "group", value: group)) }
        for reference in header.references {
            let name = reference.role?.rawValue ?? "reference"
            labels.append(Label(name: name, value: reference.alert.urn))
        }
        if let replyBy = header.replyBy {
            labels.append(Label(name: "reply-by", value: RFC3339.format(replyBy)))
        }
        if let acknowledgeBy = header.acknowledgeBy {
            labels.append(Label(name: "acknowledge-by", value: RFC3339.format(acknowledgeBy)))
        }
        if header.isInterim { labels.append(Label(name: "interim", value: "true")) }
        if isLate { labels.append(Label(name: "late", value: "true")) }
        if let urgency = header.urgency {
            labels.append(Label(name: "urgency", value: urgency.rawValue))
        }
        return labels
    }
}
