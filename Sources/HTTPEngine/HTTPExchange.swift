internal import CEvent
internal import TLSEngine

/// A request of libevent, which it owns while the exchange lasts.
typealias RequestPointer = UnsafeMutablePointer<evhttp_request>

/// One request of libevent, from its arrival until its answer has been handed over.
@safe struct HTTPExchange {
    let request: RequestPointer
    /// The connection of libevent that it came on.
    let connection: OpaquePointer
    /// The number of that connection.
    let connectionNumber: UInt64
    let isHead: Bool
    let acceptsGzip: Bool
    /// What remains of an answer in pieces.
    var pieces: (any HTTPPieces)?
    var gzip: GzipEncoder?

    /// Whether an answer in pieces is under way.
    var isStarted: Bool { pieces != nil }

    /// Reads a request, which is complete.
    static func read(
        _ request: RequestPointer,
        _ certificate: PeerCertificate
    ) -> HTTPRequest {
        let uri = unsafe evhttp_request_get_evhttp_uri(request)
        let path = unsafe evhttp_uri_get_path(uri)
        let query = unsafe evhttp_uri_get_query(uri)
        return unsafe HTTPRequest(
            method: String(cString: CEvent_method_name(request)),
            path: path.map { unsafe String(cString: $0) } ?? "",
            query: query.map { unsafe String(cString: $0) },
            fields: fields(request),
            certificate: certificate,
            address: address(request),
            body: body(request)
        )
    }

    private static func fields(_ request: RequestPointer) -> [HTTPField] {
        var fields: [HTTPField] = []
        var next = unsafe CEvent_first_field(request)
        while let field = unsafe next {
            unsafe fields.append(
                HTTPField(String(cString: field.pointee.key), String(cString: field.pointee.value))
            )
            unsafe next = CEvent_next_field(field)
        }
        return fields
    }

    private static func address(_ request: RequestPointer) -> String {
        var host: UnsafeMutablePointer<CChar>?
        var port: UInt16 = 0
        unsafe evhttp_connection_get_peer(evhttp_request_get_connection(request), &host, &port)
        return unsafe host.map { unsafe String(cString: $0) } ?? ""
    }

    private static func body(_ request: RequestPointer) -> [UInt8] {
        let buffer = unsafe evhttp_request_get_input_buffer(request)
        let count = unsafe evbuffer_get_length(buffer)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, written in
            let copied = unsafe evbuffer_copyout(buffer, bytes.baseAddress, count)
            written = max(0, copied)
        }
    }

    /// Sends the whole of an answer, which ends the exchange.
    static func send(
        status: Int,
        fields: [HTTPField],
        body: [UInt8],
        to request: RequestPointer
    ) {
        unsafe add(fields, to: request)
        let buffer = unsafe evhttp_request_get_output_buffer(request)
        let isQueued = unsafe body.withUnsafeBytes { bytes in
            unsafe evbuffer_add(buffer, bytes.baseAddress, bytes.count) == 0
        }
        guard isQueued else {
            unsafe evhttp_send_error(request, 503, nil)
            return
        }
        unsafe evhttp_send_reply(request, Int32(status), nil, nil)
    }

    /// Refuses a request in a sentence, which ends the exchange.
    static func refuse(
        _ status: Int,
        _ text: String,
        _ more: [HTTPField] = [],
        _ request: RequestPointer
    ) {
        let fields = [HTTPField("Content-Type", "text/plain; charset=utf-8")] + more
        unsafe send(status: status, fields: fields, body: Array(text.utf8), to: request)
    }

    static func add(_ fields: [HTTPField], to request: RequestPointer) {
        let header = unsafe evhttp_request_get_output_headers(request)
        for field in fields { unsafe evhttp_add_header(header, field.name, field.value) }
    }
}
