package import Base
internal import Glibc

/// The machine's clocks.
package enum SystemClock {
    /// The monotonic clock.
    package static func monotonic() -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds(CLOCK_MONOTONIC))
    }

    /// The civil time.
    package static func wall() -> WallTime {
        WallTime(milliseconds: nanoseconds(CLOCK_REALTIME) / 1_000_000)
    }

    /// The processor time that the calling thread has used, for benchmarks.
    package static func threadProcessorNanoseconds() -> UInt64 {
        nanoseconds(CLOCK_THREAD_CPUTIME_ID)
    }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(max(0, time.tv_nsec))
    }
}
