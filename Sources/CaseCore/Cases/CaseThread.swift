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
    // The questions that their authors wait for no longer.
    private let closed: Set<UUID>

    init(_ statements: [CaseStatement], unknown: [UUID]) {
        self.statements = statements
        self.unknown = unknown
        let authors = Dictionary(
            statements.map { ($0.alert, $0.author) },
            uniquingKeysWith: { $1 }
        )
        ends = Self.ends(statements, authors)
        closed = Self.closed(statements, authors)
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

    private static func closed(
        _ statements: [CaseStatement],
        _ authors: [UUID: AgencyID]
    ) -> Set<UUID> {
        var closed: Set<UUID> = []
        for statement in statements where statement.isVerified && statement.header.endsReplies {
            for subject in statement.subjects where authors[subject.alert] == statement.author {
                closed.insert(subject.alert)
            }
        }
        return closed
    }

    private static func ends(
        _ statements: [CaseStatement],
        _ authors: [UUID: AgencyID]
    ) -> [UUID: CaseStatement] {
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

    /// Where the case is at a moment; what is not verified changes nothing.
    package func state(at now: WallTime) -> CaseState {
        guard let first = statements.first(where: \.isVerified) else { return .open }
        switch state(of: replacement(of: first), at: now) {
        case .cancelled: return .cancelled
        case .retracted: return .retracted
        case .expired: return .expired
        case .current, .replaced: break
        }
        let questions = questions
        guard questions.contains(where: { !silent(on: $0).isEmpty }) else {
            return questions.isEmpty ? .open : .answered
        }
        let isOverdue = questions.contains { question in
            question.header.replyBy.map { $0 <= now } == true && !silent(on: question).isEmpty
        }
        return isOverdue ? .overdue : .open
    }

    /// The verified statements that ask for an answer for which their authors still wait.
    package var questions: [CaseStatement] { statements.filter { isQuestion($0) } }

    /// Whether a statement is one of these.
    package func isQuestion(_ statement: CaseStatement) -> Bool {
        statement.isVerified && statement.asks && !closed.contains(statement.alert)
    }

    /// Those who were asked by a statement and have not answered it; an interim answer is none,
    /// nor is one to an earlier version that it replaces.
    package func silent(on question: CaseStatement) -> [AgencyID] {
        let answers = statements.filter { answer in
            answer.isVerified && answer.header.answers
                && answer.subjects.contains { $0.alert == question.alert }
        }
        let authors = Set(answers.map(\.author))
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
}
