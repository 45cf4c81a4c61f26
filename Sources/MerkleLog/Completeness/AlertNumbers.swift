/// The numbers of the alerts that an agency holds, held against the count that the log signed.
///
/// The n-th alert addressed to an agency has number n, for every n from 1 on. Whoever holds as many
/// different alerts as the tally counts, each signed by its author, was kept from none.
package struct AlertNumbers: Sendable {
    /// How many problems are told; more are only counted.
    package static let problemCountMax = 100

    /// What holding the alerts against a checkpoint came to.
    package struct Outcome: Hashable, Sendable {
        /// How many of the alerts that the tally counts are held.
        package let heldCount: UInt64
        /// The numbers of the others.
        package let missing: [ClosedRange<UInt64>]
        /// What contradicts the signed count, a sentence each.
        package let problems: [String]

        /// Whether every alert is held, and nothing contradicts.
        package var isComplete: Bool { missing.isEmpty && problems.isEmpty }
    }

    private struct Alert {
        let index: UInt64
        let name: String
    }

    private var alerts: [UInt64: Alert] = [:]
    private var numbers: [String: UInt64] = [:]
    private var problems: [String] = []

    /// Begins with no alerts.
    package init() {}

    /// How many alerts are held.
    package var count: Int { alerts.count }

    /// Takes an alert that is held.
    ///
    /// - Parameters:
    ///   - number: its number, as the broker told it.
    ///   - index: its index in the log, as the broker told it.
    ///   - name: its identifier, which its author has signed.
    package mutating func take(number: UInt64, index: UInt64, name: String) {
        if let other = alerts[number] {
            guard other.name != name || other.index != index else { return }
            report("number \(number) was given to \(other.name) and to \(name)")
        } else if let other = numbers[name] {
            report("\(name) was given the numbers \(other) and \(number)")
        } else {
            alerts[number] = Alert(index: index, name: name)
            numbers[name] = number
        }
    }

    /// Notes a delivery that cannot be counted as held.
    ///
    /// - Parameter problem: why, in a sentence.
    package mutating func report(_ problem: String) {
        guard problems.count < Self.problemCountMax else { return }
        problems.append(problem)
    }

    /// Whether all numbers up to a count are held.
    ///
    /// - Parameter count: the count of the tally.
    /// - Returns: whether none of them is missing.
    package func covers(_ count: UInt64) -> Bool {
        UInt64(alerts.count) >= count && missing(upTo: count).isEmpty
    }

    /// Holds the alerts against a checkpoint.
    ///
    /// - Parameters:
    ///   - count: how many alerts its tally counts for the agency.
    ///   - treeSize: its size; what stands at a higher index came later.
    ///   - wereEarlier: whether all alerts were received before the checkpoint was asked for.
    /// - Returns: what is missing, and what contradicts.
    package func conclude(
        count: UInt64,
        treeSize: UInt64,
        wereEarlier: Bool
    ) -> Outcome {
        var problems = problems
        let ordered = alerts.sorted { $0.key < $1.key }
        var last: UInt64?
        for (number, alert) in ordered where problems.count < Self.problemCountMax {
            let place = "\(alert.name) at index \(alert.index)"
            if let last, alert.index <= last {
                problems.append("number \(number), \(place), does not follow the number before it")
            }
            last = alert.index
            if alert.index < treeSize, number > count || number == 0 {
                problems.append(
                    "number \(number), \(place), stands in the log of \(treeSize) entries, "
                        + "whose signed tally counts \(count)"
                )
            } else if alert.index >= treeSize, number <= count || wereEarlier {
                problems.append(
                    "number \(number), \(place), is newer than the checkpoint of \(treeSize) "
                        + "entries that was shown"
                )
            }
        }
        let missing = missing(upTo: count)
        let missingCount = missing.reduce(0) { $0 + ($1.upperBound - $1.lowerBound + 1) }
        return Outcome(heldCount: count - missingCount, missing: missing, problems: problems)
    }

    private func missing(upTo count: UInt64) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        var next: UInt64 = 1
        for number in alerts.keys.sorted() where number >= 1 && number <= count {
            if number > next { ranges.append(next...(number - 1)) }
            // A dishonest log can sign any count.
            guard number < count else { return ranges }
            next = number + 1
        }
        if next <= count { ranges.append(next...count) }
        return ranges
    }
}
