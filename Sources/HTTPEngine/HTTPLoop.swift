internal import CEvent
internal import EventLoop
internal import Glibc
internal import TLSEngine

/// libevent's loop and HTTP server; once it runs, it belongs to its thread.
@safe final class HTTPLoop {
    @safe private struct Connection {
        let stream: OpaquePointer
        // In seconds of the monotonic clock.
        var deadline: Int
    }

    private let context: TLSContext
    private let limits: HTTPLimits
    private let handler: HTTPServer.Handler
    private let stopDescriptor: Int32
    // Nil once the loop has ended, with all that was made on it.
    private var base: OpaquePointer?
    private let http: OpaquePointer?
    private var listener: OpaquePointer?
    private var timer: OpaquePointer?
    private var stop: OpaquePointer?
    private var connections: [UInt64: Connection] = [:]
    private var lastConnection: UInt64 = 0

    /// Takes over the descriptor whose end stops the loop, unless it throws.
    init(
        socket: ListeningSocket,
        stopDescriptor: Int32,
        context: TLSContext,
        limits: HTTPLimits,
        handler: @escaping HTTPServer.Handler
    ) throws(HTTPError) {
        guard let base = unsafe event_base_new() else { throw .notMade(part: "an event loop") }
        guard let http = unsafe evhttp_new(base) else {
            unsafe event_base_free(base)
            throw .notMade(part: "an HTTP server")
        }
        self.context = context
        self.limits = limits
        self.handler = handler
        self.stopDescriptor = stopDescriptor
        unsafe self.base = base
        unsafe self.http = http
        setLimits()
        try listen(socket)
        try addEvents()
    }

    deinit {
        free()
    }

    // At the end of `run` and not first in `deinit`, since the hooks of the connections that are
    // left come back to self; libevent runs some of them only as it frees the loop.
    private func free() {
        guard let base = unsafe base else { return }
        unsafe listener = nil
        if let timer = unsafe timer { unsafe event_free(timer) }
        if let stop = unsafe stop { unsafe event_free(stop) }
        if let http = unsafe http { unsafe evhttp_free(http) }
        unsafe event_base_free(base)
        unsafe self.base = nil
    }

    private func setLimits() {
        unsafe evhttp_set_max_headers_size(http, limits.headerByteCountMax)
        unsafe evhttp_set_max_body_size(http, limits.bodyByteCountMax)
        unsafe evhttp_set_timeout(http, Int32(limits.idleSeconds))
        unsafe evhttp_set_allowed_methods(http, UInt16(CEvent_every_method()))
    }

    private func listen(_ socket: ListeningSocket) throws(HTTPError) {
        let descriptor: Int32
        do throws(SystemError) {
            descriptor = try socket.duplicate()
        } catch {
            throw .system(error)
        }
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe evhttp_set_bevcb(http, makeStream, user)
        unsafe evhttp_set_gencb(http, requestReceived, user)
        guard let bound = unsafe evhttp_accept_socket_with_handle(http, descriptor) else {
            close(descriptor)
            throw .notMade(part: "a listener")
        }
        unsafe listener = evhttp_bound_socket_get_listener(bound)
    }

    private func addEvents() throws(HTTPError) {
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        var second = timeval(tv_sec: 1, tv_usec: 0)
        unsafe timer = event_new(base, -1, Int16(EV_PERSIST), secondPassed, user)
        unsafe stop = event_new(base, stopDescriptor, Int16(EV_READ), stopped, user)
        guard unsafe timer != nil, unsafe stop != nil, unsafe event_add(timer, &second) == 0,
            unsafe event_add(stop, nil) == 0
        else { throw .notMade(part: "its events") }
    }

    /// Serves until the other end of the pipe is closed.
    func run() {
        unsafe event_base_dispatch(base)
        free()
        close(stopDescriptor)
    }

    fileprivate func end() {
        unsafe event_base_loopbreak(base)
    }

    // MARK: - Connections

    fileprivate func accepted() -> OpaquePointer? {
        lastConnection += 1
        let number = lastConnection
        do throws(TLSError) {
            let ssl = try unsafe SocketSession.make(context: context) { [unowned self] in
                ended(number)
            }
            guard let stream = unsafe CEvent_accepting_stream(base, ssl) else { return nil }
            connections[number] = unsafe Connection(stream: stream, deadline: deadline())
            // The others wait in the system's queue.
            if connections.count >= limits.connectionsMax {
                unsafe evconnlistener_disable(listener)
            }
            return unsafe stream
        } catch {
            return nil
        }
    }

    private func ended(_ number: UInt64) {
        connections[number] = nil
        if connections.count == limits.connectionsMax - 1, let listener = unsafe listener {
            unsafe evconnlistener_enable(listener)
        }
    }

    fileprivate func cutLate() {
        let now = Self.seconds()
        for connection in connections.values where connection.deadline < now {
            // The stream reads the end and lets go of everything itself.
            unsafe _ = shutdown(bufferevent_getfd(connection.stream), Int32(SHUT_RDWR))
        }
    }

    private func deadline() -> Int { Self.seconds() + limits.requestSeconds }

    private static func seconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }

    // MARK: - Requests

    fileprivate func received(_ request: OpaquePointer) {
        guard let connection = unsafe evhttp_request_get_connection(request),
            let stream = unsafe evhttp_connection_get_bufferevent(connection),
            let ssl = unsafe bufferevent_openssl_get_ssl(stream),
            let certificate = unsafe SocketSession.peerCertificate(of: ssl)
        else {
            // Also where no TLS could be made for want of memory: nobody is served without it.
            unsafe evhttp_send_error(request, 403, nil)
            return
        }
        for (number, other) in connections where unsafe other.stream == stream {
            connections[number]?.deadline = deadline()
        }
        guard outboundByteCount < limits.outboundByteCountMax else {
            let body = "The server has too many answers on their way; try again.\n"
            unsafe HTTPExchange.send(
                HTTPResponse(
                    status: 503,
                    fields: [
                        .init("Retry-After", "1"), .init("Content-Type", "text/plain"),
                    ],
                    body: Array(body.utf8)
                ),
                to: request
            )
            return
        }
        let parsed = unsafe HTTPExchange.request(request, certificate)
        unsafe HTTPExchange.send(handler(parsed), to: request)
    }

    private var outboundByteCount: Int {
        var count = 0
        for connection in connections.values {
            unsafe count += evbuffer_get_length(bufferevent_get_output(connection.stream))
        }
        return count
    }
}

// What libevent calls, on the loop's thread; the pointer is the loop, which outlives its parts.

private func loop(_ user: UnsafeMutableRawPointer?) -> HTTPLoop? {
    guard let user = unsafe user else { return nil }
    return unsafe Unmanaged<HTTPLoop>.fromOpaque(user).takeUnretainedValue()
}

private func makeStream(_: OpaquePointer?, _ user: UnsafeMutableRawPointer?) -> OpaquePointer? {
    unsafe loop(user)?.accepted()
}

private func requestReceived(_ request: OpaquePointer?, _ user: UnsafeMutableRawPointer?) {
    guard let request = unsafe request else { return }
    unsafe loop(user)?.received(request)
}

private func secondPassed(_: Int32, _: Int16, _ user: UnsafeMutableRawPointer?) {
    unsafe loop(user)?.cutLate()
}

private func stopped(_: Int32, _: Int16, _ user: UnsafeMutableRawPointer?) {
    unsafe loop(user)?.end()
}
