/// Labels of COSE headers, as IANA's registry "COSE Header Parameters" numbers them.
package enum HeaderLabel {
    /// `alg`: the algorithm (RFC 9052 3.1).
    package static let algorithm = 1
    /// `crit`: the labels that a reader must understand (RFC 9052 3.1).
    package static let critical = 2
    /// `kid`: the key's identifier (RFC 9052 3.1).
    package static let keyID = 4
    /// `IV`: the nonce (RFC 9052 3.1).
    package static let nonce = 5
    /// `CWT Claims` (RFC 9597).
    package static let claims = 15
    /// `typ`: the type of the whole message (RFC 9596).
    package static let type = 16
    /// `payload-hash-alg`: with what the payload was hashed (RFC 9995).
    package static let payloadHashAlgorithm = 258
    /// `preimage content type`: what was hashed (RFC 9995).
    package static let preimageContentType = 259
    /// `ek`: HPKE's encapsulated key (draft-ietf-cose-hpke).
    package static let encapsulatedKey = -4
}

/// Labels of CWT claims, as IANA's registry "CBOR Web Token (CWT) Claims" numbers them.
package enum ClaimLabel {
    /// `iss`: who says it.
    package static let issuer = 1
    /// `sub`: about what.
    package static let subject = 2
    /// `exp`: until when it is valid.
    package static let expires = 4
    /// `iat`: when it was issued.
    package static let issuedAt = 6
}

/// Algorithms, as IANA's registry "COSE Algorithms" numbers them.
package enum Algorithm {
    /// Ed25519 signatures (RFC 9864).
    package static let ed25519 = -19
    /// EdDSA signatures on the curve of the key (RFC 9053), the older name.
    package static let edDSA = -8
    /// SHA-256 (RFC 9054).
    package static let sha256 = -16
    /// ChaCha20/Poly1305 (RFC 9053 4.3).
    package static let chaCha20Poly1305 = 24
    /// HPKE-4-KE: a key encrypted with X25519, HKDF-SHA256 and ChaCha20-Poly1305
    /// (draft-ietf-cose-hpke).
    package static let hpke4KeyEncryption = 50
}
