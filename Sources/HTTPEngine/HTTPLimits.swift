/// What the clients of the HTTPS server may use at most.
package struct HTTPLimits: Hashable, Sendable {
    /// Bytes of a request's first line and header.
    package var headerByteCountMax = 8192
    /// Bytes of a request's body.
    package var bodyByteCountMax = 1_114_112
    /// Connections at one time; more wait unaccepted until one ends.
    package var connectionsMax = 64
    /// Connections at one time of one certificate; the requests on more get 503.
    package var connectionsPerClientMax = 16
    /// Seconds of silence after which a connection ends.
    package var idleSeconds = 15
    /// Seconds from the start of a connection, or from its last request, to its next request.
    ///
    /// The handshake, the request and the transfer of its answer must fit, however they drip. Each
    /// piece that is taken of an answer in pieces begins them anew.
    package var requestSeconds = 60
    /// Bytes of answers that wait for clients, all together; beyond them requests get 503.
    package var outboundByteCountMax = 64 << 20

    /// The limits that are the defaults.
    package init() {}
}
