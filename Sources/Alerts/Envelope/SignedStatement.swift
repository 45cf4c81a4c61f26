package import Base
package import COSE

/// What the signed statements beside alerts have alike: a COSE_Sign1 of one type, by one member,
/// over the digest of what it rests on (a hash envelope, RFC 9995), with what it says in `aviso`.
package struct SignedStatement: Sendable {
    /// Who states it, when, and what it rests on.
    package struct Claims: Hashable, Sendable {
        /// The URN of who states it.
        package let issuer: String
        /// The statement's own identifier, version 7.
        package let identifier: UUID
        /// When it was issued.
        package let issuedAt: WallTime
        /// SHA-256 of what it rests on.
        package let basis: Digest
        /// The content type of that.
        package let basisType: String

        /// Makes claims.
        package init(
            issuer: String,
            identifier: UUID,
            issuedAt: WallTime,
            basis: Digest,
            basisType: String
        ) {
            self.issuer = issuer
            self.identifier = identifier
            self.issuedAt = issuedAt
            self.basis = basis
            self.basisType = basisType
        }

        /// The member that states it; nil for one of another role.
        package func member(as role: Role) -> AgencyID? {
            let prefix = Claims.prefix(of: role)
            return issuer.hasPrefix(prefix) ? AgencyID(issuer.dropFirst(prefix.count)) : nil
        }

        /// How the URNs of a role's members begin.
        package static func prefix(of role: Role) -> String { "urn:aviso:\(role.rawValue):" }
    }

    /// The message.
    package let sign1: COSESign1
    /// The identifier of the issuer's key.
    package let keyID: ArraySlice<UInt8>
    /// Who states it, when, and what it rests on.
    package let claims: Claims
    /// What it says: the map `aviso`.
    package let details: CBORMap
    /// The encoding with an empty unprotected header, which the log keeps.
    package let canonicalBytes: [UInt8]

    /// Signs a statement.
    ///
    /// - Parameters:
    ///   - type: the content type of such statements.
    ///   - claims: who states it, when, and what it rests on.
    ///   - details: what it says.
    ///   - key: the issuer's signing key.
    ///   - coding: the CBOR engine.
    ///   - hasher: SHA-256.
    /// - Returns: the encoding, to be published.
    static func sign(
        type: String,
        claims: Claims,
        details: CBORMap,
        key: any MessageSigning,
        coding: any CBORCoding,
        hasher: any Hashing
    ) -> [UInt8] {
        let names = CBORMap([
            .init(.integer(ClaimLabel.issuer), .text(claims.issuer)),
            .init(.integer(ClaimLabel.subject), .text(claims.identifier.urn)),
            .init(.integer(ClaimLabel.issuedAt), .unsigned(claims.issuedAt.seconds)),
        ])
        let keyID = COSEKeyThumbprint.of(key.publicKey, coding: coding, hasher: hasher)
        let statement = COSESign1(
            header: CBORMap([
                .init(.integer(HeaderLabel.algorithm), .integer(Algorithm.ed25519)),
                .init(.integer(HeaderLabel.keyID), .bytes(keyID)),
                .init(.integer(HeaderLabel.claims), .map(names)),
                .init(.integer(HeaderLabel.type), .text(type)),
                .init(.integer(HeaderLabel.payloadHashAlgorithm), .integer(Algorithm.sha256)),
                .init(.integer(HeaderLabel.preimageContentType), .text(claims.basisType)),
                .init(.text("aviso"), .map(details)),
            ]),
            payload: claims.basis.bytes,
            key: key,
            using: coding
        )
        return statement.encode(using: coding)
    }
}

// MARK: - Reading

extension SignedStatement {
    /// Reads a statement of one type.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    init(
        decoding bytes: ArraySlice<UInt8>,
        type: String,
        byteCountMax: Int,
        using coding: any CBORCoding
    ) throws(AlertError) {
        guard bytes.count <= byteCountMax else { throw .statementTooLarge(limit: byteCountMax) }
        do throws(COSEError) {
            sign1 = try COSESign1(decoding: bytes, using: coding)
        } catch {
            throw .statement(error)
        }
        let fields = try StatementFields(sign1, type: type)
        guard let details = sign1.header["aviso"]?.mapValue else {
            throw .header("the aviso map is missing")
        }
        self.details = details
        keyID = fields.keyID
        claims = Claims(
            issuer: fields.issuer,
            identifier: fields.identifier,
            issuedAt: fields.issuedAt,
            basis: fields.basis,
            basisType: fields.basisType
        )
        canonicalBytes = sign1.encode(unprotectedHeader: CBORMap(), using: coding)
    }
}
