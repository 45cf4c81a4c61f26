internal import Base
internal import CLinux
internal import Glibc

/// One accepted connection without TLS; belongs to the loop of its thread.
///
/// For test suites on the loopback address alone. It has the manners of ``SecureStream``: a round's
/// writes go out together, memory is bounded by its owner, a pause stops reading.
package final class PlainStream: ReadinessHandler {
    private enum Phase {
        /// To `flushing` or `closed`.
        case open
        /// Sends what is queued; to `lingering` or `closed`.
        case flushing
        /// Waits for the peer's end, so that its kernel does not throw away the last bytes.
        case lingering
        case closed
    }

    private static let keptByteCount = 4096

    private let loop: Loop
    private let limits: SecureStream.Limits
    private var events: SecureStream.Events?
    private var phase = Phase.open
    private var descriptor: Descriptor?
    private var number: Int32 = -1
    private var registration: Loop.Registration?
    private var interest: Readiness = .readable
    private var outbound: [UInt8] = []
    private var outboundStart = 0
    private var isPaused = false
    private var isSendBlocked = false
    private var isFlushPlanned = false
    private var isAnnounced = false
    private var timer: TimerToken?

    /// Takes over an accepted connection; `onReady` follows in a later round, without certificate.
    package init(
        loop: Loop,
        accepted connection: consuming AcceptedConnection,
        limits: SecureStream.Limits = SecureStream.Limits(),
        events: SecureStream.Events
    ) {
        self.loop = loop
        self.limits = limits
        self.events = events
        attach(connection.descriptor)
        try? SocketOption.set(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        do throws(SystemError) {
            registration = try loop.register(number, interest: interest, handler: self)
            loop.performNextRound { [weak self] in self?.announce() }
        } catch {
            loop.performNextRound { self.end(.lost(error)) }
        }
    }

    private func attach(_ socket: consuming Descriptor) {
        number = socket.number
        descriptor = consume socket
    }

    /// The number of bytes written that the kernel has not taken yet.
    package var pendingByteCount: Int { outbound.count - outboundStart }

    /// Lets `body` append to the queue; it must not remove anything.
    package func write(appending body: (inout [UInt8]) -> Void) {
        loop.preconditionOnLoop()
        guard phase == .open else { return }
        body(&outbound)
        planFlush()
    }

    /// Stops or resumes reading.
    package func setPaused(_ paused: Bool) {
        loop.preconditionOnLoop()
        isPaused = paused
        updateInterest()
    }

    /// Closes the stream; `onClosed` follows, in a later round.
    ///
    /// - Parameter flushing: sends what was written before, within the limit of time; otherwise it
    ///   is dropped.
    package func close(flushing: Bool) {
        loop.preconditionOnLoop()
        guard phase == .open else { return }
        guard flushing else {
            release()
            loop.performNextRound { self.report(.closedHere) }
            return
        }
        phase = .flushing
        timer = loop.schedule(at: loop.now.adding(milliseconds: limits.closeMilliseconds)) {
            [weak self] in
            self?.timer = nil
            self?.end(self?.phase == .lingering ? .closedHere : .closeTimedOut)
        }
        updateInterest()
        planFlush()
    }

    package func loopEnded() { end(.loopEnded) }

    // Before the first bytes, whichever the loop comes to first.
    private func announce() {
        guard !isAnnounced, phase == .open else { return }
        isAnnounced = true
        events?.onReady(nil)
    }

    package func ready(_ readiness: Readiness) {
        announce()
        if readiness.contains(.writable) { flush() }
        guard !readiness.isDisjoint(with: [.readable, .hangUp]) else { return }
        switch phase {
        case .open:
            if isPaused {
                // A broken connection is reported even while paused.
                if readiness.contains(.hangUp) { end(.closedByPeer(inOrder: false)) }
            } else {
                receive()
            }
        case .flushing:
            if readiness.contains(.hangUp) { end(.closedByPeer(inOrder: false)) }
        case .lingering: receive()
        case .closed: break
        }
    }

    private func receive() {
        let buffer = unsafe loop.scratch.ciphertext
        let count = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            guard phase == .open else { return }
            events?.onBytes(unsafe Array(buffer.prefix(count))[...])
        } else if count == 0 {
            end(phase == .open ? .closedByPeer(inOrder: true) : .closedHere)
        } else if errno != EAGAIN, errno != EINTR {
            end(.lost(.last("recv")))
        }
    }

    private func planFlush() {
        guard !isFlushPlanned, !isSendBlocked else { return }
        isFlushPlanned = true
        loop.performAtEndOfRound { [self] in
            isFlushPlanned = false
            flush()
        }
    }

    private func flush() {
        guard phase == .open || phase == .flushing else { return }
        while outboundStart < outbound.count {
            let count = unsafe outbound.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[outboundStart...])
                return unsafe CLinux_send(number, rest.baseAddress, rest.count)
            }
            if count > 0 {
                outboundStart += count
            } else if errno == EAGAIN {
                isSendBlocked = true
                return updateInterest()
            } else if errno != EINTR {
                return end(.lost(.last("send")))
            }
        }
        outbound.removeAll(keepingCapacity: outbound.capacity <= Self.keptByteCount)
        outboundStart = 0
        isSendBlocked = false
        if phase == .flushing {
            phase = .lingering
            shutdown(number, Int32(SHUT_WR))
        }
        updateInterest()
        if phase == .open { events?.onDrained() }
    }

    private func updateInterest() {
        guard let registration else { return }
        var wanted: Readiness = []
        switch phase {
        case .open: wanted = isPaused ? [] : .readable
        case .lingering: wanted = .readable
        case .flushing, .closed: break
        }
        if isSendBlocked { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        loop.update(registration, interest: wanted)
    }

    private func end(_ reason: StreamCloseReason) {
        guard phase != .closed else { return }
        release()
        report(reason)
    }

    private func report(_ reason: StreamCloseReason) {
        let events = events
        self.events = nil
        events?.onClosed(reason)
    }

    private func release() {
        phase = .closed
        if let timer { loop.cancel(timer) }
        timer = nil
        if let registration { loop.deregister(registration) }
        registration = nil
        descriptor = nil
        number = -1
        outbound = []
        outboundStart = 0
    }
}
