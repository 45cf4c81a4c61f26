import Alerts
import Base
import CBOR
import Crypto
import Glibc

/// The latest statement that this profile has seen of each group, so that nobody can show it an
/// older one: an alert would go to members who have left.
extension AvisoProfile {
    /// Compares a group with what was seen before, and keeps it.
    ///
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` for an older statement, or for
    ///   one that the statement seen before does not lead to.
    func compareWithSeen(_ group: AgencyGroup) throws(AvisoError) {
        if let seen = seenGroup(group.name) {
            guard group.version >= seen.draft.version else {
                throw AvisoError(
                    .notVerified,
                    "the broker gives version \(group.version) of group \(group.name), and version "
                        + "\(seen.draft.version) was seen before: tell the operator and an auditor"
                )
            }
            let isSame = group.statement == seen.canonicalBytes
            let follows =
                group.version > seen.draft.version
                && group.owner == seen.issuer.description
                && (group.version > seen.draft.version + 1
                    || group.draft.basis == SHA256().digest(seen.canonicalBytes[...]))
            guard isSame || follows else {
                throw AvisoError(
                    .notVerified,
                    "version \(group.version) of group \(group.name) does not continue what was "
                        + "seen before: tell the operator and an auditor"
                )
            }
            guard !isSame else { return }
        }
        keep(group)
    }

    private func seenGroup(_ name: String) -> GroupStatement? {
        guard let bytes = try? SmallFile.read(seenFile(name), byteCountMax: 64 << 10) else {
            return nil
        }
        return try? GroupStatement(decoding: bytes[...], using: LibCBOR())
    }

    // What cannot be kept is only not compared with what comes later.
    private func keep(_ group: AgencyGroup) {
        _ = unsafe mkdir(receipts, 0o700)
        _ = unsafe mkdir("\(receipts)/groups", 0o700)
        try? PrivateFile.replace(seenFile(group.name), with: group.statement)
    }

    private func seenFile(_ name: String) -> String { "\(receipts)/groups/\(name).cose" }
}
