package import Base

/// The groups as the log has them: the statement in force of every name, a fold over its entries.
///
/// The rules stand here, so that the broker, which refuses what breaks them, and an auditor, who
/// finds it, ask the same.
package struct GroupDirectory: Hashable, Sendable {
    /// The statement in force about a group.
    package struct Record: Hashable, Sendable {
        /// What it says.
        package let draft: GroupStatement.Draft
        /// Its encoding with an empty unprotected header.
        package let statement: [UInt8]
        /// SHA-256 of that.
        package let digest: Digest
        /// The index of its entry.
        package let index: UInt64
    }

    private var records: [String: Record] = [:]

    /// Makes an empty directory.
    package init() {}

    /// The statement in force about a group; nil if there never was one.
    package subscript(group: String) -> Record? { records[group] }

    /// Every statement in force, those that dissolve included, in the order of the log.
    package var all: [Record] { records.values.sorted { $0.index < $1.index } }

    /// The number of names, dissolved groups included.
    package var count: Int { records.count }

    /// The number of names that an agency owns, dissolved groups included.
    package func count(of owner: AgencyID) -> Int {
        records.values.count { $0.draft.issuer == owner }
    }

    /// Puts a statement in force.
    ///
    /// - Parameters:
    ///   - statement: the statement.
    ///   - index: the index of its entry.
    ///   - digest: SHA-256 of its canonical bytes.
    package mutating func apply(_ statement: GroupStatement, index: UInt64, digest: Digest) {
        records[statement.draft.group] = Record(
            draft: statement.draft,
            statement: statement.canonicalBytes,
            digest: digest,
            index: index
        )
    }
}

// MARK: - Rules

extension GroupDirectory {
    /// Checks that a statement may replace the one in force.
    ///
    /// - Parameters:
    ///   - draft: what it says.
    ///   - time: the time of its entry.
    ///   - canReceive: whether an agency is one that alerts can be sealed to.
    /// - Throws: ``GroupFault``.
    package func check(
        _ draft: GroupStatement.Draft,
        at time: WallTime,
        canReceive: (AgencyID) -> Bool
    ) throws(GroupFault) {
        let group = draft.group
        let current = records[group]
        if let current, current.draft.issuer != draft.issuer {
            let isMember = current.draft.hasMember(draft.issuer)
            throw .foreign(group: group, owner: isMember ? current.draft.issuer : nil)
        }
        guard draft.definition != nil || current?.draft.definition != nil else {
            throw .nothingToDissolve(group: group)
        }
        let due = (current?.draft.version ?? 0) + 1
        guard draft.version == due else {
            throw .version(group: group, due: due, found: draft.version)
        }
        if let current, current.digest != draft.basis {
            throw .basis(group: group, due: current.digest, found: draft.basis)
        }
        if let until = draft.end(at: time) { throw .endPassed(group: group, until: until) }
        if let unknown = draft.definition?.members.first(where: { !canReceive($0) }) {
            throw .unknownMember(group: group, agency: unknown)
        }
    }

    /// Checks that an alert goes to the groups that its header names, as they are at this moment.
    ///
    /// - Parameters:
    ///   - header: the signed header.
    ///   - author: the agency that signed it.
    ///   - time: the time of its entry.
    ///   - canReceive: whether an agency is one that alerts can be sealed to.
    /// - Throws: ``GroupFault``.
    package func check(
        _ header: AlertHeader,
        author: AgencyID,
        at time: WallTime,
        canReceive: (AgencyID) -> Bool
    ) throws(GroupFault) {
        guard !header.groups.isEmpty else { return }
        let named = Set(header.to)
        var closed: [GroupStatement.Draft] = []
        for group in header.groups {
            let draft = try draft(of: group, for: author, at: time)
            if draft.definition?.form == .closed {
                closed.append(draft)
            } else if header.kind == .jointOperation {
                throw .notClosed(group: group, kind: header.kind)
            }
            // Nobody can seal to an agency that the directory no longer has.
            if let missing = draft.definition?.members.first(where: {
                $0 != author && !named.contains($0) && canReceive($0)
            }) {
                throw .missing(group: group, agency: missing)
            }
        }
        guard !closed.isEmpty else { return }
        if let outsider = header.to.first(where: { agency in
            !closed.contains { $0.hasMember(agency) }
        }) {
            throw .outsider(groups: closed.map(\.group), agency: outsider)
        }
    }

    // The group if the author may write to it: who is neither member nor owner learns nothing.
    private func draft(
        of group: String,
        for author: AgencyID,
        at time: WallTime
    ) throws(GroupFault) -> GroupStatement.Draft {
        guard let draft = records[group]?.draft, draft.isVisible(to: author) else {
            throw .notAMember(group: group, author: author)
        }
        guard draft.definition != nil else { throw .dissolved(group: group) }
        if let until = draft.end(at: time) { throw .ended(group: group, until: until) }
        return draft
    }
}
