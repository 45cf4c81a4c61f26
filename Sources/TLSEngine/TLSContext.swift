internal import COpenSSL

/// The files that identify one side and the authority it trusts, all PEM.
package struct TLSIdentityFiles: Equatable, Sendable {
    /// The certificate, followed by its intermediates if there are any.
    package let certificate: String
    /// The private key of the certificate.
    package let privateKey: String
    /// The authority that must have issued the peer's certificate.
    package let authority: String

    /// Names the three files.
    package init(certificate: String, privateKey: String, authority: String) {
        self.certificate = certificate
        self.privateKey = privateKey
        self.authority = authority
    }
}

/// What all connections of one listener, or of one client, have in common.
///
/// TLS 1.3 only, certificates required and verified on both sides, no session tickets: each
/// connection proves its certificate anew. A context never changes; new files need a new context,
/// while connections made from the old one go on.
@safe package final class TLSContext: Sendable {
    /// Which side of the connection the sessions of a context take.
    package enum Role: Equatable, Sendable {
        /// Accepts connections and demands a client certificate.
        case server
        /// Dials and verifies the server's name.
        case client
    }

    /// The side that sessions of this context take.
    package let role: Role
    // An SSL_CTX counts its references atomically and is not changed after `init`.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Reads the files and makes a context.
    ///
    /// - Throws: ``TLSError/configuration(file:reason:)`` naming the file that cannot be used.
    package init(role: Role, files: TLSIdentityFiles) throws(TLSError) {
        let method = role == .server ? unsafe TLS_server_method() : unsafe TLS_client_method()
        ERR_clear_error()
        guard let pointer = unsafe SSL_CTX_new(method) else { throw OpenSSLErrors.drain() }
        do throws(TLSError) {
            unsafe try Self.setProtocol(pointer)
            unsafe try Self.load(files, into: pointer)
            unsafe try Self.trust(files.authority, role: role, in: pointer)
        } catch {
            unsafe SSL_CTX_free(pointer)
            throw error
        }
        self.role = role
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    private static func setProtocol(_ context: OpaquePointer) throws(TLSError) {
        unsafe COpenSSL_SSL_CTX_set_modes(context)
        guard unsafe COpenSSL_SSL_CTX_require_tls13(context) == 1,
            unsafe COpenSSL_SSL_CTX_set_groups(context, "X25519:P-256:P-384") == 1,
            unsafe SSL_CTX_set_num_tickets(context, 0) == 1
        else { throw OpenSSLErrors.drain() }
    }

    private static func load(
        _ files: TLSIdentityFiles,
        into context: OpaquePointer
    ) throws(TLSError) {
        // An encrypted key would otherwise ask for its password on the terminal.
        unsafe SSL_CTX_set_default_passwd_cb(context, noPassword)
        guard unsafe SSL_CTX_use_certificate_chain_file(context, files.certificate) == 1 else {
            throw OpenSSLErrors.configuration(files.certificate, "no certificate in PEM form")
        }
        guard
            unsafe SSL_CTX_use_PrivateKey_file(context, files.privateKey, SSL_FILETYPE_PEM) == 1
        else {
            throw OpenSSLErrors.configuration(
                files.privateKey,
                "no private key in PEM form that belongs to \(files.certificate)"
            )
        }
        guard unsafe SSL_CTX_check_private_key(context) == 1 else {
            throw OpenSSLErrors.configuration(
                files.privateKey,
                "the key does not belong to \(files.certificate)"
            )
        }
    }

    private static func trust(
        _ authority: String,
        role: Role,
        in context: OpaquePointer
    ) throws(TLSError) {
        guard unsafe SSL_CTX_load_verify_file(context, authority) == 1 else {
            throw OpenSSLErrors.configuration(authority, "no certificate in PEM form")
        }
        switch role {
        case .server:
            guard let names = unsafe SSL_load_client_CA_file(authority) else {
                throw OpenSSLErrors.configuration(authority, "no certificate in PEM form")
            }
            unsafe SSL_CTX_set_client_CA_list(context, names)
            unsafe SSL_CTX_set_verify(
                context,
                SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                certificateChecked
            )
        case .client:
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, certificateChecked)
        }
    }
}

private func noPassword(
    buffer: UnsafeMutablePointer<CChar>?,
    size: Int32,
    forWriting: Int32,
    argument: UnsafeMutableRawPointer?
) -> Int32 {
    0
}

/// Called by OpenSSL for each certificate of a chain; keeps the one that fails for the message.
private func certificateChecked(isAcceptable: Int32, store: OpaquePointer?) -> Int32 {
    if isAcceptable == 1 { return 1 }
    let position = SSL_get_ex_data_X509_STORE_CTX_idx()
    if let raw = unsafe X509_STORE_CTX_get_ex_data(store, position),
        let user = unsafe SSL_get_ex_data(OpaquePointer(raw), 0),
        let x509 = unsafe X509_STORE_CTX_get_current_cert(store)
    {
        // The session put itself there and outlives its SSL.
        let session = unsafe Unmanaged<TLSSession>.fromOpaque(user).takeUnretainedValue()
        unsafe session.certificateRejected(PeerCertificate(x509: x509))
    }
    return 0
}
