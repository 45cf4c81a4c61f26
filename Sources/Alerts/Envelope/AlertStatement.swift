package import Base
package import COSE

/// The signed statement of an alert (RFC 9943): who says it, which alert, to whom.
package struct AlertStatement: Sendable {
    /// The content type of a statement (header label 16).
    package static let contentType = "application/aviso-alert+cose"
    /// The content type of what the digest is of (header label 259).
    package static let preimageContentType = "application/cose; cose-type=\"cose-encrypt\""

    /// The message.
    package let sign1: COSESign1
    /// The author.
    package let issuer: AgencyID
    /// The alert.
    package let alert: UUID
    /// When it was issued.
    package let issuedAt: WallTime
    /// When it loses its meaning, if ever.
    package let expires: WallTime?
    /// The identifier of the author's key.
    package let keyID: ArraySlice<UInt8>
    /// SHA-256 of the content's bytes.
    package let contentDigest: Digest
    /// Where it goes and how it is labelled.
    package let header: AlertHeader
    /// The encoding with an empty unprotected header, which the log keeps.
    package let canonicalBytes: [UInt8]

    /// Reads a statement.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(AlertError) {
        let item: CBORValue
        do throws(CBORError) {
            item = try coding.decode(bytes, limits: CBORLimits())
        } catch {
            throw .statement(.invalidCBOR(error))
        }
        try self.init(item, using: coding)
    }

    /// Reads a statement from a decoded item.
    package init(_ item: CBORValue, using coding: any CBORCoding) throws(AlertError) {
        do throws(COSEError) {
            sign1 = try COSESign1(item, using: coding)
        } catch {
            throw .statement(error)
        }
        let fields = try StatementFields(sign1, type: Self.contentType)
        guard fields.basisType == Self.preimageContentType else {
            throw .header("the preimage content type (259) must be \(Self.preimageContentType)")
        }
        guard let issuer = AgencyID(urn: fields.issuer) else {
            throw .header("iss must be an agency, urn:aviso:agency:<country>:<code>")
        }
        let expires = fields.claims[ClaimLabel.expires]
        guard expires == nil || expires?.unsignedValue != nil else {
            throw .header("exp must be whole seconds since 1970")
        }
        keyID = fields.keyID
        contentDigest = fields.basis
        alert = fields.identifier
        issuedAt = fields.issuedAt
        self.issuer = issuer
        self.expires = expires?.unsignedValue.map { WallTime(seconds: $0) }
        guard let routing = sign1.header["aviso"] else { throw .header("the aviso map is missing") }
        do throws(AlertHeaderError) {
            header = try AlertHeader(cbor: routing)
        } catch {
            throw .routing(error)
        }
        canonicalBytes = sign1.encode(unprotectedHeader: CBORMap(), using: coding)
    }
}
