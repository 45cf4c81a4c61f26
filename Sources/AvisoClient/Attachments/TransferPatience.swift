import EventLoop

/// How often a transfer is taken up again that does not get on.
struct TransferPatience {
    // The waits double from a quarter of a second to 8 s: about 40 s in all.
    private static let failureCountMax = 9
    private static let waitMilliseconds: UInt32 = 250
    private static let waitMillisecondsMax: UInt32 = 8000

    private var failureCount = 0

    /// Something came through.
    mutating func gotOn() { failureCount = 0 }

    /// Waits before the next attempt.
    ///
    /// - Parameter error: why the last one failed.
    /// - Throws: the error, if it has failed often enough or will always fail.
    mutating func wait(after error: AvisoError) throws(AvisoError) {
        guard error.isRetryable, failureCount < Self.failureCountMax else { throw error }
        let wait = min(Self.waitMilliseconds << UInt32(failureCount), Self.waitMillisecondsMax)
        failureCount += 1
        SystemProcessors.pause(milliseconds: wait)
    }
}
