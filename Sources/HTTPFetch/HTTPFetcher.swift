internal import CCurl
internal import Synchronization

/// Asks HTTP servers, one request at a time, over connections that are kept (libcurl).
///
/// A request blocks its thread until it is answered or its time is over. Redirects are not
/// followed and proxies not asked: an answer comes from the server that was meant.
package final class HTTPFetcher: Sendable {
    /// The files of the client's side of TLS, PEM.
    package struct Identity: Hashable, Sendable {
        /// The authorities that the server's certificate must come from.
        package let authority: String
        /// The certificate chain that the client shows, or nil.
        package let certificate: String?
        /// Its private key, or nil.
        package let key: String?

        /// Names the files.
        package init(authority: String, certificate: String?, key: String?) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    /// What a request may take.
    package struct Limits: Hashable, Sendable {
        /// Seconds to the connection, its handshake included.
        package var connectSeconds = 10
        /// Seconds from the start to the last byte.
        package var seconds = 60
        /// Bytes of an answer's body.
        package var byteCountMax = 64 << 20

        /// The limits that are the defaults.
        package init() {}
    }

    private let session: Mutex<FetchSession>

    /// Makes a fetcher.
    ///
    /// - Parameters:
    ///   - identity: the client's side of TLS; nil for the authorities of the machine, and no
    ///     certificate.
    ///   - permitsPlain: whether a URL may be of `http`, without TLS.
    ///   - limits: what a request may take.
    /// - Throws: ``HTTPFetchError`` if libcurl cannot serve with this.
    package init(
        identity: Identity?,
        permitsPlain: Bool = false,
        limits: Limits = Limits()
    ) throws(HTTPFetchError) {
        session = Mutex(
            try FetchSession(identity: identity, permitsPlain: permitsPlain, limits: limits)
        )
    }

    /// Sends a GET.
    ///
    /// - Parameters:
    ///   - url: what to get.
    ///   - accept: the media type that is wanted; nil for any.
    /// - Returns: the answer, whatever its status.
    /// - Throws: ``HTTPFetchError`` where there was none.
    package func get(
        _ url: String,
        accept: String? = nil
    ) throws(HTTPFetchError) -> HTTPAnswer {
        try send(HTTPFetchRequest("GET", url, fields: accept.map { [("Accept", $0)] } ?? []))
    }

    /// Sends a POST.
    ///
    /// - Parameters:
    ///   - url: where to.
    ///   - body: the body.
    ///   - type: its media type.
    /// - Returns: the answer, whatever its status.
    /// - Throws: ``HTTPFetchError`` where there was none.
    package func post(
        _ url: String,
        body: [UInt8],
        type: String
    ) throws(HTTPFetchError) -> HTTPAnswer {
        try send(HTTPFetchRequest("POST", url, fields: [("Content-Type", type)], body: body))
    }

    /// Sends any request.
    ///
    /// - Parameter request: the request.
    /// - Returns: the answer, whatever its status.
    /// - Throws: ``HTTPFetchError`` where there was none.
    package func send(_ request: HTTPFetchRequest) throws(HTTPFetchError) -> HTTPAnswer {
        try session.withLock { session throws(HTTPFetchError) in
            try session.fetch(request)
        }
    }
}

/// What is asked of a server.
package struct HTTPFetchRequest: Sendable {
    /// The method, such as `PATCH`.
    package let method: String
    /// What it is about.
    package let url: String
    /// The fields of the header beside those that libcurl adds.
    package let fields: [(name: String, value: String)]
    /// The body; nil for none.
    package let body: [UInt8]?

    /// Makes a request.
    package init(
        _ method: String,
        _ url: String,
        fields: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }
}

/// What a server has answered.
package struct HTTPAnswer: Hashable, Sendable {
    /// The status code (RFC 9110 15).
    package let status: Int
    /// The field `Content-Type`, or empty.
    package let type: String
    /// The fields of the header by their names in lower case; of several of a name the last.
    package let fields: [String: String]
    /// The body.
    package let body: [UInt8]

    /// The body as text, cut to a sentence's length, for messages.
    package var summary: String {
        let text = String(decoding: body.prefix(300), as: UTF8.self)
        return String(text.prefix { $0 != "\n" && $0 != "\r" && $0 != "\r\n" })
    }
}

/// Why a request had no answer.
package struct HTTPFetchError: Error, Hashable, Sendable {
    /// What happened, and with which URL.
    package let message: String
    /// Whether the time was over.
    package let isTimeOut: Bool

    init(_ message: String, isTimeOut: Bool = false) {
        self.message = message
        self.isTimeOut = isTimeOut
    }
}
