/// Why a cryptographic operation did not succeed.
package enum CryptoError: Error, Hashable, Sendable {
    /// A ciphertext that its key, nonce or additional data does not fit: altered, or meant for
    /// somebody else.
    case notAuthentic
    /// A public key of small order, with which no secret can be agreed.
    case weakPublicKey
    /// A library refused; its own words.
    case libraryFailed(String)

    /// What happened, as a sentence.
    package var message: String {
        switch self {
        case .notAuthentic: "The ciphertext was altered, or is meant for another key."
        case .weakPublicKey: "The X25519 public key is one with which no secret can be agreed."
        case .libraryFailed(let reason): "The cryptographic library failed: \(reason)."
        }
    }
}
