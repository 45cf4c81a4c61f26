package import Base

/// A token bucket whose whole state is one moment: the one at which it will be full again.
///
/// This is the generic cell rate algorithm (ITU-T I.371, annex A). Since the state is one word, the
/// driver keeps it in an atomic, so that all loops take from the same bucket without a lock.
package struct RateLimit: Hashable, Sendable {
    /// What becomes of an attempt to take.
    package enum Outcome: Hashable, Sendable {
        /// It was there; the bucket will be full again at this moment.
        case taken(fullAt: MonotonicTime)
        /// It was not; nothing was taken, and it will be there after this time.
        case wait(milliseconds: UInt64)
    }

    private static let nanosecondsPerSecond: UInt64 = 1_000_000_000

    /// What flows in each second.
    package let perSecond: UInt64
    private let burstNanoseconds: UInt64

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - perSecond: what flows in each second, at least 1.
    ///   - burstSeconds: how many seconds' worth a full bucket holds.
    package init(perSecond: Int, burstSeconds: Int) {
        self.perSecond = UInt64(max(1, perSecond))
        burstNanoseconds = UInt64(max(1, burstSeconds)) * Self.nanosecondsPerSecond
    }

    /// Tries to take from a bucket.
    ///
    /// What is larger than the bucket passes when the bucket is full, and leaves a debt.
    ///
    /// - Parameters:
    ///   - amount: how much.
    ///   - fullAt: the state of the bucket; any moment of the past is a full one.
    ///   - now: the clock, which may lag a little behind that of another thread.
    /// - Returns: the new state, or how long to wait.
    package func take(_ amount: UInt64, fullAt: MonotonicTime, now: MonotonicTime) -> Outcome {
        let span = span(of: amount)
        let begin = max(fullAt, now)
        let (end, isLate) = begin.nanoseconds.addingReportingOverflow(span)
        let debt = (isLate ? .max : end) - now.nanoseconds
        let allowed = max(burstNanoseconds, span)
        guard debt > allowed else { return .taken(fullAt: MonotonicTime(nanoseconds: end)) }
        return .wait(milliseconds: (debt - allowed - 1) / 1_000_000 + 1)
    }

    /// The state of a bucket that gets back what was taken from it.
    package func giveBack(_ amount: UInt64, fullAt: MonotonicTime) -> MonotonicTime {
        let span = span(of: amount)
        return MonotonicTime(
            nanoseconds: fullAt.nanoseconds > span ? fullAt.nanoseconds - span : 0
        )
    }

    // The time in which so much flows in, rounded up, so that the rate is never exceeded.
    private func span(of amount: UInt64) -> UInt64 {
        let product = amount.multipliedFullWidth(by: Self.nanosecondsPerSecond)
        guard product.high < perSecond else { return .max }
        let (quotient, remainder) = perSecond.dividingFullWidth(product)
        return remainder > 0 && quotient < .max ? quotient + 1 : quotient
    }
}
