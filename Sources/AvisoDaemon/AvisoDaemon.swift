import AvisoBroker
import Configuration
import DaemonConfiguration
import EventLoop
import Glibc

/// `avisod`: wiring only.
@main enum AvisoDaemon {
    private static let usage = """
        avisod: the broker of the Aviso network

        usage: avisod --config FILE [--check-config]
               avisod --help | --version

          --config FILE     the configuration (JSON5); Config/avisod.json5 explains every key
          --check-config    read and check everything that the configuration names, then print
                            the verifier key of the log (log.vkey in profiles) and exit

        SIGTERM stops, with everything accepted on stable storage, and a second one at once; SIGHUP
        reads the directory again.
        exit codes: 0 stopped or checked, 1 cannot run, 2 wrong use

        """

    static func main() {
        var file: String?
        var checksOnly = false
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--help": finish(0, usage)
            case "--version": finish(0, Broker.version + "\n")
            case "--check-config": checksOnly = true
            case "--config":
                guard let value = arguments.popFirst() else {
                    finish(2, "avisod: --config needs its FILE\n")
                }
                file = value
            default: finish(2, "avisod: \(argument) is no option; see avisod --help\n")
            }
        }
        guard let file else { finish(2, "avisod: --config FILE is missing; see avisod --help\n") }
        do {
            let configuration = try BrokerConfiguration(file: file)
            if checksOnly {
                let verifierKey = try Broker.check(configuration)
                finish(0, "\(file) is valid; the verifier key of the log is \(verifierKey)\n")
            }
            try run(configuration)
        } catch {
            finish(1, "avisod: \(OperatorMessage.of(error))\n")
        }
    }

    private static func run(_ configuration: BrokerConfiguration) throws {
        SystemMemory.returnLargeBlocks()
        // Before any thread starts, so that all of them inherit it.
        SignalWatcher.block()
        let log = StructuredLog.standardError(level: .info)
        let notifier = ReadinessNotifier.fromEnvironment()
        // With every other thread, before the broker listens: then it has all that it needs.
        let control = try LoopThread.start(name: "control") { loop in
            try Control(loop: loop, log: log, notifier: notifier)
        }
        let broker = try Broker(configuration, log: log)
        if let portFile = configuration.listen.portFile {
            try PortFile.write(broker.port, to: portFile)
        }
        if let portFile = configuration.plainListen?.portFile, let port = broker.plainPort {
            try PortFile.write(port, to: portFile)
        }
        if let portFile = configuration.https?.portFile, let port = broker.httpsPort {
            try PortFile.write(port, to: portFile)
        }
        control.execute { $0.control(broker) }
        log.log(
            .info,
            "ready",
            "The broker listens.",
            ["port": LogValue(broker.port), "host": LogValue(configuration.listen.host)]
        )
        try? notifier.notify(.ready)
        control.join()
        log.log(.info, "stopped", "The broker has stopped; all that it acknowledged stands.")
    }

    private static func finish(_ code: Int32, _ text: String) -> Never {
        StandardStreams.write(text, toError: code != 0)
        exit(code)
    }
}
