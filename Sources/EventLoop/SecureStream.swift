internal import Base
internal import Glibc
package import TLSEngine

/// One TLS connection over a socket, on either side; belongs to the loop of its thread.
///
/// Memory is bounded by its owner: what is written stays counted in ``pendingByteCount`` until the
/// kernel has taken it, and a paused stream reads nothing beyond what one round may bring.
package final class SecureStream: ReadinessHandler {
    /// What a stream tells its owner, always on the loop's thread.
    package struct Events {
        /// The handshake is complete; the peer's certificate is verified.
        package var onReady: (PeerCertificate?) -> Void
        /// Plaintext arrived; the slice is valid as a value, and cheapest if it is not kept.
        package var onBytes: (ArraySlice<UInt8>) -> Void
        /// Everything written so far was handed to the kernel.
        package var onDrained: () -> Void
        /// The stream has ended; the last event, and the only one after a close by this side.
        package var onClosed: (StreamCloseReason) -> Void

        /// Collects the four reactions.
        package init(
            onReady: @escaping (PeerCertificate?) -> Void,
            onBytes: @escaping (ArraySlice<UInt8>) -> Void,
            onDrained: @escaping () -> Void = {},
            onClosed: @escaping (StreamCloseReason) -> Void
        ) {
            self.onReady = onReady
            self.onBytes = onBytes
            self.onDrained = onDrained
            self.onClosed = onClosed
        }
    }

    /// How long the steps may take that depend on the peer.
    package struct Limits: Sendable {
        /// From accepting or dialling to the end of the handshake.
        package var readyMilliseconds: UInt64 = 10_000
        /// From a close to the moment when the peer has taken the last bytes.
        package var closeMilliseconds: UInt64 = 5_000

        /// The limits for peers far away.
        package init() {}
    }

    enum Phase: Equatable {
        /// Waits for the resolver; to `connecting` or `closed`.
        case resolving
        /// Waits for the kernel; to `handshaking`, `connecting` another address or `closed`.
        case connecting
        /// To `open`, `flushing` the alert or `closed`.
        case handshaking
        /// To `flushing` or `closed`.
        case open
        /// Sends what is queued and the closing message; to `lingering` or `closed`.
        case flushing
        /// Waits for the peer's end, so that its kernel does not throw away the last bytes.
        case lingering
        case closed
    }

    /// The other side's address, once there is a connection.
    package internal(set) var remoteAddress: SocketAddress?
    /// The certificate for which the handshake failed, for the record of the refusal.
    package var rejectedCertificate: PeerCertificate? { session?.rejectedCertificate }
    /// The verified certificate of the peer.
    package var peerCertificate: PeerCertificate? { session?.peerCertificate }

    let loop: Loop
    let context: TLSContext
    let limits: Limits
    var phase: Phase
    var session: TLSSession?
    var number: Int32 = -1
    var isPaused = false
    var isSendBlocked = false
    var isFlushPlanned = false
    var plaintext: [UInt8] = []
    var plaintextStart = 0
    var dialling: Dialling?

    private var events: Events?
    private var descriptor: Descriptor?
    private var registration: Loop.Registration?
    private var interest: Readiness = []
    private var timer: TimerToken?

    init(
        loop: Loop,
        context: TLSContext,
        limits: Limits,
        phase: Phase,
        events: Events
    ) {
        self.loop = loop
        self.context = context
        self.limits = limits
        self.phase = phase
        self.events = events
    }

    /// Takes over an accepted connection and begins its handshake.
    package convenience init(
        loop: Loop,
        accepted connection: consuming AcceptedConnection,
        context: TLSContext,
        limits: Limits = Limits(),
        events: Events
    ) {
        self.init(
            loop: loop,
            context: context,
            limits: limits,
            phase: .handshaking,
            events: events
        )
        let address = connection.remoteAddress
        arm(limits.readyMilliseconds, .handshakeTimedOut)
        attach(connection.descriptor, to: address)
        beginHandshake(serverName: nil)
    }

    // MARK: - Control

    /// Stops or resumes reading; what already arrived is kept and delivered after the pause.
    package func setPaused(_ paused: Bool) {
        loop.preconditionOnLoop()
        guard paused != isPaused else { return }
        isPaused = paused
        updateInterest()
        if !paused, phase == .open, session?.hasUnread == true {
            loop.performNextRound { [weak self] in self?.readOn() }
        }
    }

    /// Closes the stream; `onClosed` follows, in a later round.
    ///
    /// - Parameter flushing: sends what was written before, and TLS's closing message, within the
    ///   limit of time; otherwise, and before `onReady`, everything unsent is dropped.
    package func close(flushing: Bool) {
        loop.preconditionOnLoop()
        guard phase != .closed, phase != .flushing, phase != .lingering else { return }
        guard flushing, phase == .open else {
            if phase == .open, pendingByteCount == 0 {
                session?.close()
                _ = sendOutbound()
            }
            release()
            loop.performNextRound { self.report(.closedHere) }
            return
        }
        phase = .flushing
        arm(limits.closeMilliseconds, .closeTimedOut)
        updateInterest()
        planFlush()
    }

    package func loopEnded() {
        end(.loopEnded)
    }

    // MARK: - Descriptor, timer and end

    /// Takes over a socket and lets the loop watch it.
    func attach(_ socket: consuming Descriptor, to address: SocketAddress) {
        remoteAddress = address
        number = socket.number
        descriptor = consume socket
        // Alerts are small and urgent; a round's writes are gathered here already.
        try? SocketOption.set(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        interest = phase == .connecting ? .writable : .readable
        do throws(SystemError) {
            registration = try loop.register(number, interest: interest, handler: self)
        } catch {
            loop.performNextRound { self.end(.network(.system(error))) }
        }
    }

    /// Drops the socket of a failed attempt to connect.
    func detach() {
        if let registration { loop.deregister(registration) }
        registration = nil
        descriptor = nil
        number = -1
    }

    func updateInterest() {
        guard let registration else { return }
        var wanted: Readiness = []
        switch phase {
        case .connecting: wanted = .writable
        case .handshaking, .lingering: wanted = .readable
        case .open: wanted = isPaused ? [] : .readable
        case .flushing, .resolving, .closed: wanted = []
        }
        if isSendBlocked { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        loop.update(registration, interest: wanted)
    }

    /// Ends the stream with `reason` unless the next step comes in time.
    func arm(_ milliseconds: UInt64, _ reason: StreamCloseReason) {
        disarm()
        let deadline = SystemClock.monotonic().adding(milliseconds: milliseconds)
        timer = loop.schedule(at: deadline) { [weak self] in
            guard let self else { return }
            timer = nil
            end(phase == .lingering ? .closedHere : (dialling?.timeout ?? reason))
        }
    }

    func disarm() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    /// Ends the stream now and reports why.
    func end(_ reason: StreamCloseReason) {
        guard phase != .closed else { return }
        release()
        report(reason)
    }

    func report(_ reason: StreamCloseReason) {
        let events = events
        self.events = nil
        events?.onClosed(reason)
        if phase == .closed { session = nil }
    }

    /// Calls back unless the stream has ended.
    func notify(_ body: (Events) -> Void) {
        if let events { body(events) }
    }

    private func release() {
        phase = .closed
        if dialling != nil { loop.unwatchEnd(self) }
        disarm()
        detach()
        dialling = nil
        plaintext = []
        plaintextStart = 0
        if events == nil { session = nil }
    }
}
