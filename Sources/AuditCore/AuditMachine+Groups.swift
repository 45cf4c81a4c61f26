import Alerts
import Base
import COSE
import MerkleLog

/// The rules on groups: who changes them, and that alerts go to those who are in them.
extension AuditMachine {
    /// Each statement follows the one before it, by the same owner.
    mutating func check(
        _ group: AuditEntry.Signed<GroupStatement>,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) -> SignatureCheck {
        let check = try signature(of: group, breaking: .group, at: time, index)
        let statement = group.statement
        do throws(GroupFault) {
            try state.groups.check(statement.draft, at: time) { canReceive($0) }
        } catch {
            throw AuditViolation(error, at: index)
        }
        let digest = tools.hasher.digest(statement.canonicalBytes[...])
        state.groups.apply(statement, index: index, digest: digest)
        return check
    }

    /// An alert goes to the groups that it names, as they are at its entry.
    func checkGroups(
        of statement: AlertStatement,
        at time: WallTime,
        _ index: UInt64
    ) throws(AuditViolation) {
        do throws(GroupFault) {
            try state.groups.check(statement.header, author: statement.issuer, at: time) {
                canReceive($0)
            }
        } catch {
            throw AuditViolation(error, at: index)
        }
    }

    private func canReceive(_ agency: AgencyID) -> Bool {
        state.members[agency.description]?.isRecipient == true
    }
}

extension AuditViolation {
    fileprivate init(_ fault: GroupFault, at index: UInt64) {
        self.init(
            .group,
            at: index,
            fault.message,
            expected: fault.expected,
            found: fault.found
        )
    }
}
