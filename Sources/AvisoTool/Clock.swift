import Base
import Glibc

/// The time of day.
enum Clock {
    /// Now.
    static func now() -> WallTime {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(
            milliseconds: UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
        )
    }
}
