/// Why bytes are not the COSE message that was asked for, or why it does not hold.
package enum COSEError: Error, Hashable, Sendable {
    /// The bytes are not CBOR.
    case invalidCBOR(CBORError)
    /// The item is not the tagged array that the message is (RFC 9052 2).
    case notTheMessage(tag: UInt64)
    /// A part of the message is not of its type.
    case invalidPart(String)
    /// A header label that is neither integer nor text, or stands in both headers (RFC 9052 3).
    case invalidHeader(String)
    /// A list of critical labels, none of which is understood here (RFC 9052 3.1).
    case criticalHeader
    /// Another algorithm than this network uses.
    case unsupportedAlgorithm(String)
    /// There is no entry for the key.
    case notARecipient
    /// A public key that nothing can be encrypted to.
    case invalidRecipientKey
    /// The ciphertext was altered, or is meant for somebody else.
    case notAuthentic
    /// The engine failed; its own words.
    case engineFailed(String)

    /// What is wrong, as a sentence without its subject: "it …".
    package var reason: String {
        switch self {
        case .invalidCBOR(let error): "it is not the CBOR that is used here (\(error.reason))"
        case .notTheMessage(let tag): "it is not the array behind tag \(tag)"
        case .invalidPart(let part): "its \(part) is missing or of a wrong type"
        case .invalidHeader(let label): "its header label \(label) is invalid or stands twice"
        case .criticalHeader: "it declares header labels critical, which is not supported"
        case .unsupportedAlgorithm(let part): "its \(part) uses an algorithm that is not supported"
        case .notARecipient: "it is not encrypted to this key"
        case .invalidRecipientKey: "a recipient's public key cannot be encrypted to"
        case .notAuthentic: "it was altered, or is meant for another key"
        case .engineFailed(let words): "the cryptographic library failed (\(words))"
        }
    }
}
