package import COSE

/// Why bytes are no alert, or not an alert for this reader.
package enum AlertError: Error, Hashable, Sendable {
    /// The payload is not the array `[statement, content]`.
    case notAPayload(CBORError?)
    /// The statement has more bytes than allowed.
    case statementTooLarge(limit: Int)
    /// The content has more bytes than allowed.
    case contentTooLarge(byteCount: Int, limit: Int)
    /// The statement is no COSE_Sign1.
    case statement(COSEError)
    /// A claim or label of the statement's header is missing or wrong.
    case header(String)
    /// The routing header breaks a rule.
    case routing(AlertHeaderError)
    /// The content is no COSE_Encrypt, or cannot be opened.
    case content(COSEError)
    /// The signature does not verify under the author's key.
    case signatureInvalid
    /// The content is not the one that was signed.
    case contentAltered
    /// What stands inside the content differs from the signed header.
    case innerMismatch(String)

    /// A sentence for the author or reader, in English.
    package var message: String { wording.english }

    /// The same sentence, for readers of other languages.
    package var wording: Wording {
        switch self {
        case .notAPayload(nil):
            "the payload is not the CBOR array [statement, content]"
        case .notAPayload(let error?):
            "the payload is not the CBOR array [statement, content]: \(error.reason)"
        case .statementTooLarge(let limit):
            "the statement has more than the \(limit) bytes that are allowed"
        case .contentTooLarge(let byteCount, let limit):
            "the content has \(byteCount) bytes, and \(limit) are allowed: send large files as "
                + "attachments"
        case .statement(let error): "the statement is not valid: \(error.reason)"
        case .header(let label): "the statement's header is not valid: \(label)"
        case .routing(let error): "the statement's header is not valid: \(error.wording)"
        case .content(let error): "the content is not valid: \(error.reason)"
        case .signatureInvalid:
            "the signature does not verify under the author's registered key"
        case .contentAltered:
            "SHA-256 of the content differs from the digest that the statement signs"
        case .innerMismatch(let field):
            "the sealed \(field) differs from the signed header"
        }
    }

    /// Whether a limit was exceeded, rather than a rule broken.
    package var isQuota: Bool {
        switch self {
        case .statementTooLarge, .contentTooLarge: true
        default: false
        }
    }
}
