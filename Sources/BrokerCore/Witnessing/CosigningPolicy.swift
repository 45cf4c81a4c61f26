import Base

/// How the log's checkpoints are to be cosigned.
package struct CosigningPolicy: Hashable, Sendable {
    /// How many witnesses make a checkpoint cosigned.
    package let required: Int
    /// Seconds for which a cosignature counts as recent.
    package let lagSeconds: Int
    /// Seconds that the witnesses have for one checkpoint before a later one is taken.
    package let roundSeconds: Int

    /// The shortest time between one checkpoint for the witnesses and the next.
    static let intervalMilliseconds: UInt64 = 500
    /// What waits after a failure: doubling from the first to the last.
    static let backOffMilliseconds: (first: UInt64, last: UInt64) = (500, 60_000)
    /// Sizes that a witness may answer in a row before it has to wait.
    static let conflictsMax = 3
    /// Seconds that the clock of a witness may differ.
    static let clockToleranceSeconds: UInt64 = 300

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - required: how many witnesses make a checkpoint cosigned.
    ///   - lagSeconds: for how long a cosignature counts as recent.
    ///   - roundSeconds: how long the witnesses have for one checkpoint.
    package init(required: Int, lagSeconds: Int, roundSeconds: Int) {
        self.required = required
        self.lagSeconds = lagSeconds
        self.roundSeconds = roundSeconds
    }

    // An old cosignature says nothing of now, and one of the future nothing at all.
    func isOfNow(_ seconds: UInt64, _ wall: WallTime) -> Bool {
        let tolerance = Self.clockToleranceSeconds
        return seconds <= wall.seconds + tolerance
            && seconds + tolerance + UInt64(lagSeconds) >= wall.seconds
    }

    // What is cosigned is cosigned again at this age, so that a quiet log stays recent.
    var refreshMilliseconds: UInt64 { UInt64(lagSeconds) * 1000 / 3 }
}
