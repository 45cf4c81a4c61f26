/// Costs of two sides that were measured in the same rounds.
///
/// The median round counts, since machines are noisy.
struct ComparedCosts {
    /// Nanoseconds of processor time in one round.
    struct Round {
        let ours: Double
        let reference: Double

        var ratio: Double { ours / reference }
    }

    private let sorted: [Round]

    init(_ rounds: [Round]) {
        sorted = rounds.sorted { $0.ratio < $1.ratio }
    }

    var median: Round { sorted[sorted.count / 2] }

    /// The ratio of the two sides, with how far apart its rounds are.
    func ratios(_ what: String, unit: String) -> [Measurement] {
        [
            Measurement(
                what: "\(what), median of \(sorted.count) rounds",
                value: median.ratio,
                unit: unit
            ),
            Measurement(what: "the least of them", value: sorted[0].ratio, unit: unit),
            Measurement(
                what: "the most of them",
                value: sorted[sorted.count - 1].ratio,
                unit: unit
            ),
        ]
    }
}
