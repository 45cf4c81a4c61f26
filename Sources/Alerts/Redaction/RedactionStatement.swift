package import Base
package import COSE

/// A signed statement about the erasure of an alert's content: the operator's order, or a
/// recipient's confirmation that it has erased its copy.
///
/// Its payload is the SHA-256 of what it rests on (a hash envelope, RFC 9995): for an order, of the
/// document that orders it; for a confirmation, of the order's statement.
package struct RedactionStatement: MemberStatement {
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
    package static let topicName = StatementTopic.redactions.rawValue
    /// The most bytes of a statement.
    package static let byteCountMax = 8192
    /// The most Unicode scalars of a reason.
    package static let reasonCountMax = 500

    private static let keys: Set = ["act", "index", "alert", "reason"]
    private static let orderBasisType = "application/octet-stream"

    /// What it has like every other statement.
    package let envelope: SignedStatement
    /// What it says.
    package let draft: Draft

    /// Who states it.
    package var issuer: AgencyID { draft.issuer }
    /// Who may state it.
    package var role: Role { Self.role(of: draft.act) }

    /// Whether it says nothing but what a statement has.
    ///
    /// The broker asks it of new ones; in logs of before there may be others.
    package var isPlain: Bool {
        envelope.details.pairs.allSatisfy { pair in
            pair.key.textValue.map { Self.keys.contains($0) } ?? false
        }
    }

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
        var details = CBORMap([
            .init(.text("act"), .text(draft.act.rawValue)),
            .init(.text("index"), .unsigned(draft.index)),
            .init(.text("alert"), .text(draft.alert.urn)),
        ])
        if let reason = draft.reason { details.append(.text("reason"), .text(reason)) }
        let prefix = SignedStatement.Claims.prefix(of: role(of: draft.act))
        return SignedStatement.sign(
            type: contentType,
            claims: SignedStatement.Claims(
                issuer: prefix + draft.issuer.description,
                identifier: draft.identifier,
                issuedAt: draft.issuedAt,
                basis: draft.basis,
                basisType: basisType(of: draft.act)
            ),
            details: details,
            key: key,
            coding: coding,
            hasher: hasher
        )
    }

    private static func basisType(of act: Act) -> String {
        act == .order ? orderBasisType : contentType
    }
}

// MARK: - Reading

extension RedactionStatement {
    /// Reads what a statement says.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    package init(_ envelope: SignedStatement) throws(AlertError) {
        self.envelope = envelope
        draft = try Self.draft(envelope.details, envelope.claims)
    }

    private static func draft(
        _ details: CBORMap,
        _ claims: SignedStatement.Claims
    ) throws(AlertError) -> Draft {
        guard let act = details["act"]?.textValue.flatMap(Act.init) else {
            throw .header("act must be order or confirmation")
        }
        guard claims.basisType == basisType(of: act) else {
            throw .header("the preimage content type (259) must be \(basisType(of: act))")
        }
        guard let issuer = claims.member(as: role(of: act)) else {
            let prefix = SignedStatement.Claims.prefix(of: role(of: act))
            throw .header("iss must be \(prefix)<member>")
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
            identifier: claims.identifier,
            issuedAt: claims.issuedAt,
            index: index,
            alert: alert,
            basis: claims.basis,
            reason: reason?.textValue
        )
    }
}
