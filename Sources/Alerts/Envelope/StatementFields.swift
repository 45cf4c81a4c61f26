import Base
import COSE

/// What the headers of all signed statements have alike: alerts, and the statements beside them.
struct StatementFields {
    /// The identifier of the issuer's key.
    let keyID: ArraySlice<UInt8>
    /// SHA-256 of what the statement is over.
    let basis: Digest
    /// The content type of that.
    let basisType: String
    /// The URN of who states it.
    let issuer: String
    /// The alert, or the statement's own identifier.
    let identifier: UUID
    /// When it was issued.
    let issuedAt: WallTime
    /// The CWT claims (RFC 9597), of which a statement may have more.
    let claims: CBORMap

    /// Reads the fields of a statement of one type.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    init(_ sign1: COSESign1, type: String) throws(AlertError) {
        let fields = sign1.header
        guard let algorithm = fields[HeaderLabel.algorithm]?.integerValue,
            algorithm == Algorithm.ed25519 || algorithm == Algorithm.edDSA
        else { throw .header("alg (1) must be -19 or -8, Ed25519") }
        guard fields[HeaderLabel.type]?.textValue == type else {
            throw .header("typ (16) must be \(type)")
        }
        guard fields[HeaderLabel.payloadHashAlgorithm]?.integerValue == Algorithm.sha256 else {
            throw .header("the payload hash algorithm (258) must be -16, SHA-256")
        }
        guard let basisType = fields[HeaderLabel.preimageContentType]?.textValue else {
            throw .header("the preimage content type (259) is missing")
        }
        guard let keyID = fields[HeaderLabel.keyID]?.bytesValue, keyID.count == Digest.byteCount
        else { throw .header("kid (4) must be the 32-byte thumbprint of the issuer's key") }
        guard let basis = sign1.payload.flatMap({ Digest($0) }) else {
            throw .header("the payload must be a SHA-256 digest of 32 bytes")
        }
        guard let claims = fields[HeaderLabel.claims]?.mapValue else {
            throw .header("the CWT claims (15) are missing")
        }
        guard let issuer = claims[ClaimLabel.issuer]?.textValue else {
            throw .header("iss must be the URN of a member")
        }
        guard let identifier = claims[ClaimLabel.subject]?.textValue.flatMap({ UUID(urn: $0) }),
            identifier.version == 7
        else { throw .header("sub must be a urn:uuid: of version 7") }
        guard let issuedAt = claims[ClaimLabel.issuedAt]?.unsignedValue else {
            throw .header("iat must be whole seconds since 1970")
        }
        self.keyID = keyID
        self.basis = basis
        self.basisType = basisType
        self.issuer = issuer
        self.identifier = identifier
        self.issuedAt = WallTime(seconds: issuedAt)
        self.claims = claims
    }
}

extension COSESign1 {
    /// Whether a statement was signed with a key, which it also names.
    func isSigned(
        by key: Ed25519PublicKey,
        keyID: ArraySlice<UInt8>,
        coding: any CBORCoding,
        hasher: any Hashing,
        verifier: any SignatureVerifying
    ) -> Bool {
        guard keyID.elementsEqual(COSEKeyThumbprint.of(key, coding: coding, hasher: hasher)) else {
            return false
        }
        let message = signatureStructure(using: coding)
        return verifier.verify(signature: signature, message: message[...], key: key)
    }
}
