import Alerts
import Base
import EventLoop

/// Alerts to groups: expanded to the member agencies of the moment of sealing.
extension AvisoProfile {
    /// The groups that drafts name, as they are now.
    ///
    /// - Parameter names: their names; nothing is asked for none.
    /// - Returns: the groups, verified, in the order of their names.
    /// - Throws: as ``group(_:)``.
    public func groups(named names: [String]) throws(AvisoError) -> [AgencyGroup] {
        guard !names.isEmpty else { return [] }
        var groups: [AgencyGroup] = []
        for name in names { groups.append(try group(name)) }
        return groups
    }

    /// Seals a draft to the members of its groups beside its own recipients.
    ///
    /// - Parameters:
    ///   - draft: the draft.
    ///   - groups: the groups that it names, as ``groups(named:)`` gives them.
    /// - Returns: the alert.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/invalidInput`` naming field, value and rule.
    public func seal(
        _ draft: AlertDraft,
        to groups: [AgencyGroup]
    ) throws(AvisoError) -> SealedAlert {
        let now = SystemClock.wall()
        // What is wrong with a form is said before large files are encrypted.
        var header = try checkedHeader(of: draft, groups, now: now)
        let outbox = AttachmentOutbox(profileFolder: folder)
        var outgoing: [OutgoingAttachment] = []
        for file in draft.attachments { outgoing.append(try outbox.seal(file)) }
        if !outgoing.isEmpty {
            let references = outgoing.map(\.sealed.reference)
            header = try checkedHeader(of: draft, groups, now: now, attachments: references)
        }
        return try seal(header, of: draft, at: now, with: outgoing)
    }

    /// Checks a draft as sealing does, without sealing it.
    ///
    /// - Parameters:
    ///   - draft: the draft.
    ///   - groups: the groups that it names, as ``groups(named:)`` gives them.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/invalidInput`` naming field, value and rule.
    public func check(_ draft: AlertDraft, to groups: [AgencyGroup]) throws(AvisoError) {
        _ = try checkedHeader(of: draft, groups, now: SystemClock.wall())
    }

    private func checkedHeader(
        of draft: AlertDraft,
        _ groups: [AgencyGroup],
        now: WallTime,
        attachments: [AttachmentReference] = []
    ) throws(AvisoError) -> AlertHeader {
        guard draft.groups == groups.map(\.name) else {
            throw AvisoError(.invalidInput, "the groups are not those that the draft names")
        }
        let header = try checkedHeader(
            of: try expanded(draft, groups, now: now),
            now: now,
            attachments: attachments
        )
        let language = Language(rawValue: draft.language) ?? .english
        for group in groups {
            let problems = AlertForm.groupProblems(
                in: draft.form[...],
                header: header,
                group: group.draft
            )
            guard problems.isEmpty else {
                throw AvisoError(
                    .invalidInput,
                    problems.map { $0.message(in: language) }.joined(separator: "\n")
                )
            }
        }
        return header
    }

    // Adds the members to the recipients: all but this agency, and those who have left the
    // directory, to whom nobody can seal.
    private func expanded(
        _ draft: AlertDraft,
        _ groups: [AgencyGroup],
        now: WallTime
    ) throws(AvisoError) -> AlertDraft {
        var expanded = draft
        var named = Set(draft.recipients)
        for group in groups {
            guard group.isVerified else {
                throw AvisoError(
                    .notVerified,
                    "group \(group.name) is not signed with the key of \(group.owner) in the "
                        + "directory: take the current directory, or ask its owner to define it "
                        + "anew"
                )
            }
            guard let definition = group.draft.definition else {
                throw AvisoError(.refused, GroupFault.dissolved(group: group.name).message)
            }
            if let until = group.draft.end(at: now) {
                throw AvisoError(
                    .refused,
                    GroupFault.ended(group: group.name, until: until).message
                )
            }
            for agency in definition.members
            where agency != identity.agency && members[agency]?.encryptionKey != nil {
                if named.insert(agency.description).inserted {
                    expanded.recipients.append(agency.description)
                }
            }
        }
        return expanded
    }
}
