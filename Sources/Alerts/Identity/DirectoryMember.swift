package import COSE

/// A member of the network as the directory lists it: its public keys and what it may do.
package struct DirectoryMember: Hashable, Sendable {
    /// The most characters that a name may have.
    package static let nameCharacterCountMax = 200

    /// The member.
    package let id: AgencyID
    /// What the member is there for.
    package let role: Role
    /// The name for people.
    package let name: String
    /// The key that verifies its statements; nil if it makes none.
    package let signingKey: Ed25519PublicKey?
    /// The key that alerts to it are encrypted to; nil if it receives none.
    package let encryptionKey: X25519PublicKey?
    /// The channels on which it may publish.
    package let publish: Set<Channel>
    /// The channels to which it may subscribe.
    package let subscribe: Set<Channel>

    /// Makes a member.
    package init(
        id: AgencyID,
        role: Role,
        name: String,
        signingKey: Ed25519PublicKey?,
        encryptionKey: X25519PublicKey?,
        publish: Set<Channel>,
        subscribe: Set<Channel>
    ) {
        self.id = id
        self.role = role
        self.name = name
        self.signingKey = signingKey
        self.encryptionKey = encryptionKey
        self.publish = publish
        self.subscribe = subscribe
    }
}
