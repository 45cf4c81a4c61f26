/// The public half of a key that signs (RFC 8032).
package struct Ed25519PublicKey: Hashable, Sendable {
    /// The number of bytes of a key.
    package static let byteCount = 32

    /// The 32 bytes of the key.
    package let bytes: [UInt8]

    /// Makes a key of exactly 32 bytes.
    ///
    /// The result is nil if there are not exactly 32 of them.
    ///
    /// - Parameter bytes: the bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Ed25519PublicKey.byteCount else { return nil }
        self.bytes = Array(bytes)
    }
}
