package import COSE

/// Entry 0: what the log is and whose key signs it.
package struct GenesisBody: Hashable, Sendable {
    /// The log's name.
    package let origin: String
    /// The key that signs checkpoints and receipts.
    package let logKey: Ed25519PublicKey
    /// The software that began the log.
    package let createdBy: String

    /// Makes a genesis.
    package init(origin: String, logKey: Ed25519PublicKey, createdBy: String) {
        self.origin = origin
        self.logKey = logKey
        self.createdBy = createdBy
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        origin = try fields.text("origin")
        guard let key = Ed25519PublicKey(try fields.bytes("log-key")) else {
            throw fields.missing("log-key")
        }
        logKey = key
        createdBy = try fields.text("created-by")
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("origin", origin)
        writer.set("log-key", logKey.bytes)
        writer.set("created-by", createdBy)
        writer.set("policy", .map(Self.policy))
        return writer.cbor
    }

    // The policy that holds from the first entry on (RFC 9943 wants it registered): which formats
    // are admitted. Who may do what is in the directory's entries.
    private static let policy = CBORMap([
        CBORMap.Pair(.text("statement"), .text("application/aviso-alert+cose")),
        CBORMap.Pair(.text("algorithms"), .array([.integer(-19), .integer(-8)])),
        CBORMap.Pair(.text("tree"), .text("RFC9162_SHA256")),
    ])
}
