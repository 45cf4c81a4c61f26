import COSE

/// A member added, changed or removed.
package struct DirectoryBody: Hashable, Sendable {
    /// What happened to the member.
    package enum Change: String, Hashable, Sendable {
        /// It is new.
        case added
        /// Its keys, name or permissions are others.
        case changed
        /// It takes part no longer.
        case removed
    }

    /// What happened to the member.
    package let change: Change
    /// The member's identifier, such as `CO:PONAL`.
    package let member: String
    /// `agency`, `auditor` or `operator`.
    package let role: String
    /// The name for people.
    package let name: String
    /// The Ed25519 key, if it has one.
    package let signingKey: [UInt8]?
    /// The X25519 key, if it has one.
    package let encryptionKey: [UInt8]?
    /// The channels on which it may publish.
    package let publish: [String]
    /// The channels that it may read.
    package let subscribe: [String]

    /// Makes a change.
    package init(
        change: Change,
        member: String,
        role: String,
        name: String,
        signingKey: [UInt8]?,
        encryptionKey: [UInt8]?,
        publish: [String],
        subscribe: [String]
    ) {
        self.change = change
        self.member = member
        self.role = role
        self.name = name
        self.signingKey = signingKey
        self.encryptionKey = encryptionKey
        self.publish = publish
        self.subscribe = subscribe
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        guard let change = Change(rawValue: try fields.text("change")) else {
            throw fields.missing("change")
        }
        self.change = change
        member = try fields.agency("member")
        role = try fields.text("role")
        name = try fields.text("name")
        signingKey = try fields.optionalBytes("signing-key").map { Array($0) }
        encryptionKey = try fields.optionalBytes("encryption-key").map { Array($0) }
        publish = try fields.texts("publish")
        subscribe = try fields.texts("subscribe")
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("change", change.rawValue)
        writer.set("member", member)
        writer.set("role", role)
        writer.set("name", name)
        writer.set("signing-key", signingKey)
        writer.set("encryption-key", encryptionKey)
        writer.set("publish", .array(publish.map { .text($0) }))
        writer.set("subscribe", .array(subscribe.map { .text($0) }))
        return writer.cbor
    }
}
