import BrokerCore
import EventLoop

/// When the client is not read from, so that what it makes the broker keep stays bounded.
extension BrokerConnection {
    // A client whose undecided submissions take more than this is not read from.
    private static let undecidedByteCountMax = 8 << 20

    // Deliveries stop at the limit and pass it by a packet at most: what makes it double are
    // answers to what the client has sent and does not read.
    private var unreadByteCountMax: Int { 2 * shared.limits.outboundByteCountMax }

    private var unreadByteCount: Int { stream?.pendingByteCount ?? 0 }

    /// Stops or resumes reading, by what holds at this moment.
    func updatePause() {
        var reasons: ReadingPause.Reasons = []
        if machine?.isClaiming == true { reasons.insert(.claim) }
        if isAwaitingDecisions || machine?.isResolvingStart == true { reasons.insert(.decisions) }
        if undecided.byteCount > Self.undecidedByteCountMax
            || (undecided.byteCount > 0 && shared.submissions.isFull)
        {
            reasons.insert(.undecided)
        }
        if unreadByteCount > unreadByteCountMax { reasons.insert(.unread) }
        guard pause.set(reasons) else { return }
        stream?.setPaused(pause.isPaused)
        // What came in the pause was not heard: the time for the next packet begins anew.
        if !pause.isPaused { machine?.readingResumed(now: shard.loop.now) }
    }

    /// Stops reading if the client does not read its answers.
    func noticeUnread() {
        if !pause.isPaused, unreadByteCount > unreadByteCountMax { updatePause() }
    }

    /// Everything written has gone out.
    func drained() {
        if pause.reasons.contains(.unread) { updatePause() }
        deliverWaiting()
    }

    /// Nothing was heard of the client for its keep alive.
    func silenceNoticed() {
        let isExcused = pause.excusesSilence(unread: unreadByteCount)
        step {
            if isExcused { $0.readingResumed(now: shard.loop.now) }
            $0.keepAliveExpired(now: shard.loop.now, into: &actions)
        }
    }
}
