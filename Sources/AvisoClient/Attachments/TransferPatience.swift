import EventLoop

/// How often a transfer is taken up again that does not get on.
///
/// A broker that never answered is not waited for: who has just begun wants to be told.
struct TransferPatience {
    // The waits double from a quarter of a second to 8 s: about 40 s in all.
    private static let failureCountMax = 9
    private static let waitMilliseconds: UInt32 = 250
    private static let waitMillisecondsMax: UInt32 = 8000
    // The longest that a broker may ask for.
    private static let askedMillisecondsMax: UInt64 = 60_000

    private var failureCount = 0
    private var hasBegun = false

    /// The broker has answered, which it may not do again at once.
    mutating func answered() { hasBegun = true }

    /// Some bytes came through.
    mutating func gotOn() {
        failureCount = 0
        hasBegun = true
    }

    /// Waits before the next attempt.
    ///
    /// - Parameter error: why the last one failed.
    /// - Throws: the error, if it has failed often enough or will always fail.
    mutating func wait(after error: AvisoError) throws(AvisoError) {
        guard error.isRetryable, hasBegun || error.code == .tryLater,
            failureCount < Self.failureCountMax
        else { throw error }
        let wait = min(Self.waitMilliseconds << UInt32(failureCount), Self.waitMillisecondsMax)
        failureCount += 1
        let asked = UInt32(min(error.retryMilliseconds ?? 0, Self.askedMillisecondsMax))
        SystemProcessors.pause(milliseconds: max(wait, asked))
    }
}
