package import Alerts
package import Base

/// The statements that belong together by what they cite, as one agency sees them.
package struct CaseThread: Hashable, Sendable {
    /// A statement and its place in the tree of citations.
    package struct Node: Hashable, Sendable {
        /// The statement.
        package let statement: CaseStatement
        /// How far down it stands; 0 for what cites nothing that the agency knows.
        package let depth: Int
    }

    /// The statements, in the order of the log; one at least.
    package let statements: [CaseStatement]
    /// What is cited and not known to the agency, in order.
    package let unknown: [UUID]
    // What ends a statement, by the statement: a cancel goes before an update.
    private let ends: [UUID: CaseStatement]

    init(_ statements: [CaseStatement], unknown: [UUID]) {
        self.statements = statements
        self.unknown = unknown
        ends = Self.ends(statements)
    }

    /// What began the case.
    package var opening: CaseStatement { statements[0] }
    /// What was said last.
    package var latest: CaseStatement { statements[statements.count - 1] }

    /// Whether the case has a statement.
    package func holds(_ alert: UUID) -> Bool { statements.contains { $0.alert == alert } }

    /// All statements, each behind and below what it cites first.
    package var tree: [Node] {
        var children: [UUID: [CaseStatement]] = [:]
        var waiting: [Node] = []
        let known = Dictionary(
            statements.map { ($0.alert, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for statement in statements {
            // Only backwards, so that nothing stands below itself.
            let parent = statement.subjects.lazy.compactMap { known[$0.alert] }
                .first { $0.index < statement.index }
            if let parent {
                children[parent.alert, default: []].append(statement)
            } else {
                waiting.append(Node(statement: statement, depth: 0))
            }
        }
        waiting.reverse()
        var nodes: [Node] = []
        while let node = waiting.popLast() {
            nodes.append(node)
            let below = children.removeValue(forKey: node.statement.alert) ?? []
            waiting += below.reversed().map { Node(statement: $0, depth: node.depth + 1) }
        }
        return nodes
    }

    private static func ends(_ statements: [CaseStatement]) -> [UUID: CaseStatement] {
        var authors: [UUID: AgencyID] = [:]
        for statement in statements { authors[statement.alert] = statement.author }
        var ends: [UUID: CaseStatement] = [:]
        for statement in statements where statement.isVerified {
            let message = statement.header.message
            guard message == .cancel || message == .update else { continue }
            for subject in statement.subjects where authors[subject.alert] == statement.author {
                let isCancelled = ends[subject.alert]?.header.message == .cancel
                if !isCancelled { ends[subject.alert] = statement }
            }
        }
        return ends
    }

    // MARK: - State

    /// What replaced or withdrew a statement; nil if it stands.
    package func end(of statement: CaseStatement) -> CaseStatement? { ends[statement.alert] }

    /// What a statement is worth at a moment.
    package func state(of statement: CaseStatement, at now: WallTime) -> StatementState {
        switch ends[statement.alert]?.header.message {
        case .cancel: statement.header.kind == .newSubstance ? .retracted : .cancelled
        case .update: .replaced
        default: statement.hasExpired(at: now) ? .expired : .current
        }
    }

    /// Where the case is at a moment.
    package func state(at now: WallTime) -> CaseState {
        switch state(of: replacement(of: opening), at: now) {
        case .cancelled: return .cancelled
        case .retracted: return .retracted
        case .expired: return .expired
        case .current, .replaced: break
        }
        let questions = questions(at: now)
        guard questions.contains(where: { !silent(on: $0).isEmpty }) else {
            return questions.isEmpty ? .open : .answered
        }
        let isOverdue = questions.contains { question in
            question.header.replyBy.map { $0 <= now } == true && !silent(on: question).isEmpty
        }
        return isOverdue ? .overdue : .open
    }

    /// The statements that ask for an answer and stand.
    package func questions(at now: WallTime) -> [CaseStatement] {
        statements.filter { $0.asks && state(of: $0, at: now) == .current }
    }

    /// Those who were asked by a statement and have not answered it, nor what it replaces; an
    /// interim answer is none.
    package func silent(on question: CaseStatement) -> [AgencyID] {
        let equals = predecessors(of: question)
        let answered = statements.filter { answer in
            answer.isVerified && answer.header.message == .answer && !answer.header.isInterim
                && answer.subjects.contains { equals.contains($0.alert) }
        }
        let authors = Set(answered.map(\.author))
        return question.asked.filter { !authors.contains($0) }
    }

    // The latest update of a statement; its author can update it many times.
    private func replacement(of statement: CaseStatement) -> CaseStatement {
        var latest = statement
        while let next = ends[latest.alert], next.header.message == .update,
            next.index > latest.index
        {
            latest = next
        }
        return latest
    }

    private func predecessors(of statement: CaseStatement) -> Set<UUID> {
        var found: Set<UUID> = [statement.alert]
        for earlier in statements.reversed() where earlier.index < statement.index {
            if let end = ends[earlier.alert], end.header.message == .update,
                found.contains(end.alert)
            {
                found.insert(earlier.alert)
            }
        }
        return found
    }
}
