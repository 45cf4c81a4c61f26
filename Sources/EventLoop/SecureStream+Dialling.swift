internal import CLinux
internal import Glibc
package import TLSEngine

/// What a client's stream still needs to know until its handshake is complete.
struct Dialling {
    let host: String
    let port: UInt16
    let serverName: String
    var addresses: ArraySlice<RawAddress> = []
    var isConnected = false

    var timeout: StreamCloseReason {
        isConnected ? .handshakeTimedOut : .network(.timedOut(host: host, port: port))
    }
}

extension SecureStream {
    /// Dials a server; every failure is told by `onClosed`, none before this call returns.
    ///
    /// - Parameters:
    ///   - loop: the loop of the calling thread.
    ///   - host: a name or address; all addresses of a name are tried in turn.
    ///   - port: the server's port.
    ///   - serverName: what the server's certificate must cover, if that is not `host`.
    ///   - context: a client's context.
    ///   - limits: how long the steps may take.
    ///   - events: what the owner wants to be told.
    /// - Returns: the stream, to which may be written at once.
    package static func connect(
        loop: Loop,
        host: String,
        port: UInt16,
        serverName: String? = nil,
        context: TLSContext,
        limits: Limits = Limits(),
        events: Events
    ) -> SecureStream {
        loop.preconditionOnLoop()
        let stream = SecureStream(
            loop: loop,
            context: context,
            limits: limits,
            phase: .resolving,
            events: events
        )
        stream.dialling = Dialling(host: host, port: port, serverName: serverName ?? host)
        // Until it has a socket, the loop would not know of it.
        loop.watchEnd(stream)
        loop.performNextRound { stream.resolve() }
        return stream
    }

    private func resolve() {
        guard phase == .resolving, let dialling else { return }
        arm(limits.readyMilliseconds, .handshakeTimedOut)
        NameResolver.resolve(host: dialling.host, port: dialling.port, on: loop) { result in
            guard self.phase == .resolving else { return }
            switch result {
            case .success(let addresses):
                self.dialling?.addresses = addresses[...]
                self.connectNext(after: nil)
            case .failure(let error):
                self.end(.network(error))
            }
        }
    }

    /// Tries the next address; without one, ends with the error of the last.
    private func connectNext(after failure: NetworkError?) {
        guard let address = dialling?.addresses.popFirst() else {
            let dialled = dialling.map { SocketAddress(host: $0.host, port: $0.port) }
            let fallback = dialled.map { NetworkError.refused($0) }
            if let error = failure ?? fallback { end(.network(error)) }
            return
        }
        do throws(SystemError) {
            let family = address.family
            let socket = Descriptor(
                takingOwnershipOf: try systemCall("socket") { CLinux_stream_socket(family) }
            )
            let number = socket.number
            let code = unsafe address.withPointer { unsafe Glibc.connect(number, $0, $1) }
            guard code == 0 || errno == EINPROGRESS || errno == EINTR else {
                throw SystemError.last("connect")
            }
            phase = .connecting
            attach(socket, to: address.readable)
        } catch {
            connectNext(after: Self.explain(error, address.readable))
        }
    }

    /// The kernel has decided on the attempt.
    func connectEnded() {
        guard let address = remoteAddress else { return }
        let error = SocketOption.pendingError(number)
        guard error == 0 else {
            detach()
            let failure = SystemError(call: "connect", number: error)
            return connectNext(after: Self.explain(failure, address))
        }
        dialling?.isConnected = true
        beginHandshake(serverName: dialling?.serverName)
    }

    private static func explain(_ error: SystemError, _ address: SocketAddress) -> NetworkError {
        error.number == ECONNREFUSED ? .refused(address) : .unreachable(address, error)
    }
}
