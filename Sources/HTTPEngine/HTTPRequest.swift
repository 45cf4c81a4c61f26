package import TLSEngine

/// A complete request, as the handler gets it.
package struct HTTPRequest: Sendable {
    /// The method in capital letters, such as `GET`.
    package let method: String
    /// The path as it was sent, without query and not decoded.
    package let path: String
    /// What stands behind the question mark, not decoded; nil if there is none.
    package let query: String?
    /// The fields of its header, in their order.
    package let fields: [HTTPField]
    /// The certificate of the client, which the TLS handshake has verified, or
    /// ``PeerCertificate/absent`` on a server without TLS.
    package let certificate: PeerCertificate
    /// The address of the client, without its port.
    package let address: String
    /// The body, within ``HTTPLimits/bodyByteCountMax``.
    package let body: [UInt8]

    /// Makes a request.
    package init(
        method: String,
        path: String,
        query: String? = nil,
        fields: [HTTPField],
        certificate: PeerCertificate,
        address: String,
        body: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.certificate = certificate
        self.address = address
        self.body = body
    }
}
