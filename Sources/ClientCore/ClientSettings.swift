/// How a client session behaves.
package struct ClientSettings: Sendable {
    /// The client identifier.
    package var clientIdentifier: String
    /// How long the broker keeps the session without a connection, in seconds.
    package var sessionExpirySeconds: UInt32
    /// The longest silence in seconds.
    package var keepAliveSeconds: UInt16 = 30
    /// How many deliveries may wait for their acknowledgement.
    package var receiveMaximum: UInt16 = 64
    /// How many publishes may wait.
    package var publishCountMax = 4096
    /// Whether to connect again by itself.
    package var reconnects: Bool

    /// Makes settings.
    package init(clientIdentifier: String, sessionExpirySeconds: UInt32, reconnects: Bool) {
        self.clientIdentifier = clientIdentifier
        self.sessionExpirySeconds = sessionExpirySeconds
        self.reconnects = reconnects
    }
}
