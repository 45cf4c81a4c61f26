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
        let acceptedAt: Int
        var hasAsked = false
        // Known from its first request on.
        var client: String?
    }

    // What a connection has for its first request while others wait for its place: whoever has no
    // certificate, and so can ask nothing, keeps nobody out for long.
    private static let silentSecondsMax = 2

    private static let farewellMicroseconds = 200_000

    // Nil for a server without TLS.
    private let context: TLSContext?
    let limits: HTTPLimits
    let handler: HTTPServer.Handler
    let inbox: HTTPInbox
    private let wakeDescriptor: Int32
    // Nil once the loop has ended, with all that was made on it.
    private var base: OpaquePointer?
    private let http: OpaquePointer?
    private var listener: OpaquePointer?
    private var timer: OpaquePointer?
    private var wake: OpaquePointer?
    private var connections: [UInt64: Connection] = [:]
    private var lastConnection: UInt64 = 0
    var exchanges: [UInt64: HTTPExchange] = [:]
    var lastExchange: UInt64 = 0

    /// Takes over the reading end of the inbox's pipe, whose end stops the loop, unless it throws.
    init(
        socket: ListeningSocket,
        inbox: HTTPInbox,
        wakeDescriptor: Int32,
        context: TLSContext?,
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
        self.inbox = inbox
        self.wakeDescriptor = wakeDescriptor
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
        if let wake = unsafe wake { unsafe event_free(wake) }
        if let http = unsafe http { unsafe evhttp_free(http) }
        if context == nil {
            for connection in connections.values { unsafe CEvent_release(connection.stream) }
            connections = [:]
        }
        unsafe event_base_free(base)
        unsafe self.base = nil
    }

    private func setLimits() {
        unsafe evhttp_set_max_headers_size(http, limits.headerByteCountMax)
        unsafe evhttp_set_max_body_size(http, limits.bodyByteCountMax)
        unsafe evhttp_set_timeout(http, Int32(limits.idleSeconds))
        unsafe evhttp_set_allowed_methods(http, UInt16(CEvent_every_method()))
        // Reads a body that is too large to its end, unkept, so that its sender sees the 413.
        unsafe evhttp_set_flags(http, EVHTTP_SERVER_LINGERING_CLOSE)
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
        unsafe wake = event_new(base, wakeDescriptor, Int16(EV_READ | EV_PERSIST), woken, user)
        guard unsafe timer != nil, unsafe wake != nil, unsafe event_add(timer, &second) == 0,
            unsafe event_add(wake, nil) == 0
        else { throw .notMade(part: "its events") }
    }

    /// Serves until the other end of the pipe is closed.
    func run() {
        unsafe event_base_dispatch(base)
        free()
        close(wakeDescriptor)
    }

    fileprivate func wokenUp() {
        var byte: UInt8 = 0
        let count = unsafe read(wakeDescriptor, &byte, 1)
        guard count >= 0 else { return }
        answersReceived()
        guard count == 0 else { return }
        unsafe event_del(wake)
        // What has been answered gets a moment to leave.
        let microseconds = outboundByteCount > 0 ? Self.farewellMicroseconds : 0
        var pause = timeval(tv_sec: 0, tv_usec: microseconds)
        unsafe event_base_loopexit(base, &pause)
    }

    // MARK: - Connections

    fileprivate func accepted() -> OpaquePointer? {
        lastConnection += 1
        let number = lastConnection
        do throws(TLSError) {
            guard let stream = try unsafe stream(for: number) else { return nil }
            // libevent reads on while an answer goes out, and gathers a body before it takes it.
            let inboundMax = limits.headerByteCountMax + limits.bodyByteCountMax + 64 << 10
            unsafe bufferevent_setwatermark(stream, Int16(EV_READ), 0, inboundMax)
            connections[number] = unsafe Connection(
                stream: stream,
                deadline: deadline(),
                acceptedAt: Self.seconds()
            )
            // The others wait in the system's queue.
            if connections.count >= limits.connectionsMax {
                unsafe evconnlistener_disable(listener)
            }
            return unsafe stream
        } catch {
            return nil
        }
    }

    private func stream(for number: UInt64) throws(TLSError) -> OpaquePointer? {
        guard let context else { return unsafe CEvent_plain_stream(base) }
        let ssl = try unsafe SocketSession.make(context: context) { [unowned self] in
            ended(number)
        }
        return unsafe CEvent_accepting_stream(base, ssl)
    }

    /// What is known of the client on a stream; nil where there should be TLS and is none.
    func certificate(of stream: OpaquePointer) -> PeerCertificate? {
        guard context != nil else { return .absent }
        return unsafe bufferevent_openssl_get_ssl(stream)
            .flatMap { unsafe SocketSession.peerCertificate(of: $0) }
    }

    // The end of a connection without TLS is seen only by looking.
    private func releaseAbandoned() {
        guard context == nil else { return }
        for (number, connection) in connections
        where unsafe CEvent_is_abandoned(connection.stream) != 0 {
            unsafe CEvent_release(connection.stream)
            ended(number)
        }
    }

    private func ended(_ number: UInt64) {
        connections[number] = nil
        if connections.count == limits.connectionsMax - 1, let listener = unsafe listener {
            unsafe evconnlistener_enable(listener)
        }
    }

    /// The number of the connection that a stream serves.
    func number(of stream: OpaquePointer) -> UInt64? {
        connections.first { unsafe $0.value.stream == stream }?.key
    }

    /// Notes whose connection it is.
    ///
    /// - Returns: false if the client has as many others as it may have.
    func takeConnection(_ number: UInt64, for client: String) -> Bool {
        guard connections[number]?.client == nil, context != nil else { return true }
        let others = connections.values.count { $0.client == client }
        guard others < limits.connectionsPerClientMax else { return false }
        connections[number]?.client = client
        return true
    }

    /// Gives a connection its time anew, since something was done on it.
    func extendDeadline(of number: UInt64) {
        connections[number]?.deadline = deadline()
        connections[number]?.hasAsked = true
    }

    /// Ends a connection; its stream reads the end and lets go of everything itself.
    func shutDown(_ number: UInt64) {
        guard let connection = connections[number] else { return }
        unsafe _ = shutdown(bufferevent_getfd(connection.stream), Int32(SHUT_RDWR))
    }

    fileprivate func cutLate() {
        releaseAbandoned()
        let now = Self.seconds()
        if connections.count >= limits.connectionsMax {
            for (number, connection) in connections
            where !connection.hasAsked && now - connection.acceptedAt > Self.silentSecondsMax {
                shutDown(number)
            }
        }
        let late = connections.filter { $0.value.deadline < now }.map(\.key)
        for number in late {
            let waiting = exchanges.first {
                $0.value.connectionNumber == number && !$0.value.isStarted
            }
            guard let waiting else {
                shutDown(number)
                continue
            }
            // Nobody reads from a connection whose request has no answer yet.
            answer(waiting.key, Self.lateAnswer)
        }
    }

    private static let lateAnswer = HTTPResponse(
        status: 503,
        fields: [
            HTTPField("Content-Type", "text/plain; charset=utf-8"),
            HTTPField("Connection", "close"), HTTPField("Retry-After", "1"),
        ],
        body: .bytes(Array("The answer took too long; ask again.\n".utf8))
    )

    private func deadline() -> Int { Self.seconds() + limits.requestSeconds }

    private static func seconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }

    /// Bytes of answers that have not left for the sockets.
    var outboundByteCount: Int {
        var count = 0
        for connection in connections.values {
            unsafe count += evbuffer_get_length(bufferevent_get_output(connection.stream))
        }
        return count
    }

    /// The loop behind what libevent hands back, which it outlives.
    static func of(_ user: UnsafeMutableRawPointer?) -> HTTPLoop? {
        guard let user = unsafe user else { return nil }
        return unsafe Unmanaged<HTTPLoop>.fromOpaque(user).takeUnretainedValue()
    }
}

// What libevent calls, on the loop's thread.

private func makeStream(_: OpaquePointer?, _ user: UnsafeMutableRawPointer?) -> OpaquePointer? {
    unsafe HTTPLoop.of(user)?.accepted()
}

private func requestReceived(_ request: RequestPointer?, _ user: UnsafeMutableRawPointer?) {
    guard let request = unsafe request else { return }
    unsafe HTTPLoop.of(user)?.received(request)
}

private func secondPassed(_: Int32, _: Int16, _ user: UnsafeMutableRawPointer?) {
    unsafe HTTPLoop.of(user)?.cutLate()
}

private func woken(_: Int32, _: Int16, _ user: UnsafeMutableRawPointer?) {
    unsafe HTTPLoop.of(user)?.wokenUp()
}
