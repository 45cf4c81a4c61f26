import Alerts
import Base
import CBOR
import Crypto
import EventLoop
import MerkleLog

/// Groups as their owners define, change and dissolve them.
///
/// Each change is a signed statement that replaces the one in force, which is read over HTTPS
/// first. If another station of the owner has changed the group meanwhile, the broker refuses
/// (reason code 0x91): nothing is overwritten blindly.
extension AvisoClient {
    /// Defines a group, or defines it anew: the members are those of the draft from now on.
    ///
    /// - Parameter draft: what the group shall be.
    /// - Returns: the group, with the receipt of the statement.
    /// - Throws: ``AvisoError``: invalid input, the broker's refusal, or a receipt that does not
    ///   hold.
    public func defineGroup(_ draft: GroupDraft) async throws(AvisoError) -> LoggedGroup {
        var members: [AgencyID] = draft.isClosed ? [profile.identity.agency] : []
        for name in draft.members { members.append(try Self.agency(name)) }
        let until = draft.until.map { RFC3339.parse($0) }
        if until == .some(nil) {
            throw AvisoError(.invalidInput, "until is no time such as 2026-11-23T18:38:00Z")
        }
        return try await replace(
            draft.name,
            try profile.knownGroup(draft.name),
            by: GroupStatement.Definition(
                form: draft.isClosed ? .closed : .list,
                members: members,
                until: until ?? nil,
                title: draft.title
            )
        )
    }

    /// Changes who is in a group; all else stays as it is.
    ///
    /// - Parameters:
    ///   - name: the group, which this agency owns.
    ///   - added: agencies that join it.
    ///   - removed: agencies that leave it.
    /// - Returns: the group, with the receipt of the statement.
    /// - Throws: as ``defineGroup(_:)``, also where an agency is in it already, or is not in it.
    public func changeGroup(
        _ name: String,
        adding added: [String] = [],
        removing removed: [String] = []
    ) async throws(AvisoError) -> LoggedGroup {
        let group = try profile.group(name)
        guard let definition = group.draft.definition else {
            throw AvisoError(.invalidInput, "group \(name) was dissolved: define it anew")
        }
        var members = Set(definition.members)
        for text in added {
            guard members.insert(try Self.agency(text)).inserted else {
                throw AvisoError(.invalidInput, "\(text) is a member of group \(name) already")
            }
        }
        for text in removed {
            guard members.remove(try Self.agency(text)) != nil else {
                throw AvisoError(.invalidInput, "\(text) is no member of group \(name)")
            }
        }
        return try await replace(
            name,
            group,
            by: GroupStatement.Definition(
                form: definition.form,
                members: Array(members),
                until: definition.until,
                title: definition.title
            )
        )
    }

    /// Dissolves a group; its name stays this agency's.
    ///
    /// - Parameter name: the group, which this agency owns.
    /// - Returns: the dissolved group, with the receipt of the statement.
    /// - Throws: as ``defineGroup(_:)``.
    public func dissolveGroup(_ name: String) async throws(AvisoError) -> LoggedGroup {
        try await replace(name, try profile.group(name), by: nil)
    }

    private func replace(
        _ name: String,
        _ current: AgencyGroup?,
        by definition: GroupStatement.Definition?
    ) async throws(AvisoError) -> LoggedGroup {
        let now = SystemClock.wall()
        let bytes = GroupStatement.sign(
            GroupStatement.Draft(
                issuer: profile.identity.agency,
                identifier: UUID(version7At: now, random: Randomness.words()),
                issuedAt: now,
                group: name,
                version: (current?.version ?? 0) + 1,
                // A first version rests on nothing before it.
                basis: current?.digest ?? SHA256().digest([]),
                definition: definition
            ),
            key: profile.signingKey,
            coding: LibCBOR(),
            hasher: SHA256()
        )
        // What cannot be read back is not sent: the rule that it breaks is named here.
        let statement: GroupStatement = try signed(bytes)
        let (proof, receipt) = try await publish(statement: statement, as: .group)
        let group = profile.group(statement, index: proof.leafIndex)
        try profile.compareWithSeen(group)
        return LoggedGroup(group: group, receipt: receipt)
    }

    private static func agency(_ text: String) throws(AvisoError) -> AgencyID {
        guard let agency = AgencyID(text) else {
            throw AvisoError(.invalidInput, "\(text) is no agency such as CO:PONAL")
        }
        return agency
    }
}
