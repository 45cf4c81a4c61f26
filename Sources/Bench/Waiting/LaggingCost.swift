import Base
import EventLoop
import Foundation
import Synchronization

/// One live subscriber beside a hundred that lag, all of the same agency.
///
/// An alert is published when the one before it has been delivered. Expected: a lagging session is
/// skipped by one comparison, so that the processor time of a live delivery stays what it is. Those
/// that catch up while it is measured use the processor too, and their share shows as latency.
enum LaggingCost {
    private static let laggingCount = 100
    private static let backlogCount = 20_000
    private static let liveCount = 1000
    // Two thousand deliveries in a second for all of them.
    private static let slowMilliseconds: UInt64 = 50

    /// What was measured over a number of live alerts.
    private struct Figures {
        let processorMicroseconds: Double
        let medianMicroseconds: Double
        let lateMicroseconds: Double
    }

    static func measure() throws -> [Measurement] {
        let network = try BenchNetwork(limits: ["sessionsPerStationMax": laggingCount + 8])
        let maker = try AlertMaker(network)
        let broker = try BrokerProcess(network)
        let threads = BenchThreads(port: broker.port)
        let context = try network.clientContext()
        let readers = try network.clientContext("MX-FGR")
        let names = (0..<laggingCount).map { "lagging-\($0)" }
        let first = try threads.readers(readers, names: names, cleanStart: true, manner: .asleep)
        first.leave()
        let feeder = try threads.feeder(context, maker, name: "backlog")
        try WaitingCost.feed([feeder], backlogCount)
        let live = try threads.readers(
            readers,
            names: ["live"],
            cleanStart: true,
            manner: .prompt
        )
        let one = try threads.feeder(context, maker, name: "live", inFlightMax: 1)
        let probe = Probe(feeder: one, reader: live, broker: broker)

        _ = try probe.run(liveCount)
        let alone = try probe.run(liveCount)
        let asleep = try threads.readers(
            readers,
            names: names,
            cleanStart: false,
            manner: .asleep,
            receiveMaximum: 16
        )
        let stalled = try probe.run(liveCount)
        asleep.leave()
        let slow = try threads.readers(
            readers,
            names: names,
            cleanStart: false,
            manner: .slow(milliseconds: slowMilliseconds),
            receiveMaximum: 16
        )
        let reading = try probe.run(liveCount)
        slow.leave()
        let fast = try threads.readers(
            readers,
            names: names,
            cleanStart: false,
            manner: .prompt
        )
        let racing = try probe.run(liveCount)
        fast.leave()
        let again = try probe.run(liveCount)
        return results([alone, stalled, reading, racing, again])
    }

    private static func results(_ all: [Figures]) -> [Measurement] {
        let names = [
            "alone", "beside \(laggingCount) that stand still",
            "beside \(laggingCount) that read on slowly",
            "beside \(laggingCount) that read on as fast as they can", "alone again",
        ]
        var results: [Measurement] = []
        for (name, figures) in zip(names, all) {
            results += [
                Measurement(
                    what: "processor time of avisod per live alert, \(name)",
                    value: figures.processorMicroseconds,
                    unit: "us"
                ),
                Measurement(
                    what: "median time from PUBLISH to delivery, \(name)",
                    value: figures.medianMicroseconds,
                    unit: "us"
                ),
                Measurement(
                    what: "99 of 100 within, \(name)",
                    value: figures.lateMicroseconds,
                    unit: "us"
                ),
            ]
        }
        // Against the mean of before and after, since the machine has other work too.
        func ratio(_ place: Int, _ value: (Figures) -> Double) -> Double {
            value(all[place]) * 2 / (value(all[0]) + value(all[4]))
        }
        results.append(
            Measurement(
                what: "processor time \(names[1]), against alone",
                value: ratio(1, \.processorMicroseconds),
                unit: "times"
            )
        )
        for place in 1...3 {
            results.append(
                Measurement(
                    what: "median time \(names[place]), against alone",
                    value: ratio(place, \.medianMicroseconds),
                    unit: "times"
                )
            )
        }
        return results
    }

    /// Publishes one alert after the other, each when the one before has come.
    private final class Probe {
        private let feeder: LoopThread<Feeder>
        private let reader: LoopThread<[Reader]>
        private let broker: BrokerProcess

        init(feeder: LoopThread<Feeder>, reader: LoopThread<[Reader]>, broker: BrokerProcess) {
            self.feeder = feeder
            self.reader = reader
            self.broker = broker
        }

        func run(_ count: Int) throws -> Figures {
            let box = ArrivalBox()
            reader.execute { $0[0].onDelivery = { box.arrived() } }
            var times: [Double] = []
            let start = broker.processorNanoseconds
            for _ in 0..<count {
                let isHere = Completion()
                let isAnswered = Completion()
                box.expect(isHere)
                let began = SystemClock.monotonic()
                feeder.execute { $0.publish(1, isAnswered) }
                _ = try isHere.wait()
                times.append(
                    Double(SystemClock.monotonic().nanoseconds - began.nanoseconds) / 1000
                )
                _ = try isAnswered.wait()
            }
            let spent = Double(broker.processorNanoseconds - start) / 1000
            times.sort()
            return Figures(
                processorMicroseconds: spent / Double(count),
                medianMicroseconds: times[times.count / 2],
                lateMicroseconds: times[times.count * 99 / 100]
            )
        }
    }

    /// Hands arrivals from the reader's thread to the one that waits for them.
    private final class ArrivalBox: Sendable {
        private let waiting = Mutex<Completion?>(nil)

        func expect(_ completion: Completion) { waiting.withLock { $0 = completion } }

        func arrived() { waiting.withLock { $0 }?.succeed(0) }
    }
}
