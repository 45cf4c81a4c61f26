/// What a connection's machine needs to know of the daemon.
package struct ConnectionSettings: Sendable {
    /// Sizes and counts.
    package let limits: BrokerLimits
    /// Which topics are opaque channels.
    package let topics: TopicSpace
    /// The software and its version, told in CONNACK.
    package let serverVersion: String
    /// The log's origin, told in CONNACK.
    package let logOrigin: String

    /// Whether clients of the listener without TLS are told more than the standard demands.
    package let plainDiagnostics: Bool

    /// Makes settings.
    package init(
        limits: BrokerLimits,
        topics: TopicSpace = TopicSpace(),
        serverVersion: String,
        logOrigin: String,
        plainDiagnostics: Bool = true
    ) {
        self.plainDiagnostics = plainDiagnostics
        self.limits = limits
        self.topics = topics
        self.serverVersion = serverVersion
        self.logOrigin = logOrigin
    }
}
