import Alerts
import Base

/// The sentences of refusals that are about deadlines.
extension Sentence {
    static func dueBeforeIssue(_ name: String, _ due: WallTime, _ issuedAt: WallTime) -> String {
        "\(name) is \(RFC3339.format(due)), which is not after the issue at "
            + "\(RFC3339.format(issuedAt)): give the recipients time"
    }

    static func duePassed(_ name: String, _ due: WallTime, now: WallTime) -> String {
        "\(name) is \(RFC3339.format(due)), and it is \(RFC3339.format(now)) here: issue the alert "
            + "anew with a later one"
    }

    static func deadlinesFull(_ agency: AgencyID, _ limits: BrokerLimits) -> String {
        "\(agency) has asked for \(limits.openDeadlinesPerAgencyMax) answers and acknowledgements "
            + "that are not due yet, which is as many as it may have open: cancel some, or wait"
    }
}
