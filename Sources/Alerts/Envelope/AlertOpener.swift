package import Base
package import COSE

/// An alert whose signature, digest, encryption and labels all hold.
package struct OpenedAlert: Sendable {
    /// The statement.
    package let statement: AlertStatement
    /// The form, JSON in UTF-8; empty if the content has been erased.
    package let form: [UInt8]
    /// The files that belong to it, with what opens them.
    package var attachments: [SealedAttachment] = []
    /// Whether the content has been erased.
    package var isRedacted = false
}

/// Opens the payload of an alert with a recipient's key.
package struct AlertOpener: Sendable {
    private let coding: any CBORCoding
    private let hasher: any Hashing
    private let verifier: any SignatureVerifying

    /// Makes an opener.
    package init(
        coding: any CBORCoding,
        hasher: any Hashing,
        verifier: any SignatureVerifying
    ) {
        self.coding = coding
        self.hasher = hasher
        self.verifier = verifier
    }

    /// Verifies a statement under its author's key.
    ///
    /// - Throws: ``AlertError/signatureInvalid``
    package func verify(
        _ statement: AlertStatement,
        authorKey: Ed25519PublicKey
    ) throws(AlertError) {
        let isSigned = statement.sign1.isSigned(
            by: authorKey,
            keyID: statement.keyID,
            coding: coding,
            hasher: hasher,
            verifier: verifier
        )
        guard isSigned else { throw .signatureInvalid }
    }

    /// Opens an alert.
    ///
    /// - Parameters:
    ///   - payload: the payload of the PUBLISH.
    ///   - key: the reader's encryption key.
    ///   - authorKey: gives the registered signing key of an agency, or nil.
    /// - Returns: the statement and the form; of an alert whose content has been erased, the
    ///   statement alone.
    /// - Throws: ``AlertError`` naming what does not hold.
    package func open(
        _ payload: ArraySlice<UInt8>,
        key: any ContentOpening,
        authorKey: (AgencyID) -> Ed25519PublicKey?
    ) throws(AlertError) -> OpenedAlert {
        let parts = try AlertPayload(
            decoding: payload,
            using: coding,
            limits: AlertLimits(
                statementByteCountMax: 64 << 10,
                contentByteCountMax: 256 << 20
            )
        )
        let statement = try AlertStatement(parts.statementItem, using: coding)
        guard let authorKey = authorKey(statement.issuer) else { throw .signatureInvalid }
        try verify(statement, authorKey: authorKey)
        guard !parts.isRedacted else {
            return OpenedAlert(statement: statement, form: [], isRedacted: true)
        }
        guard hasher.digest(parts.contentBytes) == statement.contentDigest else {
            throw .contentAltered
        }
        let plaintext: [UInt8]
        do throws(COSEError) {
            plaintext = try COSEEncrypt(decoding: parts.contentBytes, using: coding).open(
                keyID: COSEKeyThumbprint.of(key.publicKey, coding: coding, hasher: hasher),
                key: key,
                externalAAD: AlertBinding.of(statement.issuer, statement.alert, using: coding),
                using: coding
            )
        } catch {
            throw .content(error)
        }
        return try opened(plaintext, statement)
    }

    private func opened(
        _ plaintext: [UInt8],
        _ statement: AlertStatement
    ) throws(AlertError) -> OpenedAlert {
        guard let map = try? coding.decode(plaintext[...], limits: CBORLimits()).mapValue,
            let form = map["form"]?.bytesValue
        else { throw .innerMismatch("form") }
        let recipients = statement.header.to.map { CBORValue.text($0.description) }
        guard map["to"] == .array(recipients) else { throw .innerMismatch("list of recipients") }
        guard let labels = map["labels"],
            (try? AlertHeader(cbor: labels)) == statement.header
        else { throw .innerMismatch("labels") }
        guard
            let attachments = SealedAttachment.list(
                map["attachments"],
                references: statement.header.attachments
            )
        else { throw .innerMismatch("list of attachments") }
        return OpenedAlert(statement: statement, form: Array(form), attachments: attachments)
    }
}
