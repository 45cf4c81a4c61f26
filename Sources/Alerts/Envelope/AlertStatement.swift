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
        keyID = try Self.checkFields(sign1.header)
        guard let digest = sign1.payload.flatMap({ Digest($0) }) else {
            throw .header("the payload must be a SHA-256 digest of 32 bytes")
        }
        contentDigest = digest
        let claims = try Claims(sign1.header)
        issuer = claims.issuer
        alert = claims.alert
        issuedAt = claims.issuedAt
        expires = claims.expires
        guard let routing = sign1.header["aviso"] else { throw .header("the aviso map is missing") }
        do throws(AlertHeaderError) {
            header = try AlertHeader(cbor: routing)
        } catch {
            throw .routing(error)
        }
        canonicalBytes = sign1.encode(unprotectedHeader: CBORMap(), using: coding)
    }

    // What every statement has alike, and the identifier of the key.
    private static func checkFields(_ fields: CBORMap) throws(AlertError) -> ArraySlice<UInt8> {
        guard let algorithm = fields[HeaderLabel.algorithm]?.integerValue,
            algorithm == Algorithm.ed25519 || algorithm == Algorithm.edDSA
        else { throw .header("alg (1) must be -19 or -8, Ed25519") }
        guard fields[HeaderLabel.type]?.textValue == contentType else {
            throw .header("typ (16) must be \(contentType)")
        }
        guard fields[HeaderLabel.payloadHashAlgorithm]?.integerValue == Algorithm.sha256 else {
            throw .header("the payload hash algorithm (258) must be -16, SHA-256")
        }
        guard fields[HeaderLabel.preimageContentType]?.textValue == preimageContentType else {
            throw .header("the preimage content type (259) must be \(preimageContentType)")
        }
        guard let keyID = fields[HeaderLabel.keyID]?.bytesValue, keyID.count == Digest.byteCount
        else { throw .header("kid (4) must be the 32-byte thumbprint of the author's key") }
        return keyID
    }
}

/// The CWT claims of a statement (RFC 9597).
private struct Claims {
    let issuer: AgencyID
    let alert: UUID
    let issuedAt: WallTime
    let expires: WallTime?

    init(_ fields: CBORMap) throws(AlertError) {
        guard let claims = fields[HeaderLabel.claims]?.mapValue else {
            throw .header("the CWT claims (15) are missing")
        }
        guard let issuer = claims[ClaimLabel.issuer]?.textValue.flatMap({ AgencyID(urn: $0) })
        else { throw .header("iss must be an agency, urn:aviso:agency:<country>:<code>") }
        guard let alert = claims[ClaimLabel.subject]?.textValue.flatMap({ UUID(urn: $0) }),
            alert.version == 7
        else { throw .header("sub must be a urn:uuid: of version 7") }
        guard let issuedAt = claims[ClaimLabel.issuedAt]?.unsignedValue else {
            throw .header("iat must be whole seconds since 1970")
        }
        let expires = claims[ClaimLabel.expires]
        guard expires == nil || expires?.unsignedValue != nil else {
            throw .header("exp must be whole seconds since 1970")
        }
        self.issuer = issuer
        self.alert = alert
        self.issuedAt = WallTime(seconds: issuedAt)
        self.expires = expires?.unsignedValue.map { WallTime(seconds: $0) }
    }
}
