import Alerts
import Base
import COSE
import MerkleLog

/// The rules on the members: who they are, and with which keys they sign.
extension AuditMachine {
    mutating func apply(_ change: DirectoryBody, _ index: UInt64) throws(AuditViolation) {
        guard let id = AgencyID(change.member) else {
            throw AuditViolation(
                .directory,
                at: index,
                "the change names no member",
                expected: "an identifier such as CO:PONAL",
                found: change.member
            )
        }
        let signingKey = change.signingKey.flatMap { Ed25519PublicKey($0) }
        let encryptionKey = change.encryptionKey.flatMap { X25519PublicKey($0) }
        guard (change.signingKey == nil) == (signingKey == nil),
            (change.encryptionKey == nil) == (encryptionKey == nil)
        else {
            throw AuditViolation(
                .directory,
                at: index,
                "a key of \(change.member) is none",
                expected: "32 bytes",
                found: "\(change.signingKey?.count ?? 0) and \(change.encryptionKey?.count ?? 0)"
            )
        }
        guard change.change != .removed else {
            state.members[change.member] = nil
            return
        }
        if let signingKey { try note(signingKey, of: id, index) }
        state.members[change.member] = AuditState.Member(
            role: change.role,
            signingKey: signingKey,
            isRecipient: encryptionKey != nil,
            publish: Set(change.publish)
        )
    }

    // The log's directory is the operator's word. A key that is none of the member's, as the
    // auditor knows it, would let the operator sign in the member's name.
    private mutating func note(
        _ key: Ed25519PublicKey,
        of id: AgencyID,
        _ index: UInt64
    ) throws(AuditViolation) {
        try checkKey(key, of: id, index)
        guard let before = state.members[id.description]?.signingKey, before != key,
            keyChanges.count < Self.keyChangeCountMax
        else { return }
        keyChanges.append(KeyChange(index: index, member: id, key: key))
    }

    /// Holds the members that an earlier audit has found against the auditor's directory of now.
    ///
    /// - Throws: ``AuditViolation`` naming the first whose key is none of its.
    package func checkMembers() throws(AuditViolation) {
        for (name, member) in state.members.sorted(by: { $0.key < $1.key }) {
            guard let id = AgencyID(name), let key = member.signingKey else { continue }
            try checkKey(key, of: id, state.treeSize)
        }
    }

    private func checkKey(
        _ key: Ed25519PublicKey,
        of id: AgencyID,
        _ index: UInt64
    ) throws(AuditViolation) {
        guard let known = directory.signingKeys(of: id), !known.contains(key) else { return }
        let names = known.map { Base64.encodeURL($0.bytes) }.sorted()
        throw AuditViolation(
            .directory,
            at: index,
            "the log gives \(id) a signing key that is none of its in the auditor's directory",
            expected: names.isEmpty ? "no key" : names.joined(separator: " or "),
            found: Base64.encodeURL(key.bytes)
        )
    }

    /// The members of the log that the auditor's directory does not have, in order: whether their
    /// keys are theirs, this audit cannot tell.
    package var unknownMembers: [String] {
        state.members.keys
            .filter { name in AgencyID(name).map { directory.signingKeys(of: $0) == nil } ?? true }
            .sorted()
    }
}
