import Alerts
import Base

extension CaseThread {
    /// Puts statements together that cite each other, directly or over others.
    ///
    /// What two statements cite both joins them, even where it is not among the statements. A
    /// source or a consent joins nothing: it is what a statement uses, not what it is about.
    ///
    /// - Parameter statements: the statements that an agency knows, in any order.
    /// - Returns: the cases, in the order of their first statements.
    package static func threads(of statements: [CaseStatement]) -> [CaseThread] {
        let ordered = statements.sorted { $0.index < $1.index }
        var groups = DisjointSets()
        for statement in ordered {
            groups.add(statement.alert)
            for subject in statement.subjects { groups.join(statement.alert, subject.alert) }
        }
        let known = Set(ordered.map(\.alert))
        var members: [UUID: [CaseStatement]] = [:]
        var order: [UUID] = []
        for statement in ordered {
            let group = groups.representative(of: statement.alert)
            if members[group] == nil { order.append(group) }
            members[group, default: []].append(statement)
        }
        return order.compactMap { members[$0] }.map { statements in
            let cited = statements.flatMap { $0.header.references.map(\.alert) }
            return CaseThread(
                statements,
                unknown: Set(cited).subtracting(known).sorted()
            )
        }
    }
}

/// Sets that grow together (union by size, paths halved).
private struct DisjointSets {
    private var parents: [UUID: UUID] = [:]
    private var sizes: [UUID: Int] = [:]

    mutating func add(_ item: UUID) {
        guard parents[item] == nil else { return }
        parents[item] = item
        sizes[item] = 1
    }

    mutating func join(_ left: UUID, _ right: UUID) {
        add(left)
        add(right)
        let (first, second) = (representative(of: left), representative(of: right))
        guard first != second else { return }
        let (firstSize, secondSize) = (sizes[first] ?? 1, sizes[second] ?? 1)
        let (larger, smaller) = firstSize >= secondSize ? (first, second) : (second, first)
        parents[smaller] = larger
        sizes[larger] = firstSize + secondSize
    }

    mutating func representative(of item: UUID) -> UUID {
        var item = item
        while let parent = parents[item], parent != item {
            let grandparent = parents[parent] ?? parent
            parents[item] = grandparent
            item = grandparent
        }
        return item
    }
}
