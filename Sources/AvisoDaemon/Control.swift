import AvisoBroker
import EventLoop

/// What the operator asks of the running daemon: signals, on a loop of their own.
final class Control {
    private let loop: Loop
    private var broker: Broker?
    private let log: StructuredLog
    private let notifier: ReadinessNotifier
    private var signals: SignalWatcher?

    init(loop: Loop, log: StructuredLog, notifier: ReadinessNotifier) {
        self.loop = loop
        self.log = log
        self.notifier = notifier
    }

    /// Begins to watch; signals that have come until then are heard now.
    func control(_ broker: Broker) {
        self.broker = broker
        do {
            signals = try SignalWatcher(loop: loop) { [unowned self] signal in received(signal) }
        } catch {
            log.log(.error, "signals-failed", OperatorMessage.of(error))
        }
    }

    private func received(_ signal: SignalWatcher.Signal) {
        guard let broker else { return }
        switch signal {
        case .hangUp:
            do {
                try broker.reload()
                log.log(.info, "reloaded", "The directory was read again.")
            } catch {
                log.log(.error, "reload-failed", OperatorMessage.of(error))
            }
        case .terminate, .interrupt:
            log.log(.info, "stopping", "The broker stops.")
            try? notifier.notify(.stopping)
            broker.stop()
            loop.stop()
        }
    }
}
