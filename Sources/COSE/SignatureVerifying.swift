/// Ed25519 verification, handed in so that formats and machines stay free of C libraries.
package protocol SignatureVerifying: Sendable {
    /// Whether `signature` is `key`'s signature over `message`.
    func verify(
        signature: ArraySlice<UInt8>,
        message: ArraySlice<UInt8>,
        key: Ed25519PublicKey
    ) -> Bool
}
