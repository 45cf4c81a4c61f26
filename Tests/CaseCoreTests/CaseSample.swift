import Alerts
import Base
import CaseCore
import Testing

/// Makes the statements of a story, one entry after the other, a minute apart.
struct CaseSample {
    static let start = WallTime(seconds: 1_790_000_000)

    private(set) var statements: [CaseStatement] = []

    /// A moment so many minutes after the start.
    static func minute(_ number: UInt64) -> WallTime { start.adding(milliseconds: number * 60_000) }

    static func uuid(_ number: UInt64) -> Base.UUID {
        Base.UUID(version7At: start, random: (0, number))
    }

    static func digest(_ number: UInt64) -> Digest {
        Digest(word0: number, word1: 0, word2: 0, word3: 0)
    }

    static func agency(_ text: String) throws -> AgencyID { try #require(AgencyID(text)) }

    /// Adds a statement.
    ///
    /// - Returns: its number, which its identifier, index and time follow.
    @discardableResult
    mutating func add(
        _ message: MessageType,
        by author: String,
        to recipients: String...,
        about cited: [UInt64] = [],
        kind: AlertKind = .diversionIncident,
        status: Status = .actual,
        replyBy: WallTime? = nil,
        acknowledgeBy: WallTime? = nil,
        isInterim: Bool = false,
        expires: WallTime? = nil,
        references: [AlertReference] = [],
        isVerified: Bool = true
    ) throws -> UInt64 {
        try add(
            message,
            by: author,
            toAll: recipients,
            about: cited,
            kind: kind,
            status: status,
            replyBy: replyBy,
            acknowledgeBy: acknowledgeBy,
            isInterim: isInterim,
            expires: expires,
            references: references,
            isVerified: isVerified
        )
    }

    /// Adds a statement to a list of recipients.
    @discardableResult
    mutating func add(
        _ message: MessageType,
        by author: String,
        toAll recipients: [String],
        about cited: [UInt64] = [],
        kind: AlertKind = .diversionIncident,
        status: Status = .actual,
        replyBy: WallTime? = nil,
        acknowledgeBy: WallTime? = nil,
        isInterim: Bool = false,
        expires: WallTime? = nil,
        references: [AlertReference] = [],
        isVerified: Bool = true
    ) throws -> UInt64 {
        let number = UInt64(statements.count)
        let header = try AlertHeader(
            kind: kind,
            to: recipients.map { try Self.agency($0) },
            tlp: .amber,
            status: status,
            message: message,
            references: cited.map { AlertReference(alert: Self.uuid($0)) } + references,
            replyBy: replyBy,
            acknowledgeBy: acknowledgeBy,
            isInterim: isInterim
        )
        statements.append(
            CaseStatement(
                index: number,
                time: Self.minute(number),
                alert: Self.uuid(number),
                author: try Self.agency(author),
                header: header,
                issuedAt: Self.minute(number),
                expires: expires,
                digest: Self.digest(number),
                isVerified: isVerified
            )
        )
        return number
    }

    /// The cases of all statements.
    var threads: [CaseThread] { CaseThread.threads(of: statements) }

    /// The only case.
    var thread: CaseThread {
        get throws {
            try #require(threads.count == 1)
            return threads[0]
        }
    }

    /// The state of a statement of the only case at a moment.
    func state(_ number: UInt64, at now: WallTime = minute(1000)) throws -> StatementState {
        try thread.state(of: statements[Int(number)], at: now)
    }
}
