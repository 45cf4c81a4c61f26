import Base
package import MQTTCodec

/// One subscription of a session: a filter over the log, from an index on.
package struct Subscription: Hashable, Sendable {
    /// What a filter reaches; several for a wildcard at the front.
    package struct Scopes: OptionSet, Hashable, Sendable {
        /// The bits.
        package let rawValue: UInt8

        /// Makes scopes of their bits.
        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Alerts, `alerts/<channel>/<kind>`.
        package static let alerts = Scopes(rawValue: 1)
        /// The log's entries, `$aviso/log/<type>`.
        package static let log = Scopes(rawValue: 2)
        /// The latest checkpoint, `$aviso/checkpoint`.
        package static let checkpoint = Scopes(rawValue: 4)
        /// The messages of opaque channels.
        package static let opaque = Scopes(rawValue: 8)
        /// The orders to erase contents, `$aviso/redactions`.
        package static let redactions = Scopes(rawValue: 16)
        /// The notices of deadlines, `$aviso/deadlines`.
        package static let deadlines = Scopes(rawValue: 32)
        /// Everything that certain agencies are told beside alerts.
        package static let notices: Scopes = [.redactions, .deadlines]
    }

    /// The filter.
    package let filter: TopicFilter
    /// The granted options.
    package let options: SubscriptionOptions
    /// The subscription identifier that deliveries carry, if the client gave one.
    package let identifier: UInt32?
    /// Entries before this index are none of this subscription's.
    package var from: UInt64
    /// What the filter reaches, by the permissions of its station.
    package var scopes: Scopes

    /// Makes a subscription.
    package init(
        filter: TopicFilter,
        options: SubscriptionOptions,
        identifier: UInt32?,
        from: UInt64,
        scopes: Scopes
    ) {
        self.filter = filter
        self.options = options
        self.identifier = identifier
        self.from = from
        self.scopes = scopes
    }

    /// Whether its deliveries say at which index of the log they stand.
    package var tellsIndexes: Bool {
        !scopes.isDisjoint(with: [.alerts, .log, .redactions, .deadlines])
    }

    /// Whether the log would say the same of both.
    func hasSameRecord(as other: Subscription) -> Bool {
        filter == other.filter && from == other.from && identifier == other.identifier
            && options.qos == other.options.qos && options.noLocal == other.options.noLocal
            && options.retainAsPublished == other.options.retainAsPublished
    }

    /// Whether its messages are shared out among the members of a group (MQTT 5.0 4.8.2).
    package var isShared: Bool { filter.shareName != nil }
}
