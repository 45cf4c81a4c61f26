package import Alerts
import COSE

/// Who takes part, with which keys and which permissions, at one moment.
///
/// A value: whoever holds one sees no change until it is handed the next.
package struct Directory: Sendable {
    /// One member with the key identifiers that statements and contents carry.
    package struct Record: Sendable {
        /// The member as the directory file and the log have it.
        package let member: DirectoryMember
        /// RFC 9679 thumbprint of the signing key, empty where there is none.
        package let signingKeyID: [UInt8]
        /// RFC 9679 thumbprint of the encryption key, empty where there is none.
        package let encryptionKeyID: [UInt8]
        /// The member's place in the log's recipient masks.
        package let slot: Int

        /// The bit that stands for the member in a record's recipient mask.
        package var mask: UInt64 { 1 << UInt64(slot % 64) }
    }

    private var records: [AgencyID: Record] = [:]
    private var encryptionKeys: [[UInt8]: AgencyID] = [:]

    /// Makes an empty directory.
    package init() {}

    /// Finds a member.
    package subscript(id: AgencyID) -> Record? { records[id] }

    /// All members in the order of their identifiers.
    package var members: [DirectoryMember] {
        records.values.map(\.member).sorted { $0.id < $1.id }
    }

    /// The member whose encryption key has this identifier.
    package func agency(encryptionKeyID: ArraySlice<UInt8>) -> AgencyID? {
        encryptionKeys[Array(encryptionKeyID)]
    }

    /// Adds a member or replaces it; its slot stays.
    ///
    /// - Parameters:
    ///   - member: the member.
    ///   - signingKeyID: thumbprint of its signing key.
    ///   - encryptionKeyID: thumbprint of its encryption key.
    package mutating func set(
        _ member: DirectoryMember,
        signingKeyID: [UInt8],
        encryptionKeyID: [UInt8]
    ) {
        let previous = records[member.id]
        // Slots follow the order of joining, which the log fixes, so that a mask written long ago
        // still means the same member. Removed members leave a gap nobody else fills.
        let slot = previous?.slot ?? slots[member.id] ?? slots.count
        slots[member.id] = slot
        records[member.id] = Record(
            member: member,
            signingKeyID: signingKeyID,
            encryptionKeyID: encryptionKeyID,
            slot: slot
        )
        if let previous, previous.encryptionKeyID != encryptionKeyID {
            giveBack(previous.encryptionKeyID, of: member.id)
        }
        guard !encryptionKeyID.isEmpty else { return }
        let owner = encryptionKeys[encryptionKeyID].flatMap { records[$0] }
        if owner.map({ $0.slot < slot }) ?? true { encryptionKeys[encryptionKeyID] = member.id }
    }

    /// Removes a member; alerts to it are refused from now on.
    package mutating func remove(_ id: AgencyID) {
        guard let record = records.removeValue(forKey: id) else { return }
        giveBack(record.encryptionKeyID, of: id)
    }

    // A key that another member has too, as when one is renamed, is then that one's: of several it
    // is always the one that joined last, in whichever order the changes came.
    private mutating func giveBack(_ keyID: [UInt8], of id: AgencyID) {
        guard !keyID.isEmpty, encryptionKeys[keyID] == id else { return }
        encryptionKeys[keyID] =
            records.values.filter { $0.encryptionKeyID == keyID }
            .max { $0.slot < $1.slot }?.member.id
    }

    /// Every member that ever joined, in the order of joining.
    var joined: [AgencyID] { slots.sorted { $0.value < $1.value }.map(\.key) }

    // Every member that ever joined, so that slots are never given twice.
    private var slots: [AgencyID: Int] = [:]
}
