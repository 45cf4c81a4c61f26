import Alerts
import Base

/// A group of agencies, as its owner's statement in force defines it.
public struct AgencyGroup: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// The agency that owns it: it alone changes and dissolves it.
    public let owner: String
    /// `closed` or `list`; nil if it was dissolved.
    public let form: String?
    /// Its members, such as `MX:FGR`, sorted.
    public let members: [String]
    /// When it ends, RFC 3339; nil for never.
    public let until: String?
    /// Whether that moment had passed when the statement was read.
    public let isOver: Bool
    /// What it is called among people.
    public let title: String?
    /// How many statements there are about it, this one included.
    public let version: UInt64
    /// When the statement was issued, RFC 3339.
    public let issuedAt: String
    /// The place of the statement in the log, as its receipt proves.
    public let index: UInt64
    /// Whether the statement is signed with the key that the directory has for the owner.
    ///
    /// An owner that has changed its key defines its groups anew; until then nobody seals to them.
    public let isVerified: Bool
    /// The signed statement.
    public let statement: [UInt8]

    /// Whether it was dissolved.
    public var isDissolved: Bool { form == nil }

    let draft: GroupStatement.Draft
    let digest: Digest

    init(
        _ draft: GroupStatement.Draft,
        statement: [UInt8],
        digest: Digest,
        index: UInt64,
        isVerified: Bool,
        now: WallTime
    ) {
        name = draft.group
        owner = draft.issuer.description
        form = draft.definition?.form.rawValue
        members = draft.definition?.members.map(\.description) ?? []
        until = draft.definition?.until.map { RFC3339.format($0) }
        isOver = draft.end(at: now) != nil
        title = draft.definition?.title
        version = draft.version
        issuedAt = RFC3339.format(draft.issuedAt)
        self.index = index
        self.isVerified = isVerified
        self.statement = statement
        self.draft = draft
        self.digest = digest
    }
}

/// What a group shall be.
public struct GroupDraft: Hashable, Sendable {
    /// Its name: 1 to 64 letters, digits, colons and hyphens.
    public var name: String
    /// Whether its members write to one another and to nobody else; else it is a distribution list.
    public var isClosed: Bool
    /// Its members; the owner of a closed group is one in any case.
    public var members: [String]
    /// When it ends, RFC 3339; nil for never.
    public var until: String?
    /// What it is called among people.
    public var title: String?

    /// Makes a draft of a closed group without end.
    public init(name: String, members: [String]) {
        self.name = name
        self.members = members
        isClosed = true
    }
}

/// A statement on a group that the broker has logged.
public struct LoggedGroup: Hashable, Sendable {
    /// The group from now on.
    public let group: AgencyGroup
    /// The COSE Receipt (RFC 9942), verified with the log's key.
    public let receipt: [UInt8]
}
