import EventLoop
import Glibc
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SignalWatcherTests {
    @Test func signalsArriveAsEvents() async {
        // In a process of its own, since a signal concerns all of a process.
        await #expect(processExitsWith: .exitCode(15)) {
            SignalWatcher.block()
            let thread = try LoopThread.start(name: "signals") { loop in
                var last: SignalWatcher.Signal?
                return try SignalWatcher(loop: loop) { signal in
                    if signal == .terminate, last == .hangUp { exit(signal.rawValue) }
                    last = signal
                    raise(SIGTERM)
                }
            }
            // Raised on the thread that holds signals back; those of the test library do not.
            thread.execute { _ in raise(SIGHUP) }
            thread.join()
        }
    }
}
