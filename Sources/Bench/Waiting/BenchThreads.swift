import EventLoop
import TLSEngine

/// Clients of a running broker, each on the loop of its own thread.
final class BenchThreads {
    private let port: UInt16
    private var stops: [() -> Void] = []

    init(port: UInt16) {
        self.port = port
    }

    deinit {
        for stop in stops { stop() }
    }

    /// Starts a publisher, and waits until it is connected.
    func feeder(
        _ context: TLSContext,
        _ maker: AlertMaker,
        name: String,
        inFlightMax: Int = 64
    ) throws -> LoopThread<Feeder> {
        let port = port
        let isConnected = Completion()
        let thread = try LoopThread.start(name: name) { loop in
            Feeder(
                loop,
                port: port,
                context,
                maker,
                name: name,
                inFlightMax: inFlightMax,
                isConnected
            )
        }
        keep(thread)
        _ = try isConnected.wait()
        return thread
    }

    /// Starts so many readers on one thread, and waits until all are ready.
    func readers(
        _ context: TLSContext,
        names: [String],
        cleanStart: Bool,
        manner: Reader.Manner,
        receiveMaximum: UInt16 = 1024
    ) throws -> LoopThread<[Reader]> {
        let port = port
        let ready = names.map { _ in Completion() }
        let thread = try LoopThread.start(name: "readers") { loop in
            zip(names, ready).map { name, isReady in
                Reader(
                    loop,
                    port: port,
                    context,
                    name: name,
                    cleanStart: cleanStart,
                    manner: manner,
                    receiveMaximum: receiveMaximum,
                    isReady
                )
            }
        }
        keep(thread)
        for isReady in ready { _ = try isReady.wait() }
        return thread
    }

    private func keep<State>(_ thread: LoopThread<State>) {
        stops.append {
            thread.stop()
            thread.join()
        }
    }
}

extension LoopThread<[Reader]> {
    /// Ends the connections in order; the sessions stay.
    func leave() {
        execute { readers in
            for reader in readers { reader.close() }
        }
    }
}
