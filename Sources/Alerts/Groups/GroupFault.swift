package import Base

/// Why a statement about a group does not follow the one in force, or an alert does not go to the
/// groups that it names.
package enum GroupFault: Error, Hashable, Sendable {
    /// Another agency owns the name; the owner is told to the group's members alone.
    case foreign(group: String, owner: AgencyID?)
    /// The version is not the next.
    case version(group: String, due: UInt64, found: UInt64)
    /// The digest is not of the statement that is replaced.
    case basis(group: String, due: Digest, found: Digest)
    /// There is nothing to dissolve.
    case nothingToDissolve(group: String)
    /// A member is none that can receive alerts.
    case unknownMember(group: String, agency: AgencyID)
    /// The end of a definition has passed.
    case endPassed(group: String, until: WallTime)

    /// There is no such group, or not for the author: nobody else learns which.
    case notAMember(group: String, author: AgencyID)
    /// The group was dissolved; its owner alone is told.
    case dissolved(group: String)
    /// The group has ended.
    case ended(group: String, until: WallTime)
    /// The kind of the alert is for closed groups.
    case notClosed(group: String, kind: AlertKind)
    /// The alert leaves out a member.
    case missing(group: String, agency: AgencyID)
    /// The alert goes to an agency that its closed groups do not have.
    case outsider(groups: [String], agency: AgencyID)

    /// What is wrong and what to mend, as a sentence.
    package var message: String {
        switch self {
        case .foreign(let group, nil):
            "the name \(group) is another agency's: choose another name"
        case .foreign(let group, let owner?):
            "group \(group) is \(owner)'s: its owner alone changes or dissolves it"
        case .version(let group, let due, let found):
            "version \(found) of group \(group) does not follow, \(due) is due: take the statement "
                + "in force and change that"
        case .basis(let group, _, _):
            "the payload is not SHA-256 of the statement in force about group \(group): take that "
                + "statement and change it"
        case .nothingToDissolve(let group):
            "there is no group \(group) to dissolve"
        case .unknownMember(let group, let agency):
            "\(agency) cannot be a member of group \(group): it is not in the directory, or has no "
                + "encryption key there"
        case .endPassed(let group, let until):
            "the end of group \(group), \(RFC3339.format(until)), has passed: give it a later one, "
                + "or dissolve it"
        case .notAMember(let group, let author):
            "there is no group \(group) that \(author) belongs to: ask the owner of the group"
        case .dissolved(let group):
            "group \(group) was dissolved: define it anew, or name agencies"
        case .ended(let group, let until):
            "group \(group) ended at \(RFC3339.format(until)): its owner can give it a later end"
        case .notClosed(let group, let kind):
            "group \(group) is a list, and alerts of kind \(kind) go to closed groups"
        case .missing(let group, let agency):
            "group \(group) has the member \(agency), which `to` does not name: the membership or "
                + "the directory has changed, seal the alert anew"
        case .outsider(let groups, let agency):
            "`to` names \(agency), which is no member of the closed group "
                + "\(groups.joined(separator: ", ")): if the membership has changed, seal the "
                + "alert anew; else leave \(agency) out or name no group"
        }
    }

    /// What was due, for an audit.
    package var expected: String {
        switch self {
        case .foreign(_, let owner): owner.map { "signed by \($0)" } ?? "signed by the owner"
        case .version(_, let due, _): "\(due)"
        case .basis(_, let due, _): due.description
        case .nothingToDissolve: "a group in force"
        case .unknownMember: "members that can receive"
        case .endPassed(_, let until), .ended(_, let until): "before \(RFC3339.format(until))"
        case .notAMember, .dissolved: "groups in force that the author belongs to"
        case .notClosed: "a closed group"
        case .missing(let group, let agency): "\(agency), a member of \(group)"
        case .outsider(let groups, _): "members of \(groups.joined(separator: ", "))"
        }
    }

    /// What stands there, for an audit.
    package var found: String {
        switch self {
        case .version(_, _, let found): "\(found)"
        case .basis(_, _, let found): found.description
        case .unknownMember(_, let agency), .outsider(_, let agency): agency.description
        case .missing: "no such recipient"
        case .foreign(let group, _), .nothingToDissolve(let group), .endPassed(let group, _),
            .notAMember(let group, _), .dissolved(let group), .ended(let group, _),
            .notClosed(let group, _):
            group
        }
    }
}
