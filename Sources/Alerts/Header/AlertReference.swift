package import Base

/// The citation of an earlier alert.
package struct AlertReference: Hashable, Sendable {
    /// What the cited alert is to the one that cites it.
    package enum Role: String, CaseIterable, Hashable, Sendable {
        /// Its content, or a part of it, is passed on: onward use of what another has written.
        case source
        /// It is the statement by which the author of the source consents to that.
        case consent
    }

    /// The identifier of the cited alert.
    package let alert: UUID
    /// The SHA-256 of the cited statement, where the citation must name its exact bytes.
    package let statement: Digest?
    /// What it is to the one that cites it; nil for what that is about.
    package let role: Role?

    /// Makes a citation.
    package init(alert: UUID, statement: Digest? = nil, role: Role? = nil) {
        self.alert = alert
        self.statement = statement
        self.role = role
    }
}

/// A file that belongs to an alert, named by its digest in the signed header.
package struct AttachmentReference: Hashable, Sendable {
    /// The most bytes that an encrypted file may have: those of a file of 100 MiB.
    package static let byteCountMax = AttachmentLayout.encryptedByteCount(
        ofFile: AttachmentLayout.fileByteCountMax
    )

    /// The SHA-256 of the encrypted file.
    package let digest: Digest
    /// The number of bytes of the encrypted file.
    package let byteCount: UInt64
    /// The media type of the file, such as `application/pdf`.
    package let mediaType: String

    /// Makes a reference to a file.
    package init(digest: Digest, byteCount: UInt64, mediaType: String) {
        self.digest = digest
        self.byteCount = byteCount
        self.mediaType = mediaType
    }
}

extension UUID {
    /// How the URN of an alert begins.
    package static let urnPrefix = "urn:uuid:"

    /// Reads the form `urn:uuid:8-4-4-4-12`.
    ///
    /// - Returns: nil for any other form.
    package init?(urn: String) {
        guard urn.utf8.starts(with: UUID.urnPrefix.utf8) else { return nil }
        self.init(utf8: urn.utf8.dropFirst(UUID.urnPrefix.utf8.count))
    }

    /// The identifier as a URN.
    package var urn: String { UUID.urnPrefix + description }
}
