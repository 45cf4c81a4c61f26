internal import Base
internal import CLinux
internal import Glibc

/// A connection that was accepted and awaits its owner; closed if nobody takes it.
package struct AcceptedConnection: ~Copyable {
    /// Where it comes from.
    package let remoteAddress: SocketAddress
    let descriptor: Descriptor
}

/// Accepts connections of a ``ListeningSocket`` on one loop.
package final class Listener: ReadinessHandler {
    /// Accepting more at once would starve the connections that exist.
    private static let acceptCountMax = 32
    /// How long to leave callers in the backlog when the machine is short of descriptors.
    private static let shortagePauseMilliseconds: UInt64 = 100

    private let loop: Loop
    private let socket: ListeningSocket
    private let onAccept: (consuming AcceptedConnection) -> Void
    private let onShortage: (SystemError) -> Void
    private var registration: Loop.Registration?
    private var pause: TimerToken?
    private var isRoundOver = false

    /// Starts to accept.
    ///
    /// - Parameters:
    ///   - loop: the loop of the calling thread.
    ///   - socket: what to accept from; several loops may share it.
    ///   - onShortage: told when the machine is short of descriptors or memory; accepting then
    ///     pauses for a moment.
    ///   - onAccept: takes each connection.
    /// - Throws: a ``SystemError`` if the loop cannot watch the socket.
    package init(
        loop: Loop,
        socket: ListeningSocket,
        onShortage: @escaping (SystemError) -> Void,
        onAccept: @escaping (consuming AcceptedConnection) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.socket = socket
        self.onAccept = onAccept
        self.onShortage = onShortage
        try start()
    }

    private func start() throws(SystemError) {
        registration = try loop.register(
            socket.descriptor.number,
            interest: [.readable, .exclusive],
            handler: self
        )
    }

    /// Stops accepting; connections that were accepted go on.
    package func stop() {
        if let registration { loop.deregister(registration) }
        registration = nil
        if let pause { loop.cancel(pause) }
        pause = nil
    }

    /// Leaves other callers to the next round: one has been sent away because there is no room, and
    /// some may be made until then.
    package func endRound() { isRoundOver = true }

    package func loopEnded() { stop() }

    /// Who has left in the same round has made room by then.
    package func ready(_ readiness: Readiness) {
        loop.performAtEndOfRound { [weak self] in self?.acceptWaiting() }
    }

    private func acceptWaiting() {
        isRoundOver = false
        for _ in 0..<Self.acceptCountMax where registration != nil && !isRoundOver {
            var number: Int32 = -1
            let listening = socket.descriptor.number
            let remote = unsafe RawAddress { address, length in
                number = unsafe CLinux_accept(listening, address, length)
            }
            guard number >= 0 else {
                let error = SystemError.last("accept4")
                if error.isShortage { return short(error) }
                // The caller may have gone before it was accepted; the next one is not affected.
                if error.number == EAGAIN { return }
                continue
            }
            onAccept(
                AcceptedConnection(
                    remoteAddress: remote.readable,
                    descriptor: Descriptor(takingOwnershipOf: number)
                )
            )
        }
    }

    private func short(_ error: SystemError) {
        stop()
        pause = loop.schedule(
            at: loop.now.adding(milliseconds: Self.shortagePauseMilliseconds)
        ) { [weak self] in
            guard let self else { return }
            pause = nil
            do throws(SystemError) {
                try start()
            } catch {
                short(error)
            }
        }
        onShortage(error)
    }
}
