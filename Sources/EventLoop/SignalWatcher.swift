internal import CLinux
internal import Glibc

/// Delivers signals as events of a loop, so that no code runs in signal context.
package final class SignalWatcher: ReadinessHandler {
    /// The signals that a daemon acts on.
    package enum Signal: Int32, CaseIterable, Sendable {
        /// SIGHUP: read the configuration again.
        case hangUp = 1
        /// SIGINT: as `terminate`, from a terminal.
        case interrupt = 2
        /// SIGTERM: stop in order.
        case terminate = 15
    }

    private let loop: Loop
    private let onSignal: (Signal) -> Void
    private var descriptor: Descriptor?
    private var registration: Loop.Registration?

    /// Holds signals back for a watcher.
    ///
    /// To be called before any other thread starts, since threads inherit what is held back; a
    /// thread that does not hold a signal back would be ended by it.
    package static func block(_ signals: [Signal] = Signal.allCases) {
        var set = signalSet(signals)
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        precondition(code == 0, "pthread_sigmask failed: \(code)")
    }

    /// Watches for signals that ``block(_:)`` holds back.
    package init(
        loop: Loop,
        signals: [Signal] = Signal.allCases,
        onSignal: @escaping (Signal) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.onSignal = onSignal
        var set = signalSet(signals)
        let number = try systemCall("signalfd") {
            unsafe signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        }
        descriptor = Descriptor(takingOwnershipOf: number)
        registration = try loop.register(number, interest: .readable, handler: self)
    }

    /// Stops watching; signals that arrive later wait.
    package func stop() {
        if let registration { loop.deregister(registration) }
        registration = nil
        descriptor = nil
    }

    package func loopEnded() { stop() }

    package func ready(_ readiness: Readiness) {
        while let number = descriptor?.number {
            var information = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            let count = unsafe read(number, &information, size)
            guard count == size else { return }
            if let signal = Signal(rawValue: Int32(bitPattern: information.ssi_signo)) {
                onSignal(signal)
            }
        }
    }
}

private func signalSet(_ signals: [SignalWatcher.Signal]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal.rawValue) }
    return set
}
