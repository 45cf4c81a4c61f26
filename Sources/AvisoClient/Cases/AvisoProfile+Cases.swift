import Alerts
import Base
import CaseCore
import EventLoop

extension AvisoProfile {
    /// All cases of the profile's member: what it wrote or is named in, put together by what the
    /// statements cite; for auditors and operators, everybody's.
    ///
    /// Each author's signature is verified.
    ///
    /// - Returns: the cases, in the order in which they began.
    /// - Throws: ``AvisoError``: no answer, or one that does not hold.
    public func cases() throws(AvisoError) -> [AgencyCase] {
        let collection = try StatementCollection(LogServer(profile: self), self)
        let now = SystemClock.wall()
        return CaseThread.threads(of: collection.statements).map { thread in
            AgencyCase(thread, identity.agency, collection.erased, at: now)
        }
    }

    /// The case that an alert belongs to, with each of its statements proved to stand in the tree
    /// of the latest checkpoint.
    ///
    /// - Parameters:
    ///   - name: the alert, by its index or its identifier.
    ///   - withContents: whether the forms that this agency received are opened too, which the
    ///     broker delivers again over MQTT.
    /// - Returns: the case.
    /// - Throws: ``AvisoError``: no answer, one that does not hold, or ``AvisoError/Code/refused``
    ///   for an alert that does not concern the member.
    public func agencyCase(
        of name: LogEntryName,
        withContents: Bool = false
    ) async throws -> AgencyCase {
        let server = try LogServer(profile: self)
        let collection = try StatementCollection(server, self) { _ in true }
        let threads = CaseThread.threads(of: collection.statements)
        guard let alert = collection[name]?.alert,
            let thread = threads.first(where: { $0.holds(alert) })
        else {
            throw AvisoError(.refused, "the log has no alert \(name) that concerns \(member)")
        }
        try collection.prove(thread.statements, EntryInclusion(server, self))
        var found = AgencyCase(
            thread,
            identity.agency,
            collection.erased,
            at: SystemClock.wall()
        )
        if withContents { try await open(&found) }
        return found
    }

    private func open(_ found: inout AgencyCase) async throws {
        let readable = found.statements.filter { $0.recipients.contains(member) && !$0.isErased }
        let alerts = try await ContentReplay.alerts(
            at: readable.map(\.index),
            filter: "alerts/#",
            profile: self
        )
        for place in found.statements.indices {
            let statement = found.statements[place]
            switch alerts[statement.index] {
            case .success(let alert)? where alert.alert == statement.alert && !alert.isRedacted:
                found.statements[place].form = alert.form
            case .success(let alert)? where alert.alert != statement.alert:
                throw AvisoError(
                    .notVerified,
                    "the broker delivers \(alert.alert) in the place of \(statement.alert)"
                )
            case .failure(let error)?:
                throw error
            case .success?, nil:
                found.statements[place].formProblem = problem(of: statement)
            }
        }
    }
}

extension AvisoProfile {
    // Why there is no form; the names of `case.form.…` in the tool's catalogue.
    fileprivate func problem(of statement: AgencyCase.Statement) -> String {
        if statement.isErased { return "erased" }
        return statement.recipients.contains(member) ? "withheld" : "not-addressed"
    }
}

extension LogEntryName: CustomStringConvertible {
    /// The index or the identifier.
    public var description: String {
        switch self {
        case .index(let index): String(index)
        case .alert(let alert): alert
        }
    }
}

extension AgencyCase {
    init(
        _ thread: CaseThread,
        _ member: AgencyID,
        _ erased: Set<Base.UUID>,
        at now: WallTime
    ) {
        let opening = thread.opening
        let waiting = thread.questions.filter { thread.silent(on: $0).contains(member) }
        statements = thread.tree.map { Statement($0, thread, erased, at: now) }
        self.opening = opening.alert.urn
        kind = opening.header.kind.rawValue
        channel = opening.header.channel.rawValue
        status = opening.header.status.rawValue
        state = thread.state(at: now).rawValue
        latest = RFC3339.format(thread.latest.time)
        due = waiting.compactMap(\.header.replyBy).min().map { RFC3339.format($0) }
        isAsked = !waiting.isEmpty
        unknown = thread.unknown.map(\.urn)
    }
}

extension AgencyCase.Statement {
    fileprivate init(
        _ node: CaseThread.Node,
        _ thread: CaseThread,
        _ erased: Set<Base.UUID>,
        at now: WallTime
    ) {
        let statement = node.statement
        let header = statement.header
        let missing = Set(thread.unknown)
        index = statement.index
        time = RFC3339.format(statement.time)
        alert = statement.alert.urn
        author = statement.author.description
        recipients = header.to.map(\.description)
        message = header.message.rawValue
        status = header.status.rawValue
        labels = ReceivedAlert.labels(of: header)
        depth = node.depth
        unknown = header.references.map(\.alert).filter { missing.contains($0) }.map(\.urn)
        let worth = thread.state(of: statement, at: now)
        state = worth.rawValue
        isStale = worth.isStale
        endedBy = thread.end(of: statement)?.alert.urn
        isVerified = statement.isVerified
        isErased = erased.contains(statement.alert)
        let isAsking = thread.isQuestion(statement)
        silent = isAsking ? thread.silent(on: statement).map(\.description) : []
    }
}
