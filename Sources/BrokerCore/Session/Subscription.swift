import Base
package import MQTTCodec

/// One subscription of a session: a filter over the log, from an index on.
package struct Subscription: Hashable, Sendable {
    /// What the filter reaches.
    package enum Scope: Hashable, Sendable {
        /// Alerts, `alerts/<channel>/<kind>`.
        case alerts
        /// The log's entries, `$aviso/log/<type>`.
        case log
        /// The latest checkpoint, `$aviso/checkpoint`.
        case checkpoint
    }

    /// The filter.
    package let filter: TopicFilter
    /// The granted quality of service.
    package let qos: QoS
    /// The subscription identifier that deliveries carry, if the client gave one.
    package let identifier: UInt32?
    /// Entries before this index are none of this subscription's.
    package var from: UInt64
    /// What the filter reaches.
    package let scope: Scope

    /// Makes a subscription.
    package init(
        filter: TopicFilter,
        qos: QoS,
        identifier: UInt32?,
        from: UInt64,
        scope: Scope
    ) {
        self.filter = filter
        self.qos = qos
        self.identifier = identifier
        self.from = from
        self.scope = scope
    }
}
