package import Alerts
package import Base
import COSE

/// A statement of the log, as far as cases need it: who said what to whom, and when it was logged.
package struct CaseStatement: Hashable, Sendable {
    /// Its entry.
    package let index: UInt64
    /// The time of its entry.
    package let time: WallTime
    /// Its identifier.
    package let alert: UUID
    /// The agency that signed it.
    package let author: AgencyID
    /// Its signed header.
    package let header: AlertHeader
    /// When its author issued it.
    package let issuedAt: WallTime
    /// When it loses its meaning, if ever.
    package let expires: WallTime?
    /// SHA-256 of the statement, by which others cite its exact bytes.
    package let digest: Digest
    /// Whether its author's signature was verified; what is not verified changes no state.
    package let isVerified: Bool

    /// Makes one of a statement that the log holds.
    ///
    /// - Parameters:
    ///   - statement: the statement.
    ///   - index: its entry.
    ///   - time: the time of its entry.
    ///   - digest: SHA-256 of its canonical bytes.
    ///   - isVerified: whether its author's signature was verified.
    package init(
        _ statement: AlertStatement,
        index: UInt64,
        time: WallTime,
        digest: Digest,
        isVerified: Bool
    ) {
        self.init(
            index: index,
            time: time,
            alert: statement.alert,
            author: statement.issuer,
            header: statement.header,
            issuedAt: statement.issuedAt,
            expires: statement.expires,
            digest: digest,
            isVerified: isVerified
        )
    }

    /// Makes one of its parts.
    package init(
        index: UInt64,
        time: WallTime,
        alert: UUID,
        author: AgencyID,
        header: AlertHeader,
        issuedAt: WallTime,
        expires: WallTime? = nil,
        digest: Digest,
        isVerified: Bool = true
    ) {
        self.index = index
        self.time = time
        self.alert = alert
        self.author = author
        self.header = header
        self.issuedAt = issuedAt
        self.expires = expires
        self.digest = digest
        self.isVerified = isVerified
    }

    /// What it is about, in its order: sources and consents are what it uses.
    package var subjects: [AlertReference] { header.references.filter { $0.role == nil } }

    /// Whether it asks its recipients for an answer.
    package var asks: Bool { header.asks }

    /// Those who are asked.
    package var asked: [AgencyID] { asks ? header.asked(by: author) : [] }

    /// Whether it has lost its meaning by the time that its author set.
    package func hasExpired(at now: WallTime) -> Bool { expires.map { $0 <= now } ?? false }
}

/// What a statement is worth now.
package enum StatementState: String, CaseIterable, Hashable, Sendable {
    /// It stands.
    case current
    /// Its author has replaced it by an update.
    case replaced
    /// Its author has cancelled it.
    case cancelled
    /// An early warning that its author has taken back.
    case retracted
    /// The time that its author set has passed.
    case expired

    /// Whether nobody should act on it any longer.
    package var isStale: Bool { self != .current }
}

/// Where a case is.
package enum CaseState: String, CaseIterable, Hashable, Sendable {
    /// It goes on, or an answer is due.
    case open
    /// Everybody who was asked has answered.
    case answered
    /// The time for an answer has passed, and somebody has not answered.
    case overdue
    /// What began it was cancelled.
    case cancelled
    /// What began it was an early warning that has been taken back.
    case retracted
    /// What began it has expired.
    case expired
}
