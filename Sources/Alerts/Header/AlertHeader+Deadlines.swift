package import Base

extension AlertHeader {
    /// Whether it can set a deadline or meet one; most alerts do neither.
    package var concernsDeadlines: Bool {
        replyBy != nil || acknowledgeBy != nil || !references.isEmpty
    }

    /// The moments by which its recipients are to do something, by the names of their keys.
    package var deadlines: [(name: String, due: WallTime)] {
        [("reply-by", replyBy), ("acknowledge-by", acknowledgeBy)].compactMap { name, due in
            due.map { (name, $0) }
        }
    }
}
