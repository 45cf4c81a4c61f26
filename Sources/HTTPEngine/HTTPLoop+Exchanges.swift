internal import CEvent
internal import Glibc
internal import TLSEngine

/// Requests and their answers.
extension HTTPLoop {
    /// A request has come, complete.
    func received(_ request: RequestPointer) {
        guard let connection = unsafe evhttp_request_get_connection(request),
            let stream = unsafe evhttp_connection_get_bufferevent(connection),
            let certificate = unsafe certificate(of: stream),
            let number = unsafe number(of: stream)
        else {
            // Also where no TLS could be made for want of memory: nobody is served without it.
            unsafe evhttp_send_error(request, 403, nil)
            return
        }
        extendDeadline(of: number)
        let client = certificate.uriNames.first ?? certificate.subject
        guard takeConnection(number, for: client) else {
            let text = "The client has \(limits.connectionsPerClientMax) connections, which is all "
            let more = [HTTPField("Retry-After", "1"), HTTPField("Connection", "close")]
            unsafe HTTPExchange.refuse(503, text + "that it may have; end one.\n", more, request)
            return
        }
        guard outboundByteCount < limits.outboundByteCountMax else {
            let text = "The server has too many answers on their way; try again.\n"
            unsafe HTTPExchange.refuse(503, text, [HTTPField("Retry-After", "1")], request)
            return
        }
        let parsed = unsafe HTTPExchange.read(request, certificate)
        guard !parsed.fields.isAmbiguous else {
            // What follows on the connection may be taken for anything.
            let text = "The request says in two ways how long it is.\n"
            unsafe HTTPExchange.refuse(400, text, [HTTPField("Connection", "close")], request)
            return
        }
        lastExchange += 1
        let exchange = lastExchange
        exchanges[exchange] = unsafe HTTPExchange(
            request: request,
            connection: connection,
            connectionNumber: number,
            isHead: parsed.method == "HEAD",
            acceptsGzip: AcceptedCodings(parsed.fields["Accept-Encoding"]).acceptGzip
        )
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe evhttp_connection_set_closecb(connection, connectionClosed, user)
        if let response = handler(parsed, HTTPReply(exchange: exchange, inbox: inbox)) {
            answer(exchange, response)
        }
    }

    /// Answers of other threads have come.
    func answersReceived() {
        for (exchange, response) in inbox.take() { answer(exchange, response) }
    }

    /// Answers an exchange, unless it has been answered or given up.
    func answer(_ number: UInt64, _ response: HTTPResponse) {
        guard var exchange = exchanges[number], !exchange.isStarted else { return }
        var fields = response.fields
        var gzip: GzipEncoder?
        if response.isCompressible {
            fields.append(HTTPField("Vary", "Accept-Encoding"))
            if exchange.acceptsGzip { gzip = GzipEncoder() }
            if gzip != nil { fields.append(HTTPField("Content-Encoding", "gzip")) }
        }
        switch response.body {
        case .bytes(let bytes):
            exchanges[number] = nil
            var body = gzip?.encode(bytes, isLast: true) ?? bytes
            if exchange.isHead, !body.isEmpty {
                // libevent would send it all the same, in the place of the next answer.
                fields.append(HTTPField("Content-Length", "\(body.count)"))
                body = []
            }
            unsafe HTTPExchange.send(
                status: response.status,
                fields: fields,
                body: body,
                to: exchange.request
            )
        case .pieces(let pieces):
            if unsafe CEvent_knows_chunks(exchange.request) == 0 {
                // The end of the connection is the end of the body.
                fields.append(HTTPField("Connection", "close"))
            }
            unsafe HTTPExchange.add(fields, to: exchange.request)
            unsafe evhttp_send_reply_start(exchange.request, Int32(response.status), nil)
            guard !exchange.isHead else {
                exchanges[number] = nil
                unsafe evhttp_send_reply_end(exchange.request)
                return
            }
            exchange.pieces = pieces
            exchange.gzip = gzip
            exchanges[number] = exchange
            setReadTimeout(of: exchange, isOn: false)
            sendPiece(number)
        }
    }

