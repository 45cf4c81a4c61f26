package import Alerts
package import Base

/// Figures of a log without opening anything: who wrote how much of what to whom, and how long
/// answers took.
///
/// It takes statements in the order of the log and keeps one row for each key, and the questions
/// that are still open.
package struct AlertStatistics: Sendable {
    /// The most rows.
    package static let rowCountMax = 200_000
    /// The most questions that may be open at one time.
    package static let openCountMax = 1_000_000

    /// Why the figures cannot be made.
    package enum Failure: Error, Hashable, Sendable {
        /// More rows than may be.
        case tooManyRows
        /// More open questions than may be.
        case tooManyQuestions
    }

    private let dimensions: Set<StatisticsDimension>
    private let start: WallTime?
    private let end: WallTime?
    /// The figures so far; what is open is counted at the end.
    package private(set) var rows: [StatisticsKey: StatisticsRow] = [:]
    private var questions = OpenQuestions()

    /// Begins before the first entry.
    ///
    /// - Parameters:
    ///   - dimensions: by what the figures are told apart.
    ///   - start: what was logged earlier is not counted.
    ///   - end: nor what was logged at this moment or later.
    package init(
        by dimensions: Set<StatisticsDimension>,
        from start: WallTime? = nil,
        to end: WallTime? = nil
    ) {
        self.dimensions = dimensions
        self.start = start
        self.end = end
    }

    /// Takes the next statement of the log.
    ///
    /// - Parameters:
    ///   - statement: the statement.
    ///   - time: the time of its entry.
    /// - Throws: ``Failure``.
    package mutating func take(
        _ statement: AlertStatement,
        at time: WallTime
    ) throws(Failure) {
        guard start.map({ $0 <= time }) ?? true, end.map({ time < $0 }) ?? true else { return }
        let header = statement.header
        let author = statement.issuer.description
        let plain = StatisticsKey(
            status: header.status.rawValue,
            channel: dimensions.contains(.channel) ? header.channel.rawValue : nil,
            kind: dimensions.contains(.kind) ? header.kind.rawValue : nil,
            month: dimensions.contains(.month) ? String(RFC3339.format(time).prefix(7)) : nil
        )
        try change(plain, of: author) { $0.written[header.message, default: 0] += 1 }
        for agency in header.to {
            try change(plain, of: agency.description) { $0.received += 1 }
        }
        try close(statement, at: time)
        try open(statement, plain)
    }

    /// Counts what is open at the end.
    ///
    /// - Parameter now: the moment at which deadlines are looked at.
    /// - Returns: the rows in order.
    /// - Throws: ``Failure``.
    package consuming func conclude(
        at now: WallTime
    ) throws(Failure) -> [(key: StatisticsKey, row: StatisticsRow)] {
        for question in questions.all {
            let isOver = question.deadline.map { $0 <= now } ?? false
            for agency in question.waiting {
                try change(question.key, of: agency.description) { row in
                    if isOver { row.silent += 1 } else { row.pending += 1 }
                }
            }
        }
        return rows.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // MARK: - Questions

    private mutating func open(
        _ statement: AlertStatement,
        _ key: StatisticsKey
    ) throws(Failure) {
        let header = statement.header
        guard header.asks else { return }
        let asked = header.asked(by: statement.issuer)
        guard questions.count < Self.openCountMax else { throw .tooManyQuestions }
        for agency in asked {
            try change(key, of: agency.description) { $0.asked += 1 }
        }
        questions.insert(
            OpenQuestions.Question(
                author: statement.issuer,
                key: key,
                deadline: header.replyBy,
                waiting: Set(asked)
            ),
            as: statement.alert
        )
    }

    // What a statement does to the questions that it cites.
    private mutating func close(
        _ statement: AlertStatement,
        at time: WallTime
    ) throws(Failure) {
        let cited = statement.header.references.filter { $0.role == nil }.map(\.alert)
        switch statement.header.message {
        case .answer:
            for alert in cited where statement.header.answers {
                guard let question = questions.answer(alert, by: statement.issuer) else {
                    continue
                }
                let agency = statement.issuer.description
                guard let deadline = question.deadline, time >= deadline else {
                    try change(question.key, of: agency) { $0.answered += 1 }
                    continue
                }
                try change(question.key, of: agency) { row in
                    row.late += 1
                    row.lateness.insert(time.milliseconds - deadline.milliseconds)
                }
            }
        case .update, .cancel:
            for alert in cited where statement.header.endsReplies {
                guard let question = questions.withdraw(alert, by: statement.issuer) else {
                    continue
                }
                for agency in question.waiting {
                    try change(question.key, of: agency.description) { $0.withdrawn += 1 }
                }
            }
        case .alert, .request, .acknowledgement, .consentRequest, .consentGrant,
            .consentRefusal:
            break
        }
    }

    private mutating func change(
        _ key: StatisticsKey,
        of agency: String,
        _ body: (inout StatisticsRow) -> Void
    ) throws(Failure) {
        var key = key
        key.agency = dimensions.contains(.agency) ? agency : nil
        if rows[key] == nil, rows.count >= Self.rowCountMax { throw .tooManyRows }
        body(&rows[key, default: StatisticsRow()])
    }
}

/// The questions that somebody has still to answer.
struct OpenQuestions: Sendable {
    struct Question: Sendable {
        let author: AgencyID
        let key: StatisticsKey
        let deadline: WallTime?
        var waiting: Set<AgencyID>
    }

    private var questions: [UUID: Question] = [:]

    var count: Int { questions.count }
    var all: some Sequence<Question> { questions.values }

    mutating func insert(_ question: Question, as alert: UUID) {
        if !question.waiting.isEmpty { questions[alert] = question }
    }

    /// Takes an answer; nil where nothing was asked of the agency, or no longer.
    mutating func answer(_ alert: UUID, by agency: AgencyID) -> Question? {
        guard let question = questions[alert],
            questions[alert]?.waiting.remove(agency) != nil
        else { return nil }
        if questions[alert]?.waiting.isEmpty == true { questions[alert] = nil }
        return question
    }

    /// Takes a question out that its author has withdrawn or replaced.
    mutating func withdraw(_ alert: UUID, by author: AgencyID) -> Question? {
        guard questions[alert]?.author == author else { return nil }
        return questions.removeValue(forKey: alert)
    }
}
