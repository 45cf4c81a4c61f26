import Alerts
import Base
package import MerkleLog
import MQTTCodec

/// The durable sessions, as the log's entries tell them.
package struct SessionProjection: Sendable {
    private struct Record: Sendable {
        var expirySeconds: UInt32
        var cursor: UInt64
        var subscriptions: [Subscription] = []
        var identifiers: DeliveryIdentifiers?
    }

    private var records: [SessionKey: Record] = [:]

    /// Makes an empty projection.
    package init() {}

    /// The sessions, ready to wait for their clients.
    package var sessions: [Session] {
        records.map { key, record in
            Session(
                restoring: key,
                expirySeconds: record.expirySeconds,
                subscriptions: record.subscriptions,
                cursor: record.cursor,
                identifiers: record.identifiers
            )
        }
    }

    mutating func apply(_ body: SessionBody) {
        guard let key = Self.key(body.station, body.client) else { return }
        switch body.change {
        // One that ends with its connection is none of the log's.
        case .created where body.endsAtOnce, .expiryChanged where body.endsAtOnce:
            records[key] = nil
        case .created:
            records[key] = Record(
                expirySeconds: UInt32(clamping: body.expirySeconds ?? 0),
                cursor: body.cursor ?? 0
            )
        case .expiryChanged:
            records[key]?.expirySeconds = UInt32(clamping: body.expirySeconds ?? 0)
        case .subscribed:
            guard let subscription = Subscription(body) else { return }
            let held = records[key]?.subscriptions.first { $0.filter == subscription.filter }
            records[key]?.subscriptions.removeAll { $0.filter == subscription.filter }
            if held?.from == subscription.from {
                records[key]?.subscriptions.append(subscription)
                return
            }
            // A subscription from the past takes the session back, and only itself, as it did live.
            if let record = records[key], subscription.from < record.cursor {
                for place in record.subscriptions.indices {
                    let from = record.subscriptions[place].from
                    records[key]?.subscriptions[place].from = max(from, record.cursor)
                }
                records[key]?.cursor = subscription.from
            }
            records[key]?.subscriptions.append(subscription)
        case .unsubscribed:
            records[key]?.subscriptions.removeAll { $0.filter.description == body.filter }
        case .ended, .expired:
            records[key] = nil
        }
    }

    mutating func apply(_ body: DeliveryBody) {
        guard let key = Self.key(body.station, body.client) else { return }
        records[key]?.cursor = body.cursor
        if let identifiers = body.identifiers { records[key]?.identifiers = identifiers }
    }

    /// The fewest bodies that lead an empty projection to this one.
    var bodies: [EntryBody] {
        records.flatMap { key, record in
            let created = SessionChange.created(expirySeconds: record.expirySeconds, cursor: 0)
            let subscribed = record.subscriptions.map { SessionChange.subscribed($0) }
            // The cursor comes last: until then no subscription takes the session back.
            let delivery = DeliveryBody(
                station: key.station.urn,
                client: key.clientIdentifier,
                cursor: record.cursor,
                acknowledged: [],
                skipped: [],
                identifiers: record.identifiers
            )
            return ([created] + subscribed).map { EntryBody.session($0.body(of: key)) }
                + [.delivery(delivery)]
        }
    }

    private static func key(_ station: String, _ client: String) -> SessionKey? {
        StationIdentity(urn: station).map { SessionKey(station: $0, clientIdentifier: client) }
    }
}

extension SessionBody {
    fileprivate var endsAtOnce: Bool { expirySeconds ?? 0 == 0 }
}

extension Subscription {
    fileprivate init?(_ body: SessionBody) {
        guard let text = body.filter, let filter = try? TopicFilter(text),
            let qos = body.qos.flatMap({ UInt8(exactly: $0) }).flatMap({ QoS(rawValue: $0) })
        else { return nil }
        var options = SubscriptionOptions(qos: qos)
        options.noLocal = (body.options ?? 0) & Self.noLocalBit != 0
        options.retainAsPublished = (body.options ?? 0) & Self.retainAsPublishedBit != 0
        // What it reaches is decided by the permissions at the moment when the client comes back.
        self.init(
            filter: filter,
            options: options,
            identifier: body.identifier.map { UInt32(clamping: $0) },
            from: body.from ?? 0,
            scopes: []
        )
    }

    private static let noLocalBit: UInt64 = 1
    private static let retainAsPublishedBit: UInt64 = 2

    fileprivate var optionBits: UInt64 {
        (options.noLocal ? Self.noLocalBit : 0)
            | (options.retainAsPublished ? Self.retainAsPublishedBit : 0)
    }
}

extension SessionChange {
    /// The entry that records the change.
    package func body(of key: SessionKey) -> SessionBody {
        let change: SessionBody.Change =
            switch self {
            case .created: .created
            case .subscribed: .subscribed
            case .unsubscribed: .unsubscribed
            case .expiryChanged: .expiryChanged
            case .ended: .ended
            case .expired: .expired
            }
        var body = SessionBody(
            station: key.station.urn,
            client: key.clientIdentifier,
            change: change
        )
        switch self {
        case .created(let expirySeconds, let cursor):
            body.expirySeconds = UInt64(expirySeconds)
            body.cursor = cursor
        case .subscribed(let subscription):
            body.filter = subscription.filter.description
            body.from = subscription.from
            body.qos = UInt64(subscription.options.qos.rawValue)
            body.options = subscription.optionBits == 0 ? nil : subscription.optionBits
            body.identifier = subscription.identifier.map { UInt64($0) }
        case .unsubscribed(let filter):
            body.filter = filter
        case .expiryChanged(let expirySeconds):
            body.expirySeconds = UInt64(expirySeconds)
        case .ended, .expired:
            break
        }
        return body
    }
}
