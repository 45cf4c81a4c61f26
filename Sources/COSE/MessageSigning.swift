/// A private signing key (Ed25519), handed in so that the formats never hold its bytes.
package protocol MessageSigning: Sendable {
    /// The public half.
    var publicKey: Ed25519PublicKey { get }

    /// Signs `message`.
    ///
    /// - Returns: the signature, 64 bytes.
    func sign(_ message: ArraySlice<UInt8>) -> [UInt8]
}
