import Alerts
import Base
import BrokerCore
import Synchronization

/// What the stations of one agency do together, on whatever loop, measured against its limits.
///
/// A publish costs two compare-and-swaps and no lock: the state of a ``RateLimit`` is one word, so
/// that all loops take from the same bucket and the limit holds for the agency as a whole. A share
/// for each loop would be cheaper still, but wrong for an agency with a single connection.
final class AgencyMeter: Sendable {
    /// Connections that are refused before their CONNECT, and wait for it to be told why.
    private static let toldCountMax = 16

    /// The agency.
    let agency: AgencyID
    /// Requests that were refused because the agency had reached one of its limits.
    let limitedCount = Atomic<UInt64>(0)

    private let limits: BrokerLimits
    private let connectRate: RateLimit
    private let publishRate: RateLimit
    private let byteRate: RateLimit
    // When each bucket will be full again, in nanoseconds of the monotonic clock.
    private let connectsFullAt = Atomic<UInt64>(0)
    private let publishesFullAt = Atomic<UInt64>(0)
    private let bytesFullAt = Atomic<UInt64>(0)
    private let toldCount = Atomic<Int>(0)

    init(agency: AgencyID, limits: BrokerLimits) {
        self.agency = agency
        self.limits = limits
        let burst = limits.burstSeconds
        connectRate = RateLimit(perSecond: limits.connectsPerSecond, burstSeconds: burst)
        publishRate = RateLimit(perSecond: limits.publishesPerSecond, burstSeconds: burst)
        byteRate = RateLimit(perSecond: limits.publishedBytesPerSecond, burstSeconds: burst)
    }

    /// Counts a connection that begins.
    ///
    /// - Returns: the refusal if connections begin too fast.
    func beginConnection(now: MonotonicTime) -> Refusal? {
        take(1, connectRate, connectsFullAt, now).map {
            .connectRate(agency, limits, retryMilliseconds: $0)
        }
    }

    /// Counts a publish.
    ///
    /// - Parameters:
    ///   - byteCount: the bytes of its payload.
    ///   - now: the clock.
    /// - Returns: the refusal if the agency publishes too much.
    func publish(byteCount: Int, now: MonotonicTime) -> Refusal? {
        if let wait = take(messages: 1, now) {
            return .publishRate(agency, .publishesPerSecond, limits, retryMilliseconds: wait)
        }
        guard let wait = take(UInt64(byteCount), byteRate, bytesFullAt, now) else { return nil }
        Self.giveBack(1, publishRate, publishesFullAt)
        return .publishRate(agency, .publishedBytesPerSecond, limits, retryMilliseconds: wait)
    }

    /// Counts the filters of a SUBSCRIBE as so many messages.
    ///
    /// - Returns: the refusal if the agency has asked for too much.
    func subscribe(count: Int, now: MonotonicTime) -> Refusal? {
        take(messages: count, now).map {
            .subscribeRate(agency, limits, retryMilliseconds: $0)
        }
    }

    /// Counts a question to the sequencer as so many messages as it costs.
    ///
    /// - Returns: the refusal if the agency has asked for too much.
    func ask(cost: Int, now: MonotonicTime) -> Refusal? {
        take(messages: cost, now).map { .questionRate(agency, retryMilliseconds: $0) }
    }

    // MARK: - Refused before CONNECT

    /// Takes a place among the connections that wait for their CONNECT to be told why they are
    /// refused; false if there are enough of them.
    func beginTelling() -> Bool {
        guard toldCount.add(1, ordering: .relaxed).newValue > Self.toldCountMax else { return true }
        toldCount.subtract(1, ordering: .relaxed)
        return false
    }

    /// Gives the place back.
    func endTelling() { toldCount.subtract(1, ordering: .relaxed) }

    // MARK: - Buckets

    private func take(messages count: Int, _ now: MonotonicTime) -> UInt64? {
        take(UInt64(count), publishRate, publishesFullAt, now)
    }

    // How long to wait where there is too little in the bucket, which counts as a refusal.
    private func take(
        _ amount: UInt64,
        _ rate: RateLimit,
        _ fullAt: borrowing Atomic<UInt64>,
        _ now: MonotonicTime
    ) -> UInt64? {
        var seen = fullAt.load(ordering: .relaxed)
        while true {
            let state = MonotonicTime(nanoseconds: seen)
            switch rate.take(amount, fullAt: state, now: now) {
            case .wait(let milliseconds):
                limitedCount.add(1, ordering: .relaxed)
                return milliseconds
            case .taken(let next):
                let (isDone, original) = fullAt.weakCompareExchange(
                    expected: seen,
                    desired: next.nanoseconds,
                    ordering: .relaxed
                )
                if isDone { return nil }
                seen = original
            }
        }
    }

    private static func giveBack(
        _ amount: UInt64,
        _ rate: RateLimit,
        _ fullAt: borrowing Atomic<UInt64>
    ) {
        var seen = fullAt.load(ordering: .relaxed)
        while true {
            let next = rate.giveBack(amount, fullAt: MonotonicTime(nanoseconds: seen))
            let (isDone, original) = fullAt.weakCompareExchange(
                expected: seen,
                desired: next.nanoseconds,
                ordering: .relaxed
            )
            if isDone { return }
            seen = original
        }
    }
}
