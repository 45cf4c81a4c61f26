/// What a connection's machine needs to know of the daemon.
package struct ConnectionSettings: Sendable {
    /// Sizes and counts.
    package let limits: BrokerLimits
    /// The software and its version, told in CONNACK.
    package let serverVersion: String
    /// The log's origin, told in CONNACK.
    package let logOrigin: String

    /// Makes settings.
    package init(limits: BrokerLimits, serverVersion: String, logOrigin: String) {
        self.limits = limits
        self.serverVersion = serverVersion
        self.logOrigin = logOrigin
    }
}
