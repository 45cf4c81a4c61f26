import Base
import EventLoop
import Foundation

/// Alerts that wait for a subscriber who is away: what avisod holds for them, and what their
/// delivery costs when the subscriber comes back.
///
/// Expected: nothing is held for an alert that waits, since the log is the queue. What grows is the
/// record of identifiers against replays, for each alert of the last day and whoever it waits for.
/// A delivery costs a share of a read of 256 KiB, decoding the entry, encryption, and the
/// subscriber's acknowledgement.
enum WaitingCost {
    private static let feederCount = 4
    // Fills what avisod keeps of the recent past whatever happens: the tails of its loops.
    private static let warmUpCount = 40_000

    static func measure(_ options: BenchOptions) throws -> [Measurement] {
        let network = try BenchNetwork()
        let maker = try AlertMaker(network)
        let broker = try BrokerProcess(network)
        let threads = BenchThreads(port: broker.port)
        let context = try network.clientContext()
        let absent = try network.clientContext("MX-FGR")
        let feeders = try (0..<feederCount).map {
            try threads.feeder(context, maker, name: "feeder-\($0)")
        }
        try feed(feeders, warmUpCount)

        let before = try threads.readers(
            absent,
            names: ["absent"],
            cleanStart: true,
            manner: .prompt
        )
        before.leave()
        let residentBefore = try broker.residentKilobytes
        try feed(feeders, options.waitingCount)
        let residentAfter = try broker.residentKilobytes

        let start = broker.processorNanoseconds
        let began = SystemClock.monotonic()
        let back = try threads.readers(
            absent,
            names: ["absent"],
            cleanStart: false,
            manner: .prompt
        )
        let isDone = Completion()
        back.execute { $0[0].expect(options.waitingCount, isDone) }
        _ = try isDone.wait()
        let spent = Double(broker.processorNanoseconds - start)
        let elapsed = Double(SystemClock.monotonic().nanoseconds - began.nanoseconds)
        let residentThen = try broker.residentKilobytes
        return results(
            options.waitingCount,
            resident: [residentBefore, residentAfter, residentThen],
            spent: spent,
            elapsed: elapsed
        )
    }

    private static func results(
        _ count: Int,
        resident: [Int],
        spent: Double,
        elapsed: Double
    ) -> [Measurement] {
        let alerts = Double(count)
        func mebibytes(_ kilobytes: Int) -> Double { Double(kilobytes) / 1024 }
        let grown = Double((resident[1] - resident[0]) * 1024) / alerts
        return [
            Measurement(what: "alerts that wait", value: alerts, unit: ""),
            Measurement(
                what: "resident memory before",
                value: mebibytes(resident[0]),
                unit: "MiB"
            ),
            Measurement(
                what: "resident memory with all of them waiting",
                value: mebibytes(resident[1]),
                unit: "MiB"
            ),
            Measurement(what: "memory per alert that waits", value: grown, unit: "bytes"),
            Measurement(
                what: "resident memory after their delivery",
                value: mebibytes(resident[2]),
                unit: "MiB"
            ),
            Measurement(what: "catch-up", value: alerts / elapsed * 1e9, unit: "alerts/s"),
            Measurement(
                what: "catch-up by processor time of avisod",
                value: alerts / spent * 1e9,
                unit: "alerts/s"
            ),
            Measurement(
                what: "processor time of avisod per delivery",
                value: spent / alerts / 1000,
                unit: "us"
            ),
        ]
    }

    /// Publishes so many alerts, shared out among the feeders, and waits for their answers.
    static func feed(_ feeders: [LoopThread<Feeder>], _ count: Int) throws {
        let done = feeders.indices.map { place -> Completion in
            let share = count * (place + 1) / feeders.count - count * place / feeders.count
            let isDone = Completion()
            if share == 0 { isDone.succeed(0) }
            feeders[place].execute { if share > 0 { $0.publish(share, isDone) } }
            return isDone
        }
        for isDone in done { _ = try isDone.wait() }
    }
}
