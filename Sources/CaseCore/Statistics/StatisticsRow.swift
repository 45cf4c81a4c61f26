package import Alerts

/// The figures of one row.
package struct StatisticsRow: Hashable, Sendable {
    /// The statements that were written, by what they do.
    package internal(set) var written: [MessageType: UInt64] = [:]
    /// How many times a statement was addressed to an agency.
    package internal(set) var received: UInt64 = 0
    /// How many answers were asked for, each of one agency.
    package internal(set) var asked: UInt64 = 0
    /// The answers that came in time.
    package internal(set) var answered: UInt64 = 0
    /// The answers that came when the time was over.
    package internal(set) var late: UInt64 = 0
    /// Those who were asked, whose time is over, and who have not answered.
    package internal(set) var silent: UInt64 = 0
    /// Those who were asked and have time.
    package internal(set) var pending: UInt64 = 0
    /// Those who were asked, until the author withdrew or replaced the question.
    package internal(set) var withdrawn: UInt64 = 0
    /// How late the late answers were.
    package internal(set) var lateness = LatenessHistogram()

    /// All statements that were written.
    package var writtenCount: UInt64 { written.values.reduce(0, +) }
}

/// How many answers were how late: each span to within a sixteenth, in a fixed number of steps, so
/// that any number of them takes no more memory.
package struct LatenessHistogram: Hashable, Sendable {
    // Each power of two is cut into so many steps.
    private static let stepBitCount = 4
    private static let stepCount = 1 << stepBitCount

    // Only the steps that occur.
    private var counts: [UInt16: UInt64] = [:]
    /// The number of spans.
    package private(set) var count: UInt64 = 0
    /// The longest span, in milliseconds.
    package private(set) var worst: UInt64 = 0

    /// Begins with no span.
    package init() {}

    /// Takes a span in milliseconds.
    package mutating func insert(_ milliseconds: UInt64) {
        counts[Self.step(of: milliseconds), default: 0] += 1
        count += 1
        worst = max(worst, milliseconds)
    }

    /// The median, in milliseconds, to within a sixteenth; nil without any span.
    package var median: UInt64? {
        guard count > 0 else { return nil }
        var left = (count + 1) / 2
        for (step, count) in counts.sorted(by: { $0.key < $1.key }) {
            guard count < left else { return min(worst, Self.middle(of: step)) }
            left -= count
        }
        return worst
    }

    // Below 16 each millisecond is a step; above, the leading five bits choose it.
    private static func step(of span: UInt64) -> UInt16 {
        guard span >= stepCount else { return UInt16(span) }
        let exponent = UInt64.bitWidth - 1 - span.leadingZeroBitCount
        let shift = exponent - stepBitCount
        let mantissa = Int(span >> UInt64(shift)) - stepCount
        return UInt16((shift + 1) * stepCount + mantissa)
    }

    private static func middle(of step: UInt16) -> UInt64 {
        guard step >= stepCount else { return UInt64(step) }
        let (shift, mantissa) = (Int(step) / stepCount - 1, Int(step) % stepCount)
        let low = UInt64(stepCount + mantissa) << UInt64(shift)
        return low + (1 << UInt64(shift)) / 2
    }
}
