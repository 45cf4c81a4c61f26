package import Alerts
package import Base

/// A statement on a group that passed every check that needs no order among statements.
package struct VerifiedGroupStatement: Sendable {
    /// The statement.
    package let statement: GroupStatement
    /// The station that published it.
    package let station: StationIdentity
    /// When the broker took it.
    package let acceptedAt: WallTime

    /// Makes one of a statement that ``StatementChecker`` let pass.
    package init(statement: GroupStatement, station: StationIdentity, acceptedAt: WallTime) {
        self.statement = statement
        self.station = station
        self.acceptedAt = acceptedAt
    }
}
