/// A limit that a peer can reach; the raw value is its key in the configuration.
///
/// Each is counted by itself in the metrics.
package enum PeerLimit: String, CaseIterable, Hashable, Sendable {
    /// Connections at one time.
    case connectionsMax
    /// Connections of one agency at one time.
    case connectionsPerAgencyMax
    /// Connections that one agency begins each second.
    case connectsPerSecond
    /// The time for the TLS handshake.
    case handshakeSeconds
    /// The time from the handshake to CONNECT.
    case connectSeconds
    /// Sessions of one station.
    case sessionsPerStationMax
    /// Subscriptions of one session.
    case subscriptionsPerSessionMax
    /// Publishes under way on one connection (MQTT 5.0 3.2.2.3.3).
    case receiveMaximum
    /// Publishes of one agency each second.
    case publishesPerSecond
    /// Payload bytes that one agency publishes each second.
    case publishedBytesPerSecond
    /// Answers and acknowledgements that an agency waits for.
    case openDeadlinesPerAgencyMax
    /// Bytes of a packet (MQTT 5.0 3.2.2.3.6).
    case packetByteCountMax
    /// Bytes of an encrypted attachment.
    case attachmentByteCountMax
    /// Uploads of one agency that no alert cites yet.
    case uploadsPerAgencyMax
    /// Bytes of those uploads.
    case uploadedBytesPerAgencyMax
    /// Groups of the network.
    case groupsMax
    /// Groups that one agency owns.
    case groupsPerAgencyMax
    /// Retained messages of the opaque channels.
    case retainedCountMax
}
