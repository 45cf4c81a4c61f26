/// Public keys as others take them (RFC 9052 7).
package enum COSEKey {
    // Parameters: kty (1) = OKP (1), kid (2), alg (3), crv (-1) = Ed25519 (6), x (-2).
    private static let curveEd25519 = 6

    /// A key that verifies signatures.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - keyID: what signatures name it by.
    /// - Returns: the COSE_Key.
    package static func verifying(_ key: Ed25519PublicKey, keyID: [UInt8]) -> CBORValue {
        .map(
            CBORMap([
                CBORMap.Pair(.integer(1), .integer(1)),
                CBORMap.Pair(.integer(2), .bytes(keyID)),
                CBORMap.Pair(.integer(3), .integer(Algorithm.ed25519)),
                CBORMap.Pair(.integer(-1), .integer(curveEd25519)),
                CBORMap.Pair(.integer(-2), .bytes(key.bytes)),
            ])
        )
    }
}
