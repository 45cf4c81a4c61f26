package import Alerts
package import Base

/// A redaction statement that passed every check that needs no look into the log.
package struct VerifiedRedaction: Sendable {
    /// The statement.
    package let statement: RedactionStatement
    /// The station that published it.
    package let station: StationIdentity
    /// When the broker took it.
    package let acceptedAt: WallTime
    /// For each agency that is told, or that confirms, the number of the alert among those
    /// addressed to it; set from the alert's entry.
    package var counts: [RecipientCount] = []
    /// The channel of the alert; set from the alert's entry.
    package var channel: Channel?
    /// The bits of those who are told.
    package var recipientMask: UInt64 = 0

    /// Makes one of a statement that ``StatementChecker`` let pass.
    package init(statement: RedactionStatement, station: StationIdentity, acceptedAt: WallTime) {
        self.statement = statement
        self.station = station
        self.acceptedAt = acceptedAt
    }

    /// Whether it is the order that erases.
    package var isOrder: Bool { statement.draft.act == .order }
}
