package import Alerts
package import Base
package import MerkleLog

/// What has become of an alert with each of its recipients, from the log's entries about it.
///
/// Pure: entries are handed in as they come, those that are signed after their signatures were
/// verified; the time is handed in when the state is asked for.
package struct TrackingState: Sendable {
    /// A station that took the alert, or could not.
    package struct Delivery: Hashable, Sendable {
        /// The station, as a URN.
        package let station: String
        /// When the log had it.
        package let time: WallTime
        /// The entry that says so.
        package let index: UInt64
    }

    /// A signed statement about the alert.
    package struct Reply: Hashable, Sendable {
        /// The statement; nil for one on an erasure.
        package let alert: UUID?
        /// When the log had it.
        package let time: WallTime
        /// Its entry.
        package let index: UInt64
        /// Whether it says of itself that another one follows.
        package let isInterim: Bool
    }

    /// One of those who can open the alert.
    package struct Recipient: Hashable, Sendable {
        /// The agency.
        package let agency: AgencyID
        /// The stations that took it, each once, in order.
        package internal(set) var deliveries: [Delivery] = []
        /// The stations for which it was too large.
        package internal(set) var skips: [Delivery] = []
        /// The agency's acknowledgement.
        package internal(set) var acknowledgement: Reply?
        /// Its answers, in order: interim ones and the last.
        package internal(set) var answers: [Reply] = []
        /// Its word that it has erased its copy.
        package internal(set) var purge: Reply?
    }

    /// Whether something is due of a recipient.
    package enum Answering: String, CaseIterable, Hashable, Sendable {
        /// It was not asked, or what asked has been withdrawn.
        case none
        /// It was asked, and has time.
        case awaited
        /// It has answered.
        case answered
        /// It has answered after the time for it.
        case late
        /// The time has passed, and it has not answered.
        case overdue
    }

    // Stations of an agency, statements of one agency about one alert.
    private static let listCountMax = 256

    /// The alert.
    package let subject: CaseStatement
    /// Its recipients, in the order in which it names them.
    package private(set) var recipients: [Recipient]
    /// Its author's updates of it.
    package private(set) var updates: [Reply] = []
    /// Its author's cancel of it.
    package private(set) var cancel: Reply?
    // When its author ceased to wait: by a cancel, or an update with a deadline of its own.
    private var replyEnd: WallTime?
    private var acknowledgementEnd: WallTime?
    /// The operator's order to erase its content.
    package private(set) var erasure: Reply?

    /// Begins behind the alert's own entry.
    package init(_ subject: CaseStatement) {
        self.subject = subject
        recipients = subject.header.to.map { Recipient(agency: $0) }
    }

    /// Takes what a `delivery` entry says of the alert.
    package mutating func take(_ report: DeliveryReport) {
        guard let station = StationIdentity(urn: report.station) else { return }
        let delivery = Delivery(
            station: report.station,
            time: report.time,
            index: report.index
        )
        change(station.agency) { recipient in
            switch report.act {
            case .delivered: Self.insert(delivery, into: &recipient.deliveries)
            case .skipped: Self.insert(delivery, into: &recipient.skips)
            }
        }
    }

    /// Takes a verified statement that cites the alert.
    ///
    /// - Returns: whether it says anything about the alert.
    @discardableResult
    package mutating func take(_ statement: CaseStatement) -> Bool {
        guard statement.isVerified, statement.index > subject.index,
            statement.subjects.contains(where: { $0.alert == subject.alert })
        else { return false }
        let reply = Reply(
            alert: statement.alert,
            time: statement.time,
            index: statement.index,
            isInterim: statement.header.isInterim
        )
        switch statement.header.message {
        case .acknowledgement:
            return change(statement.author) { recipient in
                recipient.acknowledgement = recipient.acknowledgement ?? reply
            }
        case .answer:
            return change(statement.author) { recipient in
                guard recipient.answers.count < Self.listCountMax else { return }
                recipient.answers.append(reply)
            }
        case .update, .cancel:
            let header = statement.header
            guard statement.author == subject.author else { return false }
            if header.endsReplies { replyEnd = replyEnd ?? statement.time }
            if header.endsAcknowledgements {
                acknowledgementEnd = acknowledgementEnd ?? statement.time
            }
            if header.message == .cancel {
                cancel = cancel ?? reply
            } else if updates.count < Self.listCountMax {
                updates.append(reply)
            }
            return true
        case .alert, .request, .consentRequest, .consentGrant, .consentRefusal:
            return false
        }
    }

    /// Takes a verified order to erase the alert's content, or a recipient's confirmation.
    ///
    /// - Returns: whether it is about the alert.
    @discardableResult
    package mutating func take(
        _ redaction: RedactionStatement.Draft,
        index: UInt64,
        time: WallTime
    ) -> Bool {
        guard redaction.alert == subject.alert else { return false }
        let reply = Reply(alert: nil, time: time, index: index, isInterim: false)
        switch redaction.act {
        case .order:
            erasure = erasure ?? reply
            return true
        case .confirmation:
            return change(redaction.issuer) { $0.purge = $0.purge ?? reply }
        }
    }

    @discardableResult
    private mutating func change(
        _ agency: AgencyID,
        _ body: (inout Recipient) -> Void
    ) -> Bool {
        guard let place = recipients.firstIndex(where: { $0.agency == agency }) else {
            return false
        }
        body(&recipients[place])
        return true
    }

    private static func insert(_ delivery: Delivery, into list: inout [Delivery]) {
        guard list.count < listCountMax,
            !list.contains(where: { $0.station == delivery.station })
        else { return }
        list.append(delivery)
    }
}

// MARK: - Deadlines

extension TrackingState {
    /// Whether an answer is due of a recipient at a moment; an interim one is none.
    ///
    /// Silence is never an answer: what is overdue stays so until an answer stands in the log.
    package func answering(of recipient: Recipient, at now: WallTime) -> Answering {
        standing(
            recipient.answers.first { !$0.isInterim },
            due: subject.header.replyBy,
            isAsked: subject.asked.contains(recipient.agency),
            until: replyEnd,
            at: now
        )
    }

    /// Whether an acknowledgement is due of a recipient at a moment; who answers has taken note.
    package func acknowledging(of recipient: Recipient, at now: WallTime) -> Answering {
        let notes = [recipient.acknowledgement, recipient.answers.first].compactMap(\.self)
        return standing(
            notes.min { $0.index < $1.index },
            due: subject.header.acknowledgeBy,
            isAsked: subject.header.acknowledgeBy != nil
                && subject.header.asked(by: subject.author).contains(recipient.agency),
            until: acknowledgementEnd,
            at: now
        )
    }

    // Every deadline of the header is held against the time here, and nowhere else. Where the
    // author ceased to wait before it came, nobody is late.
    private func standing(
        _ reply: Reply?,
        due: WallTime?,
        isAsked: Bool,
        until end: WallTime?,
        at now: WallTime
    ) -> Answering {
        if let reply {
            let hasPassed = due.map { due in due <= reply.time && end.map { due <= $0 } ?? true }
            return hasPassed == true ? .late : .answered
        }
        guard isAsked, end == nil else { return .none }
        return due.map { $0 <= now } == true ? .overdue : .awaited
    }

    /// What the alert is worth at a moment.
    package func state(at now: WallTime) -> StatementState {
        if cancel != nil {
            return subject.header.kind == .newSubstance ? .retracted : .cancelled
        }
        if !updates.isEmpty { return .replaced }
        return subject.hasExpired(at: now) ? .expired : .current
    }
}
