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

    /// Sends a request.
    func fetch(_ request: HTTPFetchRequest) throws(HTTPFetchError) -> HTTPAnswer {
        let url = request.url
        let received = ReceivedAnswer(byteCountMax: byteCountMax)
        var fields: UnsafeMutablePointer<curl_slist>?
        for (name, value) in request.fields {
            unsafe fields = curl_slist_append(fields, "\(name): \(value)")
        }
        // Else libcurl waits a second for a leave that nobody gives.
        if request.body != nil { unsafe fields = curl_slist_append(fields, "Expect:") }
        defer {
            unsafe _ = CCurl_set_fields(handle, nil)
            unsafe curl_slist_free_all(fields)
        }
        var code = prepare(request)
        if code == CURLE_OK { code = unsafe CCurl_set_fields(handle, fields) }
        withExtendedLifetime(received) {
            guard code == CURLE_OK else { return }
            let user = unsafe Unmanaged.passUnretained(received).toOpaque()
            code = unsafe CCurl_set_receiver(handle, receive, user)
            if code == CURLE_OK {
                code = unsafe CCurl_set_header_receiver(handle, receiveField, user)
            }
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
            fields: received.fields,
            body: received.bytes
        )
    }

    // A handle keeps its options, so that each request sets all of them anew.
    private func prepare(_ request: HTTPFetchRequest) -> CURLcode {
        var code = unsafe CCurl_set_text(handle, CURLOPT_URL, request.url)
        guard code == CURLE_OK else { return code }
        if let body = request.body {
            code = unsafe body.withUnsafeBytes { bytes in
                let code = unsafe CCurl_set_number(handle, CURLOPT_POST, 1)
                guard code == CURLE_OK else { return code }
                return unsafe CCurl_set_body(handle, bytes.baseAddress, bytes.count)
            }
        } else {
            code = unsafe CCurl_set_number(handle, CURLOPT_HTTPGET, 1)
            if code == CURLE_OK, request.method == "HEAD" {
                code = unsafe CCurl_set_number(handle, CURLOPT_NOBODY, 1)
            }
        }
        guard code == CURLE_OK else { return code }
        let usual = request.body == nil ? ["GET", "HEAD"] : ["POST"]
        let method = usual.contains(request.method) ? nil : request.method
        return unsafe CCurl_set_text(handle, CURLOPT_CUSTOMREQUEST, method)
    }
}

/// The answer so far.
private final class ReceivedAnswer {
    private static let fieldByteCountMax = 64 << 10

    private(set) var bytes: [UInt8] = []
    /// The fields of the header by their names in lower case.
    private(set) var fields: [String: String] = [:]
    private(set) var isTooLong = false
    private var fieldByteCount = 0
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

    /// Takes a line of the header.
    func takeField(_ line: UnsafeRawBufferPointer) -> Bool {
        fieldByteCount += line.count
        guard fieldByteCount <= Self.fieldByteCountMax else {
            isTooLong = true
            return false
        }
        let text = unsafe String(decoding: line, as: UTF8.self)
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let value = text[text.utf8.index(after: colon)...]
        let spaces: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n"]
        var scalars = Array(value.unicodeScalars.drop { spaces.contains($0) })
        while let last = scalars.last, spaces.contains(last) { scalars.removeLast() }
        let name = text[..<colon].lowercased()
        fields[name] = String(String.UnicodeScalarView(scalars))
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
    let answer = unsafe Unmanaged<ReceivedAnswer>.fromOpaque(user).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe answer.take(piece) ? piece.count : 0
}

// The same for each line of the header.
private func receiveField(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ user: UnsafeMutableRawPointer?
) -> Int {
    guard let user = unsafe user else { return 0 }
    let answer = unsafe Unmanaged<ReceivedAnswer>.fromOpaque(user).takeUnretainedValue()
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe answer.takeField(line) ? line.count : 0
}
