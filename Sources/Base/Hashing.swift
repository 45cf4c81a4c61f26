/// SHA-256, handed in to the formats and machines so that they stay free of C libraries.
package protocol Hashing: Sendable {
    /// SHA-256 of `bytes`.
    func digest(_ bytes: ArraySlice<UInt8>) -> Digest

    /// The Merkle leaf hash `SHA-256(0x00 || entry)` (RFC 9162 2.1.1).
    func leafHash(_ entry: ArraySlice<UInt8>) -> Digest

    /// The Merkle node hash `SHA-256(0x01 || left || right)` (RFC 9162 2.1.1).
    func nodeHash(_ left: Digest, _ right: Digest) -> Digest
}
