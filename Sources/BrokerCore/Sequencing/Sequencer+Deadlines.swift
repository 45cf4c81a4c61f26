package import Alerts
package import Base
package import MerkleLog
import MQTTCodec

/// A notice of a deadline with those who are told.
package struct DeadlineNotice: Sendable {
    /// What it says.
    package let body: DeadlineBody
    /// The channel of the alert.
    package let channel: Channel
    /// The bits of those who are told.
    package let recipientMask: UInt64
}

extension Sequencer {
    /// Sequences what is to be said of deadlines by now, one entry each time.
    ///
    /// To be asked before anything else of the same moment is sequenced: then no entry of the log
    /// is as late as a deadline that nothing has been said of.
    ///
    /// - Parameter now: the wall clock.
    /// - Returns: the entry, or nil if nothing is to be said.
    package mutating func sequenceDeadline(now: WallTime) -> SequencedEntry? {
        guard let body = deadlines.next(upTo: max(now, lastTime)) else { return nil }
        var mask: UInt64 = 0
        for name in body.readers {
            mask |= AgencyID(name).flatMap { directory[$0]?.mask } ?? 0
        }
        guard let channel = Channel(rawValue: body.channel) else {
            return append(.deadline(body), now: now)
        }
        let notice = DeadlineNotice(body: body, channel: channel, recipientMask: mask)
        return append(.deadline(body), of: .deadline(notice), now: now)
    }

    /// When something is next to be said of a deadline; nil if none is open.
    package mutating func nextDeadline() -> WallTime? { deadlines.nextTime() }

    /// Checks that the deadlines of an alert are still to come, and that its author may have them.
    func checkDeadlines(of alert: VerifiedAlert, now: WallTime) throws(Refusal) {
        guard alert.header.replyBy != nil || alert.header.acknowledgeBy != nil else { return }
        let now = max(now, lastTime)
        for (name, due) in alert.header.deadlines where due <= now {
            throw Refusal(
                .publish,
                .implementationSpecificError,
                Sentence.duePassed(name, due, now: now),
                alert: alert.alert
            )
        }
        let asked = DeadlineBook.Alert(alert)
        let open = deadlines.openCount(of: asked.author)
        guard open + asked.askedCount <= limits.openDeadlinesPerAgencyMax else {
            throw Refusal(
                .publish,
                .quotaExceeded,
                Sentence.deadlinesFull(alert.issuer, limits),
                alert: alert.alert,
                limit: .openDeadlinesPerAgencyMax
            )
        }
    }

    /// Checks that an entry of the log says what was to be said.
    func check(_ body: DeadlineBody, index: UInt64) throws(FoldError) {
        guard deadlines.expects(body) else {
            throw FoldError(
                index: index,
                "it says of the deadline of entry \(body.index) what the entries do not"
            )
        }
    }
}

extension DeadlineBook.Alert {
    /// Takes what concerns deadlines from an alert that is being sequenced.
    init(_ alert: VerifiedAlert) {
        self.init(alert.header, alert: alert.alert, by: alert.issuer)
    }

    /// Takes it from a statement of the log.
    init(_ statement: AlertStatement) {
        self.init(statement.header, alert: statement.alert, by: statement.issuer)
    }

    private init(_ header: AlertHeader, alert: UUID, by issuer: AgencyID) {
        self.init(
            alert: alert,
            author: issuer.description,
            recipients: header.to.map(\.description),
            channel: header.channel.rawValue,
            status: header.status.rawValue,
            message: header.message.rawValue,
            isInterim: header.isInterim,
            // A source or a consent is what the alert uses, not what it is about.
            cited: header.references.filter { $0.role == nil }.map(\.alert),
            replyBy: header.replyBy,
            acknowledgeBy: header.acknowledgeBy
        )
    }
}

extension BrokerLimits {
    /// When those who are silent are reminded.
    var reminders: DeadlineBook.Reminders {
        DeadlineBook.Reminders(percent: reminderPercent, secondsMax: reminderSecondsMax)
    }
}
