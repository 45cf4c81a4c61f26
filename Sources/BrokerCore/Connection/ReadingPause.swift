/// Why a client is not read from at the moment, and whether its silence counts meanwhile.
package struct ReadingPause: Sendable {
    /// What speaks against reading on.
    package struct Reasons: OptionSet, Hashable, Sendable {
        /// The bits.
        package let rawValue: UInt8

        /// Makes reasons of their bits.
        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Its CONNECT waits for its session, and what follows waits for the answer.
        package static let claim = Reasons(rawValue: 1)
        /// Its SUBSCRIBE waits for what was taken before it, or for where in the log it begins.
        package static let decisions = Reasons(rawValue: 2)
        /// More of what it has sent waits for the log than one client may have there.
        package static let undecided = Reasons(rawValue: 4)
        /// It does not read what it has asked for.
        package static let unread = Reasons(rawValue: 8)
    }

    /// What holds at this moment.
    package private(set) var reasons: Reasons = []
    // What it had not read when its silence was last excused.
    private var unreadByteCount = Int.max

    /// Makes one for a connection that is read from.
    package init() {}

    /// Whether the client is not read from.
    package var isPaused: Bool { !reasons.isEmpty }

    /// Sets the reasons.
    ///
    /// - Returns: whether this begins or ends a pause.
    package mutating func set(_ reasons: Reasons) -> Bool {
        defer {
            self.reasons = reasons
            if !reasons.contains(.unread) { unreadByteCount = .max }
        }
        return reasons.isEmpty != self.reasons.isEmpty
    }

    /// Whether a client is not to blame that nothing was heard of it for its keep alive.
    ///
    /// What it sends is not read: that is the broker's doing, unless it waits for the client to
    /// read. Then a client that takes something is there, and one that takes nothing has gone.
    ///
    /// - Parameter unread: the bytes that wait for it.
    /// - Returns: whether its keep alive begins anew.
    package mutating func excusesSilence(unread: Int) -> Bool {
        guard isPaused else { return false }
        guard reasons == .unread else { return true }
        defer { unreadByteCount = unread }
        return unread < unreadByteCount
    }
}
