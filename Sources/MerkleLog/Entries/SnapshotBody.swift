package import Base
import COSE

/// The state of the broker after the first entries, saved beside the log.
///
/// A start believes a saved state only if the log names its digest: whoever changes the file
/// changes nothing.
package struct SnapshotBody: Hashable, Sendable {
    /// The number of entries that the state is the fold of.
    package let treeSize: UInt64
    /// SHA-256 of the saved bytes.
    package let digest: Digest

    /// Makes a body.
    package init(treeSize: UInt64, digest: Digest) {
        self.treeSize = treeSize
        self.digest = digest
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        treeSize = try fields.unsigned("size")
        guard let digest = Digest(try fields.bytes("digest")) else {
            throw fields.missing("digest")
        }
        self.digest = digest
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("size", treeSize)
        writer.set("digest", digest.bytes)
        return writer.cbor
    }
}
