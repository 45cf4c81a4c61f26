internal import COpenSSL

/// One TLS connection without a socket: ciphertext goes in and out as bytes.
///
/// Belongs to one thread. The order of use: hand over what arrived with ``receive(_:_:)`` and
/// inside of it advance ``handshake()`` and then ``read(into:)`` until it wants more; queue
/// plaintext with ``write(_:)``; send what ``withOutbound(_:)`` shows.
@safe package final class TLSSession {
    /// What one call of ``read(into:)`` came to.
    package enum ReadResult: Equatable, Sendable {
        /// This many bytes of plaintext were stored.
        case bytes(Int)
        /// Nothing more can be read before more ciphertext arrives.
        case wantsCiphertext
        /// The peer has closed its side in order.
        case closed
    }

    /// True once the handshake is complete on this side.
    package private(set) var isEstablished = false
    /// The peer's certificate, once it was verified.
    package private(set) var peerCertificate: PeerCertificate?
    /// The certificate for which the handshake failed, for the record of the refusal.
    package private(set) var rejectedCertificate: PeerCertificate?

    private let context: TLSContext
    private let serverName: String?
    private let ssl: OpaquePointer
    private let pipes: UnsafeMutablePointer<CiphertextPipes>
    private var unread = unsafe ByteQueue()
    private var failure: TLSError?
    private var isClosing = false

    /// Makes a session that starts its handshake with the first call of ``handshake()``.
    ///
    /// - Parameters:
    ///   - context: what the session takes its role and certificates from.
    ///   - serverName: for a client, the host name or IP address that the certificate must cover.
    /// - Throws: ``TLSError/library(_:)`` if OpenSSL cannot allocate it.
    package init(context: TLSContext, serverName: String? = nil) throws(TLSError) {
        precondition(
            (context.role == .client) == (serverName != nil),
            "a client verifies a server name, a server none"
        )
        ERR_clear_error()
        guard let ssl = unsafe SSL_new(context.pointer) else { throw OpenSSLErrors.drain() }
        let pipes = UnsafeMutablePointer<CiphertextPipes>.allocate(capacity: 1)
        unsafe pipes.initialize(to: CiphertextPipes())
        self.context = context
        self.serverName = serverName
        unsafe self.ssl = ssl
        unsafe self.pipes = unsafe pipes
        guard let bio = unsafe CiphertextBIO.make(pipes) else { throw OpenSSLErrors.drain() }
        unsafe SSL_set_bio(ssl, bio, bio)
        unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        guard let serverName else {
            unsafe SSL_set_accept_state(ssl)
            return
        }
        unsafe SSL_set_connect_state(ssl)
        try verify(serverName)
    }

    deinit {
        unsafe SSL_free(ssl)
        unsafe pipes.pointee.outbound.free()
        unsafe pipes.deinitialize(count: 1)
        unsafe pipes.deallocate()
        unsafe unread.free()
    }

    private func verify(_ serverName: String) throws(TLSError) {
        let parameters = unsafe SSL_get0_param(ssl)
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) == 1 { return }
        ERR_clear_error()
        unsafe SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard unsafe SSL_set1_host(ssl, serverName) == 1,
            unsafe COpenSSL_SSL_set_server_name(ssl, serverName) == 1
        else { throw OpenSSLErrors.drain() }
    }

    // MARK: - Inbound

    /// Lends ciphertext that arrived to the session while `body` reads; keeps what is left over.
    package func receive<Result>(
        _ ciphertext: UnsafeRawBufferPointer,
        _ body: () throws(TLSError) -> Result
    ) throws(TLSError) -> Result {
        let isQueued = unsafe unread.byteCount > 0
        if isQueued {
            unsafe unread.append(ciphertext)
            unsafe pipes.pointee.inbound = unread.bytes
        } else {
            unsafe pipes.pointee.inbound = unsafe ciphertext
        }
        defer {
            let rest = unsafe pipes.pointee.inbound
            if isQueued {
                unsafe unread.consume(unread.byteCount - rest.count)
            } else {
                unsafe unread.append(rest)
            }
            unsafe pipes.pointee.inbound = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return try body()
    }

    /// True if something already handed over may still be read.
    package var hasUnread: Bool {
        unsafe unread.byteCount > 0 || SSL_has_pending(ssl) == 1
    }

    /// Tells that the peer's side of the connection has ended.
    package func receiveEnd() {
        unsafe pipes.pointee.inboundEnded = true
    }

    /// Advances the handshake.
    ///
    /// - Returns: true once it is complete; false if it waits for the peer.
    package func handshake() throws(TLSError) -> Bool {
        if isEstablished { return true }
        if let failure { throw failure }
        ERR_clear_error()
        let code = unsafe SSL_do_handshake(ssl)
        guard code == 1 else {
            guard unsafe SSL_get_error(ssl, code) == SSL_ERROR_WANT_READ else { throw failed() }
            return false
        }
        isEstablished = true
        if let x509 = unsafe SSL_get0_peer_certificate(ssl) {
            peerCertificate = unsafe PeerCertificate(x509: x509)
        }
        return true
    }

    /// Reads plaintext into `target`, completing the handshake first if need be.
    package func read(into target: UnsafeMutableRawBufferPointer) throws(TLSError) -> ReadResult {
        if let failure { throw failure }
        ERR_clear_error()
        var count = 0
        let code = unsafe SSL_read_ex(ssl, target.baseAddress, target.count, &count)
        if code == 1 { return .bytes(count) }
        switch unsafe SSL_get_error(ssl, code) {
        case SSL_ERROR_WANT_READ: return .wantsCiphertext
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: throw failed()
        }
    }

    // MARK: - Outbound

    /// Encrypts `plaintext` into the outbound queue, in records of up to 16 KiB.
    ///
    /// - Precondition: the handshake is complete.
    package func write(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) {
        precondition(isEstablished, "plaintext written before the handshake was complete")
        if let failure { throw failure }
        var rest = unsafe plaintext
        while rest.count > 0, !isClosing {
            ERR_clear_error()
            var count = 0
            // The BIO takes everything, so that a failure is final.
            guard unsafe SSL_write_ex(ssl, rest.baseAddress, rest.count, &count) == 1 else {
                throw failed()
            }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Queues the close_notify that tells the peer that nothing was cut off; nothing can follow it.
    package func close() {
        guard isEstablished, failure == nil, !isClosing else { return }
        isClosing = true
        ERR_clear_error()
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// The number of bytes of ciphertext waiting to be sent.
    package var outboundByteCount: Int { unsafe pipes.pointee.outbound.byteCount }

    /// Shows the ciphertext to send; the number of bytes that `body` returns is dropped from it.
    package func withOutbound(_ body: (UnsafeRawBufferPointer) -> Int) {
        let count = unsafe body(pipes.pointee.outbound.bytes)
        unsafe pipes.pointee.outbound.consume(count)
    }

    // MARK: - Failure

    /// Keeps the certificate that the verification stopped at.
    func certificateRejected(_ certificate: PeerCertificate) {
        rejectedCertificate = certificate
    }

    private func failed() -> TLSError {
        let error = unsafe OpenSSLErrors.failure(
            ssl: ssl,
            rejected: rejectedCertificate,
            serverName: serverName
        )
        failure = error
        return error
    }
}
