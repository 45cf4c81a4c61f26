import AvisoBroker
import EventLoop

/// What the operator asks of the running daemon: signals, on a loop of their own.
final class Control {
    private let loop: Loop
    private let broker: Broker
    private let log: StructuredLog
    private let notifier: ReadinessNotifier
    private var signals: SignalWatcher?
    // A stop takes its time; the next signal must be heard meanwhile.
    private let stopper: LoopThread<Void>
    private var isStopping = false

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
        stopper = try LoopThread.start(name: "stop") { _ in }
        signals = try SignalWatcher(loop: loop) { [unowned self] signal in received(signal) }
    }

    private func received(_ signal: SignalWatcher.Signal) {
        switch signal {
        case .hangUp where isStopping:
            break
        case .hangUp:
            do {
                try broker.reload()
                log.log(.info, "reloaded", "The directory was read again.")
            } catch {
                log.log(.error, "reload-failed", OperatorMessage.of(error))
            }
        case .terminate where isStopping, .interrupt where isStopping:
            log.log(.warning, "stop-hurried", "A second signal: connections are cut at once.")
            broker.hurry()
        case .terminate, .interrupt:
            isStopping = true
            log.log(.info, "stopping", "The broker stops.")
            try? notifier.notify(.stopping)
            let (broker, handle) = (broker, loop.handle)
            stopper.execute { _ in
                broker.stop()
                handle.stop()
            }
        }
    }
}
