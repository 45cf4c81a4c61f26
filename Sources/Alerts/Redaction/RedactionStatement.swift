package import Base
package import COSE

/// A signed statement about the erasure of an alert's content: the operator's order, or a
/// recipient's confirmation that it has erased its copy.
///
/// Its payload is the SHA-256 of what it rests on (a hash envelope, RFC 9995): for an order, of the
/// document that orders it; for a confirmation, of the order's statement.
package struct RedactionStatement: Sendable {
    /// What is stated.
    package enum Act: String, Hashable, Sendable {
        /// The operator erases the content, and asks recipients to do the same.
        case order
        /// A recipient has erased its copy.
        case confirmation
    }

    /// What a statement says.
    package struct Draft: Hashable, Sendable {
        /// What is stated.
        package let act: Act
        /// Who states it: an operator orders, an agency confirms.
        package let issuer: AgencyID
        /// The statement's own identifier, version 7.
        package let identifier: UUID
        /// When it is issued.
        package let issuedAt: WallTime
        /// The index of the alert's entry.
        package let index: UInt64
        /// The alert.
        package let alert: UUID
        /// SHA-256 of what the statement rests on.
        package let basis: Digest
        /// The legal ground or file number in words, if it is told.
        package let reason: String?

        /// Makes a draft.
        package init(
            act: Act,
            issuer: AgencyID,
            identifier: UUID,
            issuedAt: WallTime,
            index: UInt64,
            alert: UUID,
            basis: Digest,
            reason: String?
        ) {
            self.act = act
            self.issuer = issuer
            self.identifier = identifier
            self.issuedAt = issuedAt
            self.index = index
            self.alert = alert
            self.basis = basis
            self.reason = reason
        }
    }

    /// The content type of a statement (header label 16).
    package static let contentType = "application/aviso-redaction+cose"
    /// Where statements are published, and where recipients read the orders.
    package static let topicName = "$aviso/redactions"
    /// The most bytes of a statement.
    package static let byteCountMax = 8192
    /// The most Unicode scalars of a reason.
    package static let reasonCountMax = 500

    private static let orderBasisType = "application/octet-stream"

    /// The message.
    package let sign1: COSESign1
    /// What it says.
    package let draft: Draft
    /// The identifier of the issuer's key.
    package let keyID: ArraySlice<UInt8>
    /// The encoding with an empty unprotected header, which the log keeps.
    package let canonicalBytes: [UInt8]

    /// Who may state it.
    package var role: Role { Self.role(of: draft.act) }

    private static func role(of act: Act) -> Role {
        act == .order ? .operatorStation : .agency
    }
}

// MARK: - Signing

extension RedactionStatement {
    /// Signs a statement.
    ///
    /// - Parameters:
    ///   - draft: what it says.
    ///   - key: the issuer's signing key.
    ///   - coding: the CBOR engine.
    ///   - hasher: SHA-256.
    /// - Returns: the encoding, to be published.
    package static func sign(
        _ draft: Draft,
        key: any MessageSigning,
        coding: any CBORCoding,
        hasher: any Hashing
    ) -> [UInt8] {
        let claims = CBORMap([
            .init(.integer(ClaimLabel.issuer), .text(urn(of: draft.issuer, draft.act))),
            .init(.integer(ClaimLabel.subject), .text(draft.identifier.urn)),
            .init(.integer(ClaimLabel.issuedAt), .unsigned(draft.issuedAt.seconds)),
        ])
        var details = CBORMap([
            .init(.text("act"), .text(draft.act.rawValue)),
            .init(.text("index"), .unsigned(draft.index)),
            .init(.text("alert"), .text(draft.alert.urn)),
        ])
        if let reason = draft.reason { details.append(.text("reason"), .text(reason)) }
        let keyID = COSEKeyThumbprint.of(key.publicKey, coding: coding, hasher: hasher)
        let statement = COSESign1(
            header: CBORMap([
                .init(.integer(HeaderLabel.algorithm), .integer(Algorithm.ed25519)),
                .init(.integer(HeaderLabel.keyID), .bytes(keyID)),
                .init(.integer(HeaderLabel.claims), .map(claims)),
                .init(.integer(HeaderLabel.type), .text(contentType)),
                .init(.integer(HeaderLabel.payloadHashAlgorithm), .integer(Algorithm.sha256)),
                .init(.integer(HeaderLabel.preimageContentType), .text(basisType(of: draft.act))),
                .init(.text("aviso"), .map(details)),
            ]),
            payload: draft.basis.bytes,
            key: key,
            using: coding
        )
        return statement.encode(using: coding)
    }

