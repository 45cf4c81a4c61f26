import AvisoBroker
import EventLoop

/// What the operator asks of the running daemon: signals, on a loop of their own.
final class Control {
    private let loop: Loop
    private let broker: Broker
    private let log: StructuredLog
    private let notifier: ReadinessNotifier
    private var signals: SignalWatcher?

    init(
        loop: Loop,
        broker: Broker,
        log: StructuredLog,
        notifier: ReadinessNotifier
    ) throws {
        self.loop = loop
        self.broker = broker
        self.log = log
        self.notifier = notifier
        signals = try SignalWatcher(loop: loop) { [unowned self] signal in received(signal) }
    }

    private func received(_ signal: SignalWatcher.Signal) {
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
