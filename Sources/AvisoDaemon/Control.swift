import AvisoBroker
import EventLoop

/// What the operator asks of the running daemon: signals, on a loop of their own.
final class Control {
    private let loop: Loop
    private var broker: Broker?
    private let log: StructuredLog
    private let notifier: ReadinessNotifier
    private var signals: SignalWatcher?
    // A stop takes its time; the next signal must be heard meanwhile.
    private let stopper: LoopThread<Void>
    private var isStopping = false

    init(loop: Loop, log: StructuredLog, notifier: ReadinessNotifier) throws {
        self.loop = loop
        self.log = log
        self.notifier = notifier
        stopper = try LoopThread.start(name: "stop") { _ in }
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
