package import COSE

/// A change of the rules of the log itself: another key signs it from here on.
///
/// The checkpoints up to the entry were signed by the old key, those from the entry on by the new
/// one. Whoever trusts the new key finds in the log itself which key was trusted before.
package struct PolicyBody: Hashable, Sendable {
    private static let logKeyChange = "log-key"

    /// The key that signed up to here.
    package let oldKey: Ed25519PublicKey
    /// The key that signs from here on.
    package let newKey: Ed25519PublicKey
    /// The software that continues the log.
    package let continuedBy: String

    /// Makes a change.
    package init(oldKey: Ed25519PublicKey, newKey: Ed25519PublicKey, continuedBy: String) {
        self.oldKey = oldKey
        self.newKey = newKey
        self.continuedBy = continuedBy
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        guard try fields.text("change") == Self.logKeyChange else { throw fields.missing("change") }
        guard let oldKey = Ed25519PublicKey(try fields.bytes("old-key")) else {
            throw fields.missing("old-key")
        }
        guard let newKey = Ed25519PublicKey(try fields.bytes("new-key")) else {
            throw fields.missing("new-key")
        }
        self.oldKey = oldKey
        self.newKey = newKey
        continuedBy = try fields.text("continued-by")
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("change", Self.logKeyChange)
        writer.set("old-key", oldKey.bytes)
        writer.set("new-key", newKey.bytes)
        writer.set("continued-by", continuedBy)
        return writer.cbor
    }
}
