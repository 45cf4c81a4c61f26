/// One figure.
struct Measurement: Sendable {
    let what: String
    let value: Double
    let unit: String
}

/// What can be asked of the benchmarks.
struct BenchOptions: Sendable {
    /// How many alerts wait for an absent subscriber.
    var waitingCount = 100_000
    /// How many entries are audited without their signatures; with them, a tenth of it.
    var auditCount = 1_000_000
}

/// Something that can be measured.
struct Benchmark: Sendable {
    let name: String
    let summary: String
    let run: @Sendable (BenchOptions) throws -> [Measurement]

    /// All of them, in the order in which they run.
    static let all: [Benchmark] = [
        Benchmark(
            name: "tls-delivery",
            summary: "processor time of the sender per delivery, 1 to 50 over TLS on loopback",
            run: { _ in try TLSDelivery.measure() }
        ),
        Benchmark(
            name: "publish",
            summary: "processor time of avisod per accepted alert of 1 KiB, against a verification",
            run: { _ in try PublishCost.measure() }
        ),
        Benchmark(
            name: "fan-out",
            summary: "processor time per delivery, 1 to 50 over TLS, against mosquitto",
            run: { _ in try FanOutCost.measure() }
        ),
        Benchmark(
            name: "waiting",
            summary: "memory of avisod while alerts wait for an absent subscriber, and its return",
            run: WaitingCost.measure
        ),
        Benchmark(
            name: "lagging",
            summary: "what a live delivery costs beside a hundred subscribers that lag",
            run: { _ in try LaggingCost.measure() }
        ),
        Benchmark(
            name: "audit",
            summary: "speed of an audit, tree only and with signatures; disk, and a whole start",
            run: AuditCost.measure
        ),
    ]
}
