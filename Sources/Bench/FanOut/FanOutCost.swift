import EventLoop

/// One publisher and fifty subscribers over TLS with QoS 1, at avisod and at mosquitto in turns.
///
/// Expected: a delivery costs avisod one encryption of the alert, a share of a send, and the
/// acknowledgement that comes back; the verification, the log and the receipt of an alert are
/// shared by its fifty deliveries. mosquitto gets the same packets; it neither verifies nor stores.
enum FanOutCost {
    private static let subscriberCount = 50
    private static let roundCount = 5
    private static let alertsPerRound = 400
    private static let inFlightCount = 16

    static func measure() throws -> [Measurement] {
        let network = try BenchNetwork(limits: ["sessionsPerStationMax": subscriberCount + 8])
        let maker = try AlertMaker(network)
        let broker = try BrokerProcess(network)
        let mosquitto = try MosquittoProcess(network)
        let ours = try Side(network, maker, port: broker.port) { broker.processorNanoseconds }
        let theirs = try Side(network, maker, port: mosquitto.port) {
            mosquitto.processorNanoseconds
        }
        _ = (try ours.round(), try theirs.round())
        let rounds = try (0..<roundCount).map { _ in
            ComparedCosts.Round(ours: try ours.round(), reference: try theirs.round())
        }
        let costs = ComparedCosts(rounds)
        let what = "processor time per delivery, 1 to \(subscriberCount)"
        return [
            Measurement(what: "\(what), avisod", value: costs.median.ours / 1000, unit: "us"),
            Measurement(
                what: "\(what), mosquitto",
                value: costs.median.reference / 1000,
                unit: "us"
            ),
        ] + costs.ratios("avisod against mosquitto", unit: "times")
    }

    /// The clients of one broker.
    private final class Side {
        private let threads: BenchThreads
        private let feeder: LoopThread<Feeder>
        private let readers: LoopThread<[Reader]>
        private let processorNanoseconds: () -> UInt64
        private var publishedCount = 0

        init(
            _ network: borrowing BenchNetwork,
            _ maker: AlertMaker,
            port: UInt16,
            processorNanoseconds: @escaping () -> UInt64
        ) throws {
            self.processorNanoseconds = processorNanoseconds
            threads = BenchThreads(port: port)
            readers = try threads.readers(
                try network.clientContext("MX-FGR"),
                names: (0..<subscriberCount).map { "reader-\($0)" },
                cleanStart: true,
                manner: .prompt
            )
            feeder = try threads.feeder(
                try network.clientContext(),
                maker,
                name: "feeder",
                inFlightMax: inFlightCount
            )
        }

        /// Publishes a round of alerts, and waits until all have them.
        ///
        /// - Returns: the broker's processor time for a delivery, in nanoseconds.
        func round() throws -> Double {
            publishedCount += alertsPerRound
            let (count, done) = (publishedCount, (0..<subscriberCount).map { _ in Completion() })
            readers.execute { readers in
                for (reader, done) in zip(readers, done) { reader.expect(count, done) }
            }
            let start = processorNanoseconds()
            let isAnswered = Completion()
            feeder.execute { $0.publish(alertsPerRound, isAnswered) }
            _ = try isAnswered.wait()
            for done in done { _ = try done.wait() }
            let spent = processorNanoseconds() - start
            return Double(spent) / Double(alertsPerRound * subscriberCount)
        }
    }
}
