internal import CCurl

/// A handle of libcurl with its options; whoever has it uses it from one thread at a time.
@safe final class FetchSession {
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let handle: UnsafeMutableRawPointer
    private let byteCountMax: Int

    init(
        identity: HTTPFetcher.Identity?,
        permitsPlain: Bool,
        limits: HTTPFetcher.Limits
    ) throws(HTTPFetchError) {
        guard Self.isReady, let handle = unsafe curl_easy_init() else {
            throw HTTPFetchError("libcurl cannot start; the machine is short of memory")
        }
        unsafe self.handle = handle
        byteCountMax = limits.byteCountMax
        let schemes = permitsPlain ? "http,https" : "https"
        var codes = unsafe [
            CCurl_set_number(handle, CURLOPT_NOSIGNAL, 1),
            CCurl_set_number(handle, CURLOPT_FOLLOWLOCATION, 0),
            CCurl_set_number(handle, CURLOPT_CONNECTTIMEOUT, limits.connectSeconds),
            CCurl_set_number(handle, CURLOPT_TIMEOUT, limits.seconds),
            CCurl_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3)),
            CCurl_set_number(handle, CURLOPT_PATH_AS_IS, 1),
            CCurl_set_text(handle, CURLOPT_PROTOCOLS_STR, schemes),
            CCurl_set_text(handle, CURLOPT_PROXY, ""),
        ]
        if let identity {
            codes.append(unsafe CCurl_set_text(handle, CURLOPT_CAINFO, identity.authority))
            codes.append(unsafe CCurl_set_text(handle, CURLOPT_CAPATH, nil))
            codes.append(unsafe CCurl_set_text(handle, CURLOPT_SSLCERT, identity.certificate))
            codes.append(unsafe CCurl_set_text(handle, CURLOPT_SSLKEY, identity.key))
        }
        guard codes.allSatisfy({ $0 == CURLE_OK }) else {
            throw HTTPFetchError("libcurl lacks TLS 1.3; install libcurl 7.85 or later")
        }
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
    }

    /// Sends a request: a POST if there is a body.
    func fetch(
        _ url: String,
        body: [UInt8]?,
        type: String?,
        accept: String? = nil
    ) throws(HTTPFetchError) -> HTTPAnswer {
        let received = ReceivedBody(byteCountMax: byteCountMax)
        var fields: UnsafeMutablePointer<curl_slist>?
        if let type {
            unsafe fields = curl_slist_append(nil, "Content-Type: \(type)")
            // Else libcurl waits a second for a leave that nobody gives.
            unsafe fields = curl_slist_append(fields, "Expect:")
        }
        if let accept { unsafe fields = curl_slist_append(fields, "Accept: \(accept)") }
        defer {
            unsafe _ = CCurl_set_fields(handle, nil)
            unsafe curl_slist_free_all(fields)
        }
        var code = prepare(url, body)
        if code == CURLE_OK { code = unsafe CCurl_set_fields(handle, fields) }
        withExtendedLifetime(received) {
            guard code == CURLE_OK else { return }
            let user = unsafe Unmanaged.passUnretained(received).toOpaque()
            code = unsafe CCurl_set_receiver(handle, receive, user)
            if code == CURLE_OK { code = unsafe curl_easy_perform(handle) }
        }
        guard !received.isTooLong else {
            throw HTTPFetchError("\(url): the answer is longer than \(byteCountMax) bytes")
        }
        guard code == CURLE_OK else {
            let reason = unsafe String(cString: curl_easy_strerror(code))
            throw HTTPFetchError(
                "\(url): \(reason)",
                isTimeOut: code == CURLE_OPERATION_TIMEDOUT
            )
        }
        return unsafe HTTPAnswer(
            status: CCurl_status(handle),
            type: CCurl_content_type(handle).map { unsafe String(cString: $0) } ?? "",
            body: received.bytes
        )
    }

    private func prepare(_ url: String, _ body: [UInt8]?) -> CURLcode {
        let code = unsafe CCurl_set_text(handle, CURLOPT_URL, url)
        guard code == CURLE_OK else { return code }
        guard let body else { return unsafe CCurl_set_number(handle, CURLOPT_HTTPGET, 1) }
        return unsafe body.withUnsafeBytes { bytes in
            let code = unsafe CCurl_set_number(handle, CURLOPT_POST, 1)
            guard code == CURLE_OK else { return code }
            return unsafe CCurl_set_body(handle, bytes.baseAddress, bytes.count)
        }
    }
}

/// The body so far.
private final class ReceivedBody {
    private(set) var bytes: [UInt8] = []
    private(set) var isTooLong = false
    private let byteCountMax: Int

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    func take(_ more: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count + more.count <= byteCountMax else {
            isTooLong = true
            return false
        }
        unsafe bytes.append(contentsOf: more)
        return true
    }
}

// What libcurl calls with each piece of the body; any other count than that of the piece ends it.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ user: UnsafeMutableRawPointer?
) -> Int {
    guard let user = unsafe user else { return 0 }
    let body = unsafe Unmanaged<ReceivedBody>.fromOpaque(user).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe body.take(piece) ? piece.count : 0
}
