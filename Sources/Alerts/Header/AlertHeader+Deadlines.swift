package import Base

extension AlertHeader {
    /// Whether it can set a deadline or meet one; most alerts do neither.
    package var concernsDeadlines: Bool {
        replyBy != nil || acknowledgeBy != nil || !references.isEmpty
    }

    /// Whether it asks its recipients for an answer.
    package var asks: Bool { message == .request || replyBy != nil }

    /// Those who owe what it asks for.
    ///
    /// An author that names itself waits for nobody's answer but others'. `DeadlineBook` keeps the
    /// same rule for the log's own notices.
    package func asked(by author: AgencyID) -> [AgencyID] { to.filter { $0 != author } }

    /// Whether it answers what it cites; behind an interim answer another one follows.
    package var answers: Bool { message == .answer && !isInterim }

    /// Whether, of the same author, it ends the wait for answers to what it cites: an update that
    /// sets no time of its own leaves the question as it is.
    package var endsReplies: Bool { message == .cancel || message == .update && replyBy != nil }

    /// Whether, of the same author, it ends the wait for acknowledgements of what it cites.
    package var endsAcknowledgements: Bool {
        message == .cancel || message == .update && acknowledgeBy != nil
    }

    /// The moments by which its recipients are to do something, by the names of their keys.
    package var deadlines: [(name: String, due: WallTime)] {
        [("reply-by", replyBy), ("acknowledge-by", acknowledgeBy)].compactMap { name, due in
            due.map { (name, $0) }
        }
    }
}