    // The next piece is made when the last one has left for the socket, so that a client that does
    // not read costs one piece.
    private func sendPiece(_ number: UInt64) {
        guard var exchange = exchanges[number] else { return }
        while true {
            switch exchange.pieces?.next() ?? .end {
            case .bytes(let plain):
                let bytes = exchange.gzip?.encode(plain, isLast: false) ?? plain
                guard !bytes.isEmpty else { continue }
                exchanges[number] = exchange
                let user = unsafe Unmanaged.passUnretained(self).toOpaque()
                let isSent = unsafe send(bytes, of: exchange, pieceWasSent, user)
                guard isSent else { return cut(number) }
                return
            case .end:
                let rest = exchange.gzip?.encode([], isLast: true) ?? []
                let isSent = unsafe rest.isEmpty || send(rest, of: exchange, nil, nil)
                guard isSent else { return cut(number) }
                exchanges[number] = nil
                setReadTimeout(of: exchange, isOn: true)
                unsafe evhttp_send_reply_end(exchange.request)
                return
            case .failed:
                return cut(number)
            }
        }
    }

    private typealias Sent =
        @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Void

    private func send(
        _ bytes: [UInt8],
        of exchange: HTTPExchange,
        _ sent: Sent?,
        _ user: UnsafeMutableRawPointer?
    ) -> Bool {
        guard let buffer = unsafe evbuffer_new() else { return false }
        defer { unsafe evbuffer_free(buffer) }
        let isQueued = unsafe bytes.withUnsafeBytes { bytes in
            unsafe evbuffer_add(buffer, bytes.baseAddress, bytes.count) == 0
        }
        guard isQueued else { return false }
        unsafe evhttp_send_reply_chunk_with_cb(exchange.request, buffer, sent, user)
        return true
    }

    // Ends the connection in the middle of an answer.
    private func cut(_ number: UInt64) {
        guard let exchange = exchanges.removeValue(forKey: number) else { return }
        shutDown(exchange.connectionNumber)
        // Only gives the request back: nothing can be sent any more.
        unsafe evhttp_send_reply_end(exchange.request)
    }

    fileprivate func pieceSent(on connection: OpaquePointer) {
        for (number, exchange) in exchanges where unsafe exchange.connection == connection {
            extendDeadline(of: exchange.connectionNumber)
            sendPiece(number)
            return
        }
    }

    // While an answer goes out in pieces the client has nothing to say, and its silence is no
    // reason to end the connection: whether it reads is what counts.
    private func setReadTimeout(of exchange: HTTPExchange, isOn: Bool) {
        let stream = unsafe evhttp_connection_get_bufferevent(exchange.connection)
        var idle = timeval(tv_sec: limits.idleSeconds, tv_usec: 0)
        if isOn {
            unsafe bufferevent_set_timeouts(stream, &idle, &idle)
        } else {
            unsafe bufferevent_set_timeouts(stream, nil, &idle)
        }
    }

    fileprivate func closed(_ connection: OpaquePointer) {
        for (number, exchange) in exchanges where unsafe exchange.connection == connection {
            exchanges[number] = nil
            // libevent lets go of a request that is being answered when its connection fails.
            if unsafe evhttp_request_get_connection(exchange.request) == nil {
                unsafe evhttp_request_free(exchange.request)
            }
        }
    }
}

private func pieceWasSent(_ connection: OpaquePointer?, _ user: UnsafeMutableRawPointer?) {
    guard let connection = unsafe connection else { return }
    unsafe HTTPLoop.of(user)?.pieceSent(on: connection)
}

private func connectionClosed(_ connection: OpaquePointer?, _ user: UnsafeMutableRawPointer?) {
    guard let connection = unsafe connection else { return }
    unsafe HTTPLoop.of(user)?.closed(connection)
}
