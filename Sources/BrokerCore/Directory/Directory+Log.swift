package import Alerts
package import Base
package import COSE
package import MerkleLog

extension Directory {
    /// Applies a change that the log records; one that names no member changes nothing.
    package mutating func apply(
        _ change: DirectoryBody,
        coding: any CBORCoding,
        hasher: any Hashing
    ) {
        guard let id = AgencyID(change.member), let role = Role(rawValue: change.role) else {
            return
        }
        guard change.change != .removed else {
            remove(id)
            return
        }
        let signingKey = change.signingKey.flatMap { Ed25519PublicKey($0) }
        let encryptionKey = change.encryptionKey.flatMap { X25519PublicKey($0) }
        set(
            DirectoryMember(
                id: id,
                role: role,
                name: change.name,
                signingKey: signingKey,
                encryptionKey: encryptionKey,
                publish: Set(change.publish.compactMap(Channel.init)),
                subscribe: Set(change.subscribe.compactMap(Channel.init))
            ),
            signingKeyID: signingKey.map {
                COSEKeyThumbprint.of($0, coding: coding, hasher: hasher)
            } ?? [],
            encryptionKeyID: encryptionKey.map {
                COSEKeyThumbprint.of($0, coding: coding, hasher: hasher)
            } ?? []
        )
    }

    /// The changes that lead from this directory to `members`, in the order of identifiers.
    package func changes(to members: [DirectoryMember]) -> [DirectoryBody] {
        var changes: [DirectoryBody] = []
        for member in members.sorted(by: { $0.id < $1.id }) where self[member.id]?.member != member
        {
            changes.append(DirectoryBody(self[member.id] == nil ? .added : .changed, member))
        }
        let kept = Set(members.map(\.id))
        for member in self.members where !kept.contains(member.id) {
            changes.append(DirectoryBody(.removed, member))
        }
        return changes
    }
}

extension Directory {
    /// The fewest changes that lead an empty directory to this one, slots included.
    var changes: [DirectoryBody] {
        joined.flatMap { id -> [DirectoryBody] in
            if let member = self[id]?.member { return [DirectoryBody(.added, member)] }
            let gone = DirectoryMember(
                id: id,
                role: .agency,
                name: "",
                signingKey: nil,
                encryptionKey: nil,
                publish: [],
                subscribe: []
            )
            return [DirectoryBody(.added, gone), DirectoryBody(.removed, gone)]
        }
    }
}

extension DirectoryBody {
    fileprivate init(_ change: Change, _ member: DirectoryMember) {
        self.init(
            change: change,
            member: member.id.description,
            role: member.role.rawValue,
            name: member.name,
            signingKey: member.signingKey?.bytes,
            encryptionKey: member.encryptionKey?.bytes,
            publish: member.publish.map(\.rawValue).sorted(),
            subscribe: member.subscribe.map(\.rawValue).sorted()
        )
    }
}
