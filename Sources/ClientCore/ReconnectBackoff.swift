import Base

/// How long to wait before connecting again: doubling, with jitter, up to a bound.
package struct ReconnectBackoff: Sendable {
    private static let firstMilliseconds: UInt64 = 200
    private static let lastMilliseconds: UInt64 = 30_000

    private var generator: SplitMix64
    private var attemptCount: UInt64 = 0

    /// Makes a back-off whose jitter follows `seed`.
    package init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    /// The time to wait before the next attempt: between half and all of the bound of this attempt.
    package mutating func nextMilliseconds() -> UInt64 {
        let bound = min(Self.lastMilliseconds, Self.firstMilliseconds << min(attemptCount, 16))
        attemptCount += 1
        return bound / 2 + UInt64.random(in: 0...(bound / 2), using: &generator)
    }

    /// Begins anew after a connection that succeeded.
    package mutating func reset() {
        attemptCount = 0
    }
}