    private static func urn(of issuer: AgencyID, _ act: Act) -> String {
        "urn:aviso:\(role(of: act).rawValue):\(issuer)"
    }

    private static func basisType(of act: Act) -> String {
        act == .order ? orderBasisType : contentType
    }
}

// MARK: - Reading

extension RedactionStatement {
    /// Reads a statement.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(AlertError) {
        guard bytes.count <= Self.byteCountMax else {
            throw .statementTooLarge(limit: Self.byteCountMax)
        }
        do throws(COSEError) {
            sign1 = try COSESign1(decoding: bytes, using: coding)
        } catch {
            throw .statement(error)
        }
        let fields = sign1.header
        guard let algorithm = fields[HeaderLabel.algorithm]?.integerValue,
            algorithm == Algorithm.ed25519 || algorithm == Algorithm.edDSA
        else { throw .header("alg (1) must be -19 or -8, Ed25519") }
        guard fields[HeaderLabel.type]?.textValue == Self.contentType else {
            throw .header("typ (16) must be \(Self.contentType)")
        }
        guard fields[HeaderLabel.payloadHashAlgorithm]?.integerValue == Algorithm.sha256 else {
            throw .header("the payload hash algorithm (258) must be -16, SHA-256")
        }
        guard let keyID = fields[HeaderLabel.keyID]?.bytesValue, keyID.count == Digest.byteCount
        else { throw .header("kid (4) must be the 32-byte thumbprint of the issuer's key") }
        guard let basis = sign1.payload.flatMap({ Digest($0) }) else {
            throw .header("the payload must be a SHA-256 digest of 32 bytes")
        }
        self.keyID = keyID
        draft = try Self.draft(fields, basis: basis)
        canonicalBytes = sign1.encode(unprotectedHeader: CBORMap(), using: coding)
    }

    private static func draft(_ fields: CBORMap, basis: Digest) throws(AlertError) -> Draft {
        guard let details = fields["aviso"]?.mapValue else {
            throw .header("the aviso map is missing")
        }
        guard let act = details["act"]?.textValue.flatMap(Act.init) else {
            throw .header("act must be order or confirmation")
        }
        guard fields[HeaderLabel.preimageContentType]?.textValue == basisType(of: act) else {
            throw .header("the preimage content type (259) must be \(basisType(of: act))")
        }
        guard let claims = fields[HeaderLabel.claims]?.mapValue else {
            throw .header("the CWT claims (15) are missing")
        }
        let prefix = "urn:aviso:\(role(of: act).rawValue):"
        guard let text = claims[ClaimLabel.issuer]?.textValue, text.hasPrefix(prefix),
            let issuer = AgencyID(text.dropFirst(prefix.count))
        else { throw .header("iss must be \(prefix)<member>") }
        guard let identifier = claims[ClaimLabel.subject]?.textValue.flatMap({ UUID(urn: $0) }),
            identifier.version == 7
        else { throw .header("sub must be a urn:uuid: of version 7") }
        guard let issuedAt = claims[ClaimLabel.issuedAt]?.unsignedValue else {
            throw .header("iat must be whole seconds since 1970")
        }
        guard let index = details["index"]?.unsignedValue else {
            throw .header("index must be that of the alert's entry")
        }
        guard let alert = details["alert"]?.textValue.flatMap({ UUID(urn: $0) }) else {
            throw .header("alert must be a urn:uuid:")
        }
        let reason = details["reason"]
        guard reason == nil || (reason?.textValue?.unicodeScalars.count ?? .max) <= reasonCountMax
        else { throw .header("reason must be a text of up to \(reasonCountMax) characters") }
        return Draft(
            act: act,
            issuer: issuer,
            identifier: identifier,
            issuedAt: WallTime(seconds: issuedAt),
            index: index,
            alert: alert,
            basis: basis,
            reason: reason?.textValue
        )
    }

    /// Whether the statement was signed with a key.
    package func isSigned(
        by key: Ed25519PublicKey,
        coding: any CBORCoding,
        hasher: any Hashing,
        verifier: any SignatureVerifying
    ) -> Bool {
        let message = sign1.signatureStructure(using: coding)
        return keyID.elementsEqual(COSEKeyThumbprint.of(key, coding: coding, hasher: hasher))
            && verifier.verify(signature: sign1.signature, message: message[...], key: key)
    }
}
