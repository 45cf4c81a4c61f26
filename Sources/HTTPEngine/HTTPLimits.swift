/// What a client of the HTTPS server may use at most.
package struct HTTPLimits: Hashable, Sendable {
    /// Bytes of a request's first line and header.
    package var headerByteCountMax = 8192
    /// Bytes of a request's body.
    package var bodyByteCountMax = 65536
    /// Connections at one time; more wait unaccepted until one ends.
    package var connectionsMax = 64
    /// Seconds of silence after which a connection ends.
    package var idleSeconds = 15
    /// Seconds from the start of a connection, or from its last request, to its next request: the
    /// handshake, the request and the transfer of the last answer must fit, however they drip.
    package var requestSeconds = 60
    /// Bytes of answers that wait for clients, all together; beyond them requests get 503.
    package var outboundByteCountMax = 64 << 20

    /// The limits that are the defaults.
    package init() {}
}
