import Base
package import COSE

/// A file of an alert with what opens it, as the alert's plaintext carries it.
///
/// The key and the name stand inside the content, so that exactly the recipients of the alert have
/// them; digest, size and type of the encrypted file stand in the signed header.
package struct SealedAttachment: Hashable, Sendable {
    /// The most bytes of a file's name.
    package static let nameByteCountMax = 255

    /// What the signed header says of it.
    package let reference: AttachmentReference
    /// What its author called the file: never to be trusted as a path.
    package let name: String
    /// The bytes of the file.
    package let byteCount: UInt64
    /// The key that the file is encrypted with.
    package let key: [UInt8]

    /// Makes one.
    ///
    /// The result is nil if the key has not 32 bytes, the name is empty or too long, or the sizes
    /// of the file and of the encrypted file do not go together.
    package init?(reference: AttachmentReference, name: String, byteCount: UInt64, key: [UInt8]) {
        guard key.count == AttachmentLayout.keyByteCount,
            (1...Self.nameByteCountMax).contains(name.utf8.count),
            byteCount <= AttachmentLayout.fileByteCountMax,
            reference.byteCount == AttachmentLayout.encryptedByteCount(ofFile: byteCount)
        else { return nil }
        self.reference = reference
        self.name = name
        self.byteCount = byteCount
        self.key = key
    }

    /// The item of the plaintext's list `attachments`.
    package var cbor: CBORValue {
        .map(
            CBORMap([
                CBORMap.Pair(.text("digest"), .bytes(reference.digest.bytes)),
                CBORMap.Pair(.text("key"), .bytes(key)),
                CBORMap.Pair(.text("name"), .text(name)),
                CBORMap.Pair(.text("size"), .unsigned(byteCount)),
            ])
        )
    }

    /// Reads an item of the plaintext's list `attachments`; nil for what is none, or does not go
    /// with what the signed header says.
    package init?(cbor: CBORValue, reference: AttachmentReference) {
        guard let map = cbor.mapValue, map.pairs.count == 4,
            map["digest"]?.bytesValue.flatMap({ Digest($0) }) == reference.digest,
            let key = map["key"]?.bytesValue, let name = map["name"]?.textValue,
            let byteCount = map["size"]?.unsignedValue
        else { return nil }
        self.init(reference: reference, name: name, byteCount: byteCount, key: Array(key))
    }

    /// Reads the list of a plaintext.
    ///
    /// - Parameters:
    ///   - item: what stands behind `attachments`; nil where nothing does.
    ///   - references: what the signed header says, in its order.
    /// - Returns: the attachments in that order; nil if the list is not exactly that of the header.
    package static func list(
        _ item: CBORValue?,
        references: [AttachmentReference]
    ) -> [SealedAttachment]? {
        guard let item else { return references.isEmpty ? [] : nil }
        guard let items = item.arrayValue, !items.isEmpty, items.count == references.count else {
            return nil
        }
        var list: [SealedAttachment] = []
        for (item, reference) in zip(items, references) {
            guard let attachment = SealedAttachment(cbor: item, reference: reference) else {
                return nil
            }
            list.append(attachment)
        }
        return list
    }
}

extension SealedAttachment: CustomStringConvertible {
    /// What may be shown: everything but the key.
    package var description: String { "\(name), \(byteCount) bytes, \(reference.digest)" }
}
