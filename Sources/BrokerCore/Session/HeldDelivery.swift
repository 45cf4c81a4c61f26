package import MQTTCodec

/// A delivery that is decided but not tied to the session's place in the log: a retained message
/// for a new subscription, or a shared subscription's turn.
package struct HeldDelivery: Sendable {
    /// What is delivered.
    package let entry: CommittedEntry
    /// The quality of service.
    package let qos: QoS
    /// The RETAIN flag.
    package let isRetained: Bool
    /// The identifiers of the subscriptions that it is for.
    package let identifiers: [UInt32]
    /// The shared subscription whose turn it is; another member takes over if this one has gone.
    package let share: TopicFilter?

    /// Makes a delivery.
    package init(
        entry: CommittedEntry,
        qos: QoS,
        isRetained: Bool,
        identifiers: [UInt32],
        share: TopicFilter? = nil
    ) {
        self.entry = entry
        self.qos = qos
        self.isRetained = isRetained
        self.identifiers = identifiers
        self.share = share
    }
}
