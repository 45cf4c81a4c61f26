package import Base

/// A signed statement by which an agency defines a group of agencies, changes or dissolves it.
///
/// Each statement replaces the one before it: its version is the next, and its payload is SHA-256
/// of that one (a hash envelope, RFC 9995), so that the versions of a group are a chain which
/// nobody else can continue. The payload of a first version is SHA-256 of the document that the
/// group rests on, or of nothing.
package struct GroupStatement: MemberStatement {
    /// What a group is for.
    package enum Form: String, CaseIterable, Hashable, Sendable {
        /// Its members write to one another, and to nobody else in the same alert.
        case closed
        /// A distribution list: its members are written to, by one another and by its owner.
        case list
    }

    /// What a group is, from one statement to the next.
    package struct Definition: Hashable, Sendable {
        /// What it is for.
        package let form: Form
        /// Its members, sorted, each once; those of a closed group with its owner among them.
        package let members: [AgencyID]
        /// When it ends, if ever.
        package let until: WallTime?
        /// What it is called among people.
        package let title: String?

        /// Makes a definition; the members are put in their order, each once.
        package init(form: Form, members: [AgencyID], until: WallTime?, title: String?) {
            self.form = form
            self.members = Set(members).sorted()
            // A statement carries whole seconds, so that a definition equals itself when read back.
            self.until = until.map { WallTime(seconds: $0.seconds) }
            self.title = title
        }
    }

    /// What a statement says.
    package struct Draft: Hashable, Sendable {
        /// The owner.
        package let issuer: AgencyID
        /// The statement's own identifier, version 7.
        package let identifier: UUID
        /// When it is issued.
        package let issuedAt: WallTime
        /// The group's name.
        package let group: String
        /// How many statements there are about the group with this one, from 1.
        package let version: UInt64
        /// SHA-256 of what it rests on: of the statement that it replaces.
        package let basis: Digest
        /// What the group is from now on; nil dissolves it.
        package let definition: Definition?

        /// Makes a draft.
        package init(
            issuer: AgencyID,
            identifier: UUID,
            issuedAt: WallTime,
            group: String,
            version: UInt64,
            basis: Digest,
            definition: Definition?
        ) {
            self.issuer = issuer
            self.identifier = identifier
            self.issuedAt = issuedAt
            self.group = group
            self.version = version
            self.basis = basis
            self.definition = definition
        }
    }

    /// The content type of a statement (header label 16).
    package static let contentType = "application/aviso-group+cose"
    /// Where statements are published.
    package static let topicName = StatementTopic.groups.rawValue
    /// The most bytes of a statement.
    package static let byteCountMax = 8192
    /// The most members of a group: as many as an alert can name.
    package static let memberCountMax = AlertHeader.Limits.toCountMax
    /// The most Unicode scalars of a title.
    package static let titleCountMax = 200
    /// The latest end: 9999-12-31T23:59:59Z.
    package static let untilMax = WallTime(seconds: 253_402_300_799)

    /// What it has like every other statement.
    package let envelope: SignedStatement
    /// What it says.
    package let draft: Draft

    /// The owner.
    package var issuer: AgencyID { draft.issuer }
    /// Agencies alone own groups.
    package var role: Role { .agency }
}

extension GroupStatement.Draft {
    /// When the group has ended at a moment, its end.
    package func end(at time: WallTime) -> WallTime? {
        definition?.until.flatMap { $0 <= time ? $0 : nil }
    }

    /// Whether an agency is a member of the group.
    package func hasMember(_ agency: AgencyID) -> Bool {
        definition?.members.contains(agency) == true
    }

    /// Who may know of the group: its members and its owner.
    package func isVisible(to agency: AgencyID) -> Bool {
        issuer == agency || hasMember(agency)
    }
}
