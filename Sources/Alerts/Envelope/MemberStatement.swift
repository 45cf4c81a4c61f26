package import Base
package import COSE

/// A statement beside alerts that a member signs, publishes, and finds in the log.
package protocol MemberStatement: Sendable {
    /// The content type of such statements (header label 16).
    static var contentType: String { get }
    /// Where they are published.
    static var topicName: String { get }
    /// The most bytes of one.
    static var byteCountMax: Int { get }

    /// What it has like every other one.
    var envelope: SignedStatement { get }
    /// Who states it.
    var issuer: AgencyID { get }
    /// Who may state it.
    var role: Role { get }

    /// Reads what a statement says.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    init(_ envelope: SignedStatement) throws(AlertError)
}

extension MemberStatement {
    /// Reads a statement.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(AlertError) {
        try self.init(
            SignedStatement(
                decoding: bytes,
                type: Self.contentType,
                byteCountMax: Self.byteCountMax,
                using: coding
            )
        )
    }

    /// The message.
    package var sign1: COSESign1 { envelope.sign1 }
    /// The identifier of the issuer's key.
    package var keyID: ArraySlice<UInt8> { envelope.keyID }
    /// The encoding with an empty unprotected header, which the log keeps.
    package var canonicalBytes: [UInt8] { envelope.canonicalBytes }

    /// Whether the statement was signed with a key.
    package func isSigned(
        by key: Ed25519PublicKey,
        coding: any CBORCoding,
        hasher: any Hashing,
        verifier: any SignatureVerifying
    ) -> Bool {
        sign1.isSigned(by: key, keyID: keyID, coding: coding, hasher: hasher, verifier: verifier)
    }
}
