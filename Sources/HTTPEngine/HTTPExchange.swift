internal import CEvent
internal import TLSEngine

/// One request of libevent, into and out of values.
enum HTTPExchange {
    /// Reads a request, which is complete.
    static func request(
        _ request: OpaquePointer,
        _ certificate: PeerCertificate
    ) -> HTTPRequest {
        let path = unsafe evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request))
        return unsafe HTTPRequest(
            method: String(cString: CEvent_method_name(request)),
            path: path.map { unsafe String(cString: $0) } ?? "",
            certificate: certificate,
            body: body(request)
        )
    }

    private static func body(_ request: OpaquePointer) -> [UInt8] {
        let buffer = unsafe evhttp_request_get_input_buffer(request)
        let count = unsafe evbuffer_get_length(buffer)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, written in
            let copied = unsafe evbuffer_copyout(buffer, bytes.baseAddress, count)
            written = max(0, copied)
        }
    }

    /// Sends a response, which ends the exchange.
    static func send(_ response: HTTPResponse, to request: OpaquePointer) {
        let fields = unsafe evhttp_request_get_output_headers(request)
        for field in response.fields {
            unsafe evhttp_add_header(fields, field.name, field.value)
        }
        let buffer = unsafe evhttp_request_get_output_buffer(request)
        let isQueued = unsafe response.body.withUnsafeBytes { bytes in
            unsafe evbuffer_add(buffer, bytes.baseAddress, bytes.count) == 0
        }
        guard isQueued else {
            unsafe evhttp_send_error(request, 503, nil)
            return
        }
        unsafe evhttp_send_reply(request, Int32(response.status), nil, nil)
    }
}
