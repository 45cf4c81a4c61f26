internal import CEvent
package import EventLoop
internal import Glibc
internal import Synchronization
package import TLSEngine

/// An HTTPS server on a thread of its own: HTTP/1.1 over TLS 1.3 with client certificates.
///
/// The handler runs on that thread, one request at a time: a slow one delays the others, so that
/// it may read files but wait for nobody; what has to wait is answered later.
@safe package final class HTTPServer: Sendable {
    /// Answers a request, or returns nil and answers later by the reply.
    package typealias Handler = @Sendable (HTTPRequest, HTTPReply) -> HTTPResponse?

    private struct Running {
        let thread: pthread_t
        let inbox: HTTPInbox
    }

    // Nil once stopped.
    private let running: Mutex<Running?>

    /// Starts to serve.
    ///
    /// - Parameters:
    ///   - socket: where to accept connections; the server keeps a descriptor of its own.
    ///   - context: the server's side of TLS; nil for none, behind a proxy or on the loopback
    ///     alone. Clients then have no certificates and no bound of connections each.
    ///   - limits: what clients may use.
    ///   - handler: answers the requests.
    /// - Throws: ``HTTPError`` if the machine is short of something.
    package init(
        socket: ListeningSocket,
        context: TLSContext?,
        limits: HTTPLimits,
        handler: @escaping Handler
    ) throws(HTTPError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw .system(SystemError(call: "pipe", number: errno))
        }
        let inbox = HTTPInbox(wakeDescriptor: ends[1])
        do throws(HTTPError) {
            let loop = try HTTPLoop(
                socket: socket,
                inbox: inbox,
                wakeDescriptor: ends[0],
                context: context,
                limits: limits,
                handler: handler
            )
            var thread = pthread_t()
            let argument = unsafe Unmanaged.passRetained(loop).toOpaque()
            let code = unsafe pthread_create(&thread, nil, threadEntry, argument)
            guard code == 0 else {
                unsafe Unmanaged<HTTPLoop>.fromOpaque(argument).release()
                throw .system(SystemError(call: "pthread_create", number: code))
            }
            running = Mutex(Running(thread: thread, inbox: inbox))
        } catch {
            inbox.close()
            close(ends[0])
            throw error
        }
    }

    deinit {
        stop()
    }

    /// Ends all connections and waits for the thread; not to be called by the handler.
    package func stop() {
        let running = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let running else { return }
        // The loop sees the end of the pipe.
        running.inbox.close()
        pthread_join(running.thread, nil)
    }
}

private func threadEntry(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    unsafe CEvent_set_thread_name("https")
    // A client that has gone must not end the process: libevent writes as if for SIGPIPE.
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // The loop came from the thread that made it, which has let it go.
    unsafe Unmanaged<HTTPLoop>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
