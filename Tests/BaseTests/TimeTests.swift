import Base
import Testing

@Suite struct TimeTests {
    @Test func whatLiesBehindTheEndOfTimeIsItsEnd() {
        let now = MonotonicTime(nanoseconds: 5)
        #expect(now.adding(seconds: 2).nanoseconds == 2_000_000_005)
        // 2^61 seconds in milliseconds would begin again at zero.
        for seconds in [UInt64.max, 1 << 61, UInt64.max / 1000 + 1] {
            #expect(now.adding(seconds: seconds).nanoseconds == .max)
            #expect(WallTime(seconds: seconds).milliseconds == .max)
        }
        #expect(now.adding(milliseconds: .max).nanoseconds == .max)
    }
}
