package import TLSEngine

/// A complete request, as the handler gets it.
package struct HTTPRequest: Sendable {
    /// The method in capital letters, such as `GET`.
    package let method: String
    /// The path as it was sent, without query and not decoded.
    package let path: String
    /// The certificate of the client, which the TLS handshake has verified.
    package let certificate: PeerCertificate
    /// The body, within ``HTTPLimits/bodyByteCountMax``.
    package let body: [UInt8]

    /// Makes a request.
    package init(method: String, path: String, certificate: PeerCertificate, body: [UInt8]) {
        self.method = method
        self.path = path
        self.certificate = certificate
        self.body = body
    }
}

/// What the handler answers.
package struct HTTPResponse: Sendable {
    /// One field of the header.
    package struct Field: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Its value, without line breaks.
        package let value: String

        /// Makes a field.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The status code (RFC 9110 15).
    package let status: Int
    /// The fields beside `Date`, `Content-Length` and `Connection`, which the engine adds.
    package let fields: [Field]
    /// The body; not sent where the method is `HEAD`.
    package let body: [UInt8]

    /// Makes a response.
    package init(status: Int, fields: [Field], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}
