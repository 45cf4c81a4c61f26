import Alerts
import Base
import MerkleLog

/// The rules on deadlines: what the log says of them, and that it says it.
extension AuditMachine {
    /// No entry is as late as a deadline that passed in silence and of which no entry tells.
    ///
    /// Notices stand for themselves, one after the other; a change of the log's key is made where
    /// the log is opened, before anything is noticed.
    mutating func checkNothingPassed(
        before entry: LogEntry,
        _ index: UInt64
    ) throws(AuditViolation) {
        switch entry.body {
        case .deadline, .policy: return
        default: break
        }
        guard let passed = state.deadlines.firstPassed(by: entry.time) else { return }
        throw AuditViolation(
            .deadline,
            at: index,
            "a deadline has passed, and no entry tells it",
            expected: Self.words(passed),
            found: "\(entry.body.type.rawValue) at \(RFC3339.format(entry.time))"
        )
    }

    /// What an alert sets, and what it meets.
    mutating func takeDeadlines(of statement: AlertStatement, at time: WallTime, _ index: UInt64) {
        guard statement.header.concernsDeadlines else { return }
        state.deadlines.take(DeadlineBook.Alert(statement), index: index, time: time)
    }

    /// A notice names exactly those who have not spoken, or who spoke late, and comes in its time.
    mutating func take(
        _ notice: DeadlineBody,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) {
        guard state.deadlines.expects(notice) else {
            throw AuditViolation(
                .deadline,
                at: index,
                "a notice says what the entries before it do not",
                expected: Self.silence(state.deadlines[notice.index], notice),
                found: Self.words(notice)
            )
        }
        let isInTime = notice.event == .reminder ? time < notice.due : time >= notice.due
        guard isInTime else {
            throw AuditViolation(
                .deadline,
                at: index,
                "a notice comes at the wrong time",
                expected: (notice.event == .reminder ? "before " : "not before ")
                    + RFC3339.format(notice.due),
                found: RFC3339.format(time)
            )
        }
        state.deadlines.take(notice, index: index)
    }

    private static func words(_ notice: DeadlineBody) -> String {
        "\(notice.event.rawValue) of \(notice.subject.rawValue) to the alert at index "
            + "\(notice.index), due \(RFC3339.format(notice.due)): "
            + notice.agencies.joined(separator: ", ")
    }

    // Who is silent, or that there is nothing to say.
    private static func silence(_ record: DeadlineRecord?, _ notice: DeadlineBody) -> String {
        guard let record, let deadline = record[notice.subject] else {
            return "no deadline of the alert at index \(notice.index)"
        }
        let silent = zip(record.recipients, deadline.replies)
            .filter { $0.1.index == nil }.map(\.0)
        return "\(deadline.state.rawValue), silent: \(silent.joined(separator: ", "))"
    }
}

extension DeadlineBook.Alert {
    /// What of a statement concerns deadlines.
    init(_ statement: AlertStatement) {
        let header = statement.header
        self.init(
            alert: statement.alert,
            author: statement.issuer.description,
            recipients: header.to.map(\.description),
            channel: header.channel.rawValue,
            status: header.status.rawValue,
            message: header.message.rawValue,
            isInterim: header.isInterim,
            cited: header.references.filter { $0.role == nil }.map(\.alert),
            replyBy: header.replyBy,
            acknowledgeBy: header.acknowledgeBy
        )
    }
}
