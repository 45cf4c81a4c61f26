internal import COpenSSL

/// The server side of TLS for a connection whose socket another library serves.
///
/// The `SSL` has the rules of its ``TLSContext``. Whoever takes it frees it.
package enum SocketSession {
    private final class FreeHook {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    // OpenSSL runs the hook of an SSL as it frees it; other SSLs have none.
    private static let hookIndex = unsafe CRYPTO_get_ex_new_index(
        CRYPTO_EX_INDEX_SSL,
        0,
        nil,
        nil,
        nil,
        { _, hook, _, _, _, _ in
            guard let hook = unsafe hook else { return }
            unsafe Unmanaged<FreeHook>.fromOpaque(hook).takeRetainedValue().body()
        }
    )

    /// Makes an `SSL` that accepts a connection.
    ///
    /// - Parameters:
    ///   - context: what it takes its certificates and rules from.
    ///   - onFree: called once, when the `SSL` is freed.
    /// - Returns: the `SSL`, which the caller owns.
    /// - Throws: ``TLSError/library(_:)`` if OpenSSL cannot allocate it.
    package static func make(
        context: TLSContext,
        onFree: @escaping () -> Void
    ) throws(TLSError) -> OpaquePointer {
        precondition(context.role == .server, "a client has no connections to accept")
        ERR_clear_error()
        guard hookIndex > 0, let ssl = unsafe SSL_new(context.pointer) else {
            throw OpenSSLErrors.drain()
        }
        let hook = unsafe Unmanaged.passRetained(FreeHook(onFree))
        guard unsafe SSL_set_ex_data(ssl, hookIndex, hook.toOpaque()) == 1 else {
            unsafe hook.release()
            unsafe SSL_free(ssl)
            throw OpenSSLErrors.drain()
        }
        // What was read ahead would be invisible to a loop that waits for the socket.
        unsafe SSL_set_read_ahead(ssl, 0)
        return unsafe ssl
    }

    /// The certificate of the other side, if it was verified.
    package static func peerCertificate(of ssl: OpaquePointer) -> PeerCertificate? {
        guard unsafe SSL_get_verify_result(ssl) == Int(X509_V_OK),
            let x509 = unsafe SSL_get0_peer_certificate(ssl)
        else { return nil }
        return unsafe PeerCertificate(x509: x509)
    }
}
