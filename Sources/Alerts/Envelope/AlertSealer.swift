package import Base
package import COSE

/// Makes the payload of an alert: encrypts the form to each recipient and signs the whole.
package struct AlertSealer: Sendable {
    private let coding: any CBORCoding
    private let hasher: any Hashing
    private let cryptography: any COSECryptography

    /// Makes a sealer.
    package init(
        coding: any CBORCoding,
        hasher: any Hashing,
        cryptography: any COSECryptography
    ) {
        self.coding = coding
        self.hasher = hasher
        self.cryptography = cryptography
    }

    /// What an alert says beside its form.
    package struct Draft: Sendable {
        /// Where it goes and how it is labelled.
        package let header: AlertHeader
        /// The author.
        package let issuer: AgencyID
        /// The alert's identifier, version 7.
        package let alert: UUID
        /// When it is issued.
        package let issuedAt: WallTime
        /// When it loses its meaning, if ever.
        package let expires: WallTime?

        /// Makes a draft.
        package init(
            header: AlertHeader,
            issuer: AgencyID,
            alert: UUID,
            issuedAt: WallTime,
            expires: WallTime?
        ) {
            self.header = header
            self.issuer = issuer
            self.alert = alert
            self.issuedAt = issuedAt
            self.expires = expires
        }
    }

    /// Seals a form.
    ///
    /// - Parameters:
    ///   - form: the form, JSON in UTF-8.
    ///   - draft: everything else.
    ///   - key: the author's signing key.
    ///   - recipients: the encryption keys of exactly the agencies that the header names.
    ///   - attachments: the files that the header names, in its order.
    /// - Returns: the payload to publish.
    /// - Throws: ``AlertError`` if a recipient's key cannot be encrypted to.
    package func seal(
        form: [UInt8],
        draft: Draft,
        key: any MessageSigning,
        recipients: [X25519PublicKey],
        attachments: [SealedAttachment] = []
    ) throws(AlertError) -> [UInt8] {
        guard attachments.map(\.reference) == draft.header.attachments else {
            throw .innerMismatch("list of attachments")
        }
        let routing = draft.header.cbor
        let plaintext = Self.plaintext(form, routing, draft.header, attachments, coding)
        let content: [UInt8]
        do throws(COSEError) {
            content = try COSEEncrypt.seal(
                plaintext[...],
                externalAAD: AlertBinding.of(draft.issuer, draft.alert, using: coding),
                to: recipients.map {
                    ($0, COSEKeyThumbprint.of($0, coding: coding, hasher: hasher))
                },
                coding: coding,
                cryptography: cryptography
            )
        } catch {
            throw .content(error)
        }
        var claims = CBORMap([
            .init(.integer(ClaimLabel.issuer), .text(draft.issuer.urn)),
            .init(.integer(ClaimLabel.subject), .text(draft.alert.urn)),
            .init(.integer(ClaimLabel.issuedAt), .unsigned(draft.issuedAt.seconds)),
        ])
        if let expires = draft.expires {
            claims.append(.integer(ClaimLabel.expires), .unsigned(expires.seconds))
        }
        let keyID = COSEKeyThumbprint.of(key.publicKey, coding: coding, hasher: hasher)
        let statement = COSESign1(
            header: CBORMap([
                .init(.integer(HeaderLabel.algorithm), .integer(Algorithm.ed25519)),
                .init(.integer(HeaderLabel.keyID), .bytes(keyID)),
                .init(.integer(HeaderLabel.claims), .map(claims)),
                .init(.integer(HeaderLabel.type), .text(AlertStatement.contentType)),
                .init(.integer(HeaderLabel.payloadHashAlgorithm), .integer(Algorithm.sha256)),
                .init(
                    .integer(HeaderLabel.preimageContentType),
                    .text(AlertStatement.preimageContentType)
                ),
                .init(.text("aviso"), routing),
            ]),
            payload: hasher.digest(content[...]).bytes,
            key: key,
            using: coding
        )
        return AlertPayload.join(statement: statement.encode(using: coding), content: content)
    }

    private static func plaintext(
        _ form: [UInt8],
        _ routing: CBORValue,
        _ header: AlertHeader,
        _ attachments: [SealedAttachment],
        _ coding: any CBORCoding
    ) -> [UInt8] {
        var map = CBORMap([
            .init(.text("to"), .array(header.to.map { .text($0.description) })),
            .init(.text("labels"), routing),
            .init(.text("form"), .bytes(form)),
        ])
        if !attachments.isEmpty {
            map.append(.text("attachments"), .array(attachments.map(\.cbor)))
        }
        return coding.encode(.map(map))
    }
}

/// What the content is bound to: it cannot be passed off as another author's or another alert's.
enum AlertBinding {
    static func of(_ issuer: AgencyID, _ alert: UUID, using coding: any CBORCoding) -> [UInt8] {
        coding.encode(.array([.text("aviso-content"), .text(issuer.urn), .text(alert.urn)]))
    }
}
