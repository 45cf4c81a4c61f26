import Base
import MQTTCodec

/// How fast publishes go out to a broker that has said "later".
///
/// The window is halved by each refusal and grows by one with each answer, as TCP's congestion
/// window does (RFC 5681 3.1), so that a client finds the rate that its agency may have.
struct PublishPace: Sendable {
    /// How often one publish is sent again before its owner is told of the refusal.
    static let refusalCountMax = 32

    /// How many publishes may be under way.
    private(set) var window = Int.max
    private var pausedUntil: MonotonicTime?

    /// The broker refused a publish for the moment.
    ///
    /// - Parameters:
    ///   - underWay: how many publishes are still under way.
    ///   - milliseconds: how long the broker asks to wait.
    ///   - now: the clock.
    mutating func refused(underWay: Int, _ milliseconds: UInt64, now: MonotonicTime) {
        window = max(1, min(window, underWay + 1) / 2)
        let end = now.adding(milliseconds: milliseconds)
        pausedUntil = max(pausedUntil ?? end, end)
    }

    /// The broker decided on a publish.
    mutating func answered() {
        if window < .max { window += 1 }
    }

    /// Whether nothing is to be sent now.
    func isPaused(now: MonotonicTime) -> Bool { pause(now: now) != nil }

    /// The end of the pause, if there is one.
    func pause(now: MonotonicTime) -> MonotonicTime? {
        pausedUntil.flatMap { $0 > now ? $0 : nil }
    }
}

/// What a broker says of the time after which a request may succeed (`aviso-retry-ms`).
enum RetryAfter {
    private static let millisecondsMax: UInt64 = 60_000

    /// The time, bounded; nil for a refusal that waiting does not mend.
    static func milliseconds(_ code: ReasonCode, _ properties: Properties) -> UInt64? {
        switch code {
        case .quotaExceeded, .connectionRateExceeded, .serverBusy, .serverUnavailable: break
        default: return nil
        }
        return properties.userProperty("aviso-retry-ms").flatMap { UInt64($0) }
            .map { min($0, millisecondsMax) }
    }
}
