package import Base

/// One deadline of an alert: what each recipient has said to it so far.
package struct Deadline: Hashable, Sendable {
    /// How it stands.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// The time has not come.
        case open
        /// The time came while somebody was silent.
        case passed
        /// The author has withdrawn the alert before.
        case cancelled
        /// An update of the author has set another time before.
        case replaced
    }

    /// What one recipient has said.
    package struct Reply: Hashable, Sendable {
        /// The entry of the answer or acknowledgement; nil for silence.
        package var index: UInt64?
        /// The entry of the first interim answer.
        package var interim: UInt64?
        /// Whether it came when the deadline had passed.
        package var isLate = false
        /// Whether an entry says so.
        package var isNoted = false
    }

    /// When it is due.
    package let due: WallTime
    /// How it stands.
    package internal(set) var state = State.open
    /// The entry that changed the state.
    package internal(set) var changedBy: UInt64?
    /// Whether the recipients were reminded.
    package internal(set) var isReminded = false
    /// What each recipient has said, in the order of the record's recipients.
    package internal(set) var replies: [Reply]

    init(due: WallTime, recipientCount: Int) {
        self.due = due
        replies = Array(repeating: Reply(), count: recipientCount)
    }

    /// How many recipients can still speak in time.
    var openCount: Int { state == .open ? replies.count { $0.index == nil } : 0 }

    mutating func close(_ state: State, by index: UInt64) {
        guard self.state == .open, openCount > 0 else { return }
        self.state = state
        changedBy = index
    }
}

/// An alert with a deadline, as the log has it.
package struct DeadlineRecord: Hashable, Sendable {
    /// The alert's place in the log.
    package let index: UInt64
    /// The alert.
    package let alert: UUID
    /// Its author.
    package let author: String
    /// Its channel.
    package let channel: String
    /// `actual`, `exercise` or `test`.
    package let status: String
    /// When it was sequenced.
    package let acceptedAt: WallTime
    /// Its recipients, sorted.
    package let recipients: [String]
    /// By when they were to answer.
    package internal(set) var reply: Deadline?
    /// By when they were to acknowledge it.
    package internal(set) var acknowledgement: Deadline?

    /// A deadline by what was to be done.
    package internal(set) subscript(subject: DeadlineBody.Subject) -> Deadline? {
        get { subject == .reply ? reply : acknowledgement }
        set {
            switch subject {
            case .reply: reply = newValue
            case .acknowledgement: acknowledgement = newValue
            }
        }
    }

    /// How many answers and acknowledgements can still come in time.
    var openCount: Int { (reply?.openCount ?? 0) + (acknowledgement?.openCount ?? 0) }

    /// Who is silent, of all recipients.
    func silent(_ deadline: Deadline) -> [String] {
        zip(recipients, deadline.replies).compactMap { $1.index == nil ? $0 : nil }
    }

    /// What an agency has said to one of its deadlines, kept once and for all.
    ///
    /// - Returns: whether that is late and new.
    mutating func take(
        _ subject: DeadlineBody.Subject,
        from agency: String,
        _ index: UInt64,
        isInterim: Bool = false
    ) -> Bool {
        guard var deadline = self[subject], let place = recipients.firstIndex(of: agency),
            deadline.replies[place].index == nil
        else { return false }
        if isInterim {
            deadline.replies[place].interim = deadline.replies[place].interim ?? index
        } else {
            deadline.replies[place].index = index
            deadline.replies[place].isLate = deadline.state == .passed
        }
        self[subject] = deadline
        return deadline.replies[place].isLate
    }

    /// The entry that is to say what has happened to a deadline; nil if nothing has, or one says so
    /// already.
    func body(_ event: DeadlineBody.Event, of subject: DeadlineBody.Subject) -> DeadlineBody? {
        guard let deadline = self[subject] else { return nil }
        var agencies = silent(deadline)
        var answer: UInt64?
        switch event {
        case .reminder:
            guard deadline.state == .open, !deadline.isReminded, !agencies.isEmpty else {
                return nil
            }
        case .passed:
            guard deadline.state == .open, !agencies.isEmpty else { return nil }
        case .late:
            let unnoted = zip(recipients, deadline.replies)
                .filter { $1.isLate && !$1.isNoted }
                .min { ($0.1.index ?? 0) < ($1.1.index ?? 0) }
            guard let unnoted else { return nil }
            agencies = [unnoted.0]
            answer = unnoted.1.index
        }
        return DeadlineBody(
            event: event,
            subject: subject,
            alert: "urn:uuid:\(alert)",
            index: index,
            author: author,
            channel: channel,
            status: status,
            due: deadline.due,
            agencies: agencies,
            answer: answer
        )
    }
}
