package import Base

/// Key identifiers: the SHA-256 COSE key thumbprint (RFC 9679).
package enum COSEKeyThumbprint {
    // COSE key parameters: kty (1) = OKP (1), crv (-1), x (-2), in deterministic order.
    private static let curveEd25519 = 6
    private static let curveX25519 = 4

    /// The thumbprint of a signing key.
    package static func of(
        _ key: Ed25519PublicKey,
        coding: any CBORCoding,
        hasher: any Hashing
    ) -> [UInt8] {
        identify(curve: curveEd25519, x: key.bytes, coding: coding, hasher: hasher)
    }

    /// The thumbprint of an encryption key.
    package static func of(
        _ key: X25519PublicKey,
        coding: any CBORCoding,
        hasher: any Hashing
    ) -> [UInt8] {
        identify(curve: curveX25519, x: key.bytes, coding: coding, hasher: hasher)
    }

    private static func identify(
        curve: Int,
        x: [UInt8],
        coding: any CBORCoding,
        hasher: any Hashing
    ) -> [UInt8] {
        of(
            requiredParameters: CBORMap([
                CBORMap.Pair(.integer(1), .integer(1)),
                CBORMap.Pair(.integer(-1), .integer(curve)),
                CBORMap.Pair(.integer(-2), .bytes(x)),
            ]),
            coding: coding,
            hasher: hasher
        )
    }

    /// The thumbprint of any key, of whose parameters only the required ones are handed in.
    package static func of(
        requiredParameters: CBORMap,
        coding: any CBORCoding,
        hasher: any Hashing
    ) -> [UInt8] {
        hasher.digest(coding.encode(.map(requiredParameters))[...]).bytes
    }
}
