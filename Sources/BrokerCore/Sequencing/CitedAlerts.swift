import Alerts
import Base

/// What of an alert decides who may cite it, and how.
struct CitedAlert: Hashable, Sendable {
    /// The author.
    let issuer: AgencyID
    /// The agencies that can open it.
    let recipients: [AgencyID]
    /// What it does in the life of an alert.
    let message: MessageType
    /// Whether it is meant, rehearsed or a test.
    let status: Status
    /// Whether it has a time by which it is to be answered.
    let hasDeadline: Bool
    /// Whether nobody passes it on without consent: H2, or financial intelligence of before it had
    /// to carry that.
    let isHeldBack: Bool
    /// The alerts that it is about itself.
    let subjects: [UUID]
    /// SHA-256 of its statement.
    let statementDigest: Digest

    /// Takes it from an alert that is being sequenced.
    init(_ alert: VerifiedAlert) {
        issuer = alert.issuer
        recipients = alert.recipients
        message = alert.header.message
        status = alert.header.status
        hasDeadline = alert.header.replyBy != nil
        isHeldBack = alert.header.isHeldBack
        subjects = alert.header.subjects
        statementDigest = alert.statementDigest
    }

    /// Takes it from a statement of the log.
    init(_ statement: AlertStatement, hasher: any Hashing) {
        issuer = statement.issuer
        recipients = statement.header.to
        message = statement.header.message
        status = statement.header.status
        hasDeadline = statement.header.replyBy != nil
        isHeldBack = statement.header.isHeldBack
        subjects = statement.header.subjects
        statementDigest = hasher.digest(statement.canonicalBytes[...])
    }

    /// Whether it asks its recipients for an answer.
    var asks: Bool { message == .request || hasDeadline }

    /// Whether an agency wrote it or can open it.
    func involves(_ agency: AgencyID) -> Bool {
        issuer == agency || recipients.contains(agency)
    }
}

extension AlertHeader {
    fileprivate var isHeldBack: Bool {
        handling.contains(.noOnwardDissemination) || kind == .financialIntelligence
    }

    // A source or a consent is what an alert uses, not what it is about.
    fileprivate var subjects: [UUID] {
        references.filter { $0.role == nil }.map(\.alert)
    }
}

/// The latest alerts, whose entries may not be on the disk yet, as far as citing needs them.
///
/// Two generations: when the younger is full, the older is forgotten. All others are read from
/// the log.
struct CitedAlerts: Sendable {
    private static let generationCountMax = DuplicateWindow.freshCountMax

    private var younger: [UUID: CitedAlert] = [:]
    private var older: [UUID: CitedAlert] = [:]

    /// One of the latest alerts; nil for any other.
    subscript(alert: UUID) -> CitedAlert? { younger[alert] ?? older[alert] }

    /// Remembers an alert.
    mutating func insert(_ cited: CitedAlert, as alert: UUID) {
        if younger.count >= Self.generationCountMax {
            older = younger
            younger = [:]
        }
        younger[alert] = cited
    }
}
