import Alerts
import Base
import MQTTCodec
import MerkleLog

/// Groups change, and alerts go to them, in the order of the log: a changed membership counts from
/// the next alert.
extension Sequencer {
    /// Checks that a statement on a group may become the next entry.
    ///
    /// - Returns: the index of the same statement, if it is in force already.
    func placeInForce(
        of group: VerifiedGroupStatement,
        now: WallTime
    ) throws(Refusal) -> UInt64? {
        let draft = group.statement.draft
        let digest = hasher.digest(group.statement.canonicalBytes[...])
        if let current = groups[draft.group], current.digest == digest { return current.index }
        do throws(GroupFault) {
            try groups.check(draft, at: max(now, lastTime)) { canReceive($0) }
        } catch {
            throw Refusal(error, payloadDigest: digest)
        }
        guard groups[draft.group] == nil else { return nil }
        for (count, limit, key) in [
            (groups.count, limits.groupsMax, PeerLimit.groupsMax),
            (groups.count(of: draft.issuer), limits.groupsPerAgencyMax, .groupsPerAgencyMax),
        ] where count >= limit {
            let text = Sentence.tooManyGroups(draft.issuer, limit, key)
            throw Refusal(.publish, .quotaExceeded, text, payloadDigest: digest, limit: key)
        }
        return nil
    }

    /// Checks that an alert goes to the groups that it names.
    func checkGroups(of alert: VerifiedAlert, now: WallTime) throws(Refusal) {
        guard !alert.header.groups.isEmpty else { return }
        do throws(GroupFault) {
            try groups.check(alert.header, author: alert.issuer, at: max(now, lastTime)) {
                canReceive($0)
            }
        } catch {
            throw Refusal(
                error,
                alert: alert.alert,
                payloadDigest: hasher.digest(alert.payload[...])
            )
        }
    }

    /// Checks an entry that the log already holds.
    func checkGroup(
        _ body: AlertEntryBody,
        at time: WallTime,
        index: UInt64
    ) throws(FoldError) {
        guard let statement = groupStatement(of: body) else {
            throw FoldError(index: index, "the statement on a group cannot be read")
        }
        do throws(GroupFault) {
            try groups.check(statement.draft, at: time) { canReceive($0) }
        } catch {
            throw FoldError(index: index, error.message)
        }
    }

    /// The statement of an entry.
    func groupStatement(of body: AlertEntryBody) -> GroupStatement? {
        try? GroupStatement(decoding: body.statement, using: coding)
    }
}

extension Refusal {
    fileprivate init(_ fault: GroupFault, alert: UUID? = nil, payloadDigest: Digest) {
        let code: ReasonCode =
            switch fault {
            case .foreign, .notAMember: .notAuthorized
            case .version: .packetIdentifierInUse
            case .endPassed, .ended: .implementationSpecificError
            case .basis, .nothingToDissolve, .unknownMember, .dissolved, .notClosed, .missing,
                .outsider:
                .payloadFormatInvalid
            }
        self.init(
            .publish,
            code,
            fault.message,
            alert: alert,
            payloadDigest: payloadDigest
        )
    }
}

extension Sentence {
    static func tooManyGroups(_ owner: AgencyID, _ limit: Int, _ key: PeerLimit) -> String {
        key == .groupsMax
            ? "the network has \(limit) groups, which is as many as it may have"
            : "\(owner) owns \(limit) groups, dissolved ones included, which is as many as it may: "
                + "define a dissolved one anew"
    }
}
