import Alerts
import Base

/// The rules on when a statement was issued and accepted, and on what it asks for.
///
/// How far the clocks of an author and the broker may differ, and how old a statement may be, is
/// for the broker's configuration to say; an audit holds both to the most that a configuration
/// allows.
extension AuditMachine {
    private static let toleranceMilliseconds: UInt64 = 3600 * 1000
    private static let ageMaxMilliseconds: UInt64 = 366 * 86_400 * 1000

    func checkTimes(
        of statement: AlertStatement,
        accepted: WallTime,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) {
        try checkAcceptance(accepted, issuedAt: statement.issuedAt, at: time, index)
        if let expires = statement.expires, expires <= accepted {
            throw AuditViolation(
                .time,
                at: index,
                "the alert had expired when it was accepted",
                expected: "accepted before \(RFC3339.format(expires))",
                found: RFC3339.format(accepted)
            )
        }
        for (name, due) in statement.header.deadlines where due <= max(statement.issuedAt, time) {
            throw AuditViolation(
                .time,
                at: index,
                "\(name) had come when the alert was issued or logged",
                expected: "later than \(RFC3339.format(max(statement.issuedAt, time)))",
                found: RFC3339.format(due)
            )
        }
    }

    /// A statement is logged after it was accepted, and accepted in the time after it was issued.
    func checkAcceptance(
        _ accepted: WallTime,
        issuedAt: WallTime,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) {
        guard accepted <= time else {
            throw AuditViolation(
                .time,
                at: index,
                "the statement was accepted after it was logged",
                expected: "accepted at \(RFC3339.format(time)) or before",
                found: RFC3339.format(accepted)
            )
        }
        let earliest = issuedAt.subtracting(milliseconds: Self.toleranceMilliseconds)
        let latest = issuedAt.adding(milliseconds: Self.ageMaxMilliseconds)
        guard earliest <= accepted, accepted <= latest else {
            throw AuditViolation(
                .time,
                at: index,
                "the statement was not accepted in the time after it was issued",
                expected: "from \(RFC3339.format(earliest)) to \(RFC3339.format(latest))",
                found: RFC3339.format(accepted)
            )
        }
    }
}
