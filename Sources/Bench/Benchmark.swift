/// One figure.
struct Measurement: Sendable {
    let what: String
    let value: Double
    let unit: String
}

/// Something that can be measured.
struct Benchmark: Sendable {
    let name: String
    let summary: String
    let run: @Sendable () throws -> [Measurement]

    /// All of them, in the order in which they run.
    static let all: [Benchmark] = [
        Benchmark(
            name: "tls-delivery",
            summary: "processor time of the sender per delivery, 1 to 50 over TLS on loopback",
            run: TLSDelivery.measure
        ),
        Benchmark(
            name: "publish",
            summary: "processor time of avisod per accepted alert of 1 KiB, against a verification",
            run: PublishCost.measure
        ),
    ]
}
