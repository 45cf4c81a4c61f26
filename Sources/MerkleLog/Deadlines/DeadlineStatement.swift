package import Base
package import COSE

/// The log's signed word on the deadlines of an alert: that no answer stood in it at size n, or
/// which ones did.
package struct DeadlineStatement: Sendable {
    /// The content type of a statement (header label 16).
    package static let contentType = "application/aviso-deadline+cose"
    /// The most bytes of a statement.
    package static let byteCountMax = 64 << 10

    /// What it says.
    package let report: DeadlineReport
    /// The thumbprint of the key that signed it.
    package let keyID: [UInt8]

    private let sign1: COSESign1

    /// Signs a report.
    ///
    /// - Parameters:
    ///   - report: what is said.
    ///   - key: the log's key.
    ///   - keyID: its thumbprint.
    ///   - coding: the CBOR engine.
    /// - Returns: the encoding.
    package static func sign(
        _ report: DeadlineReport,
        key: any MessageSigning,
        keyID: [UInt8],
        using coding: any CBORCoding
    ) -> [UInt8] {
        let claims = CBORMap([
            .init(.integer(ClaimLabel.issuer), .text(ReceiptSigner.issuerPrefix + report.origin)),
            .init(.integer(ClaimLabel.subject), .text(report.alert)),
        ])
        let statement = COSESign1(
            header: CBORMap([
                .init(.integer(HeaderLabel.algorithm), .integer(Algorithm.ed25519)),
                .init(.integer(HeaderLabel.keyID), .bytes(keyID)),
                .init(.integer(HeaderLabel.claims), .map(claims)),
                .init(.integer(HeaderLabel.type), .text(contentType)),
            ]),
            payload: coding.encode(report.cbor),
            key: key,
            using: coding
        )
        return statement.encode(using: coding)
    }

    /// Whether bytes say of themselves that they are such a statement.
    package static func isOne(_ bytes: [UInt8], using coding: any CBORCoding) -> Bool {
        let message = try? COSESign1(decoding: bytes[...], using: coding)
        return message?.header[HeaderLabel.type]?.textValue == contentType
    }

    /// Reads a statement, whose signature is still to be verified.
    ///
    /// - Throws: ``ReceiptError`` naming what is missing or wrong.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(ReceiptError) {
        guard bytes.count <= Self.byteCountMax,
            let message = try? COSESign1(decoding: bytes, using: coding),
            message.unprotectedHeader.pairs.isEmpty, let payload = message.payload
        else { throw ReceiptError(message: "the statement is no COSE_Sign1 with its payload") }
        let header = message.header
        guard header[HeaderLabel.type]?.textValue == Self.contentType,
            let algorithm = header[HeaderLabel.algorithm]?.integerValue,
            algorithm == Algorithm.ed25519 || algorithm == Algorithm.edDSA,
            let keyID = header[HeaderLabel.keyID]?.bytesValue,
            let claims = header[HeaderLabel.claims]?.mapValue
        else {
            throw ReceiptError(message: "the protected header is not that of \(Self.contentType)")
        }
        guard let value = try? coding.decode(payload, limits: CBORLimits(itemCountMax: 4096)) else {
            throw ReceiptError(message: "the payload is no CBOR")
        }
        report = try DeadlineReport(cbor: value)
        guard claims[ClaimLabel.issuer]?.textValue == ReceiptSigner.issuerPrefix + report.origin,
            claims[ClaimLabel.subject]?.textValue == report.alert
        else { throw ReceiptError(message: "the claims are not those of log and alert") }
        self.keyID = Array(keyID)
        sign1 = message
    }

    /// Verifies that the log's key has signed it.
    ///
    /// - Parameters:
    ///   - key: the log's key.
    ///   - origin: the log's name.
    ///   - coding: the CBOR engine.
    ///   - hasher: SHA-256.
    ///   - verifier: Ed25519.
    /// - Throws: ``ReceiptError`` naming what does not hold.
    package func verify(
        key: Ed25519PublicKey,
        origin: String,
        coding: any CBORCoding,
        hasher: any Hashing,
        verifier: any SignatureVerifying
    ) throws(ReceiptError) {
        guard report.origin == origin else {
            throw ReceiptError(
                message: "the statement is of log \(report.origin), not of \(origin)"
            )
        }
        guard keyID == COSEKeyThumbprint.of(key, coding: coding, hasher: hasher) else {
            throw ReceiptError(message: "the statement was signed with another key than the log's")
        }
        let message = sign1.signatureStructure(using: coding)
        guard verifier.verify(signature: sign1.signature, message: message[...], key: key) else {
            throw ReceiptError(message: "the log's signature does not cover what the file says")
        }
    }
}
