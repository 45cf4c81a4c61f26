/// A moment of the monotonic clock, in nanoseconds since an arbitrary start.
///
/// Deadlines and timers use it; it never appears in the log or on the wire.
package struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's start.
    package let nanoseconds: UInt64

    /// Makes a moment from a clock reading.
    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment `seconds` later, saturating at the end of time.
    package func adding(seconds: UInt64) -> MonotonicTime {
        let (milliseconds, tooLong) = seconds.multipliedReportingOverflow(by: 1000)
        return adding(milliseconds: tooLong ? .max : milliseconds)
    }

    /// The moment `milliseconds` later, saturating at the end of time.
    package func adding(milliseconds: UInt64) -> MonotonicTime {
        let (span, tooLong) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, tooLate) = nanoseconds.addingReportingOverflow(span)
        return MonotonicTime(nanoseconds: tooLong || tooLate ? .max : sum)
    }

    /// Milliseconds from `earlier` to this moment; zero if it is not earlier.
    package func milliseconds(since earlier: MonotonicTime) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? (nanoseconds - earlier.nanoseconds) / 1_000_000 : 0
    }
}

/// A moment of civil time in UTC, in milliseconds since 1970, as the log records it.
package struct WallTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
    package let milliseconds: UInt64

    /// Makes a moment from milliseconds since 1970.
    package init(milliseconds: UInt64) {
        self.milliseconds = milliseconds
    }

    /// Makes a moment from whole seconds since 1970, saturating.
    package init(seconds: UInt64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.milliseconds = overflow ? .max : product
    }

    /// Whole seconds since 1970, as CWT claims carry them.
    package var seconds: UInt64 { milliseconds / 1000 }

    package static func < (left: WallTime, right: WallTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `milliseconds` later, saturating.
    package func adding(milliseconds span: UInt64) -> WallTime {
        let (sum, overflow) = milliseconds.addingReportingOverflow(span)
        return WallTime(milliseconds: overflow ? .max : sum)
    }

    /// The moment `milliseconds` earlier, not before 1970.
    package func subtracting(milliseconds span: UInt64) -> WallTime {
        WallTime(milliseconds: milliseconds > span ? milliseconds - span : 0)
    }
}
