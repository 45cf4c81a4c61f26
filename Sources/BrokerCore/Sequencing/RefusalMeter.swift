package import Alerts
package import Base

/// Bounds how many refusals become entries, so that a stranger cannot fill the audit log.
///
/// A token bucket of one second's worth; what it turns away is counted and reported in the next
/// refusal that is recorded.
package struct RefusalMeter: Sendable {
    private let perSecond: UInt64
    private var milliTokens: UInt64
    private var lastRefill: WallTime?
    private var suppressedCount: UInt64 = 0

    /// Makes a meter that starts full.
    package init(perSecond: Int) {
        self.perSecond = UInt64(max(1, perSecond))
        self.milliTokens = self.perSecond * 1000
    }

    /// Asks to record one refusal.
    ///
    /// - Returns: the number suppressed since the last one recorded, or nil if this one is to be
    ///   suppressed too.
    package mutating func take(now: WallTime) -> UInt64? {
        let elapsed = lastRefill.map { now.milliseconds - min(now.milliseconds, $0.milliseconds) }
        lastRefill = now
        milliTokens = min(perSecond * 1000, milliTokens + min(elapsed ?? 0, 1000) * perSecond)
        guard milliTokens >= 1000 else {
            suppressedCount += 1
            return nil
        }
        milliTokens -= 1000
        defer { suppressedCount = 0 }
        return suppressedCount
    }
}

/// A meter for each member of the directory, and one for all others together.
///
/// What one agency is refused never keeps another's refusals out of the log, and strangers, who
/// can come in any number, share what is left of it.
package struct RefusalMeters: Sendable {
    private let perSecond: Int
    private var strangers: RefusalMeter
    private var members: [AgencyID: RefusalMeter] = [:]

    /// Makes meters that start full.
    ///
    /// - Parameter perSecond: how many refusals each records in a second.
    package init(perSecond: Int) {
        self.perSecond = perSecond
        strangers = RefusalMeter(perSecond: perSecond)
    }

    /// Asks to record one refusal.
    ///
    /// - Parameters:
    ///   - member: the member that is refused, or nil for everyone whom the directory lacks.
    ///   - now: the clock.
    /// - Returns: the number suppressed since this peer's last one recorded, or nil if this one is
    ///   to be suppressed too.
    package mutating func take(for member: AgencyID?, now: WallTime) -> UInt64? {
        guard let member else { return strangers.take(now: now) }
        return members[member, default: RefusalMeter(perSecond: perSecond)].take(now: now)
    }
}
