import Base
import COSE

/// An author's signature that is to be verified, under the key that was in force at the entry.
///
/// Verifying needs nothing else, so that all processors can take part.
package struct SignatureCheck: Sendable {
    let index: UInt64
    let author: String
    let key: Ed25519PublicKey
    let signature: ArraySlice<UInt8>
    let message: [UInt8]

    /// Verifies signatures, in order.
    ///
    /// - Parameters:
    ///   - checks: what is to be verified.
    ///   - tools: the engines.
    /// - Returns: the first that does not hold, or nil.
    package static func firstFailure(
        in checks: ArraySlice<SignatureCheck>,
        tools: AuditTools
    ) -> AuditViolation? {
        for check in checks where !check.holds(tools) {
            let keyID = COSEKeyThumbprint.of(check.key, coding: tools.coding, hasher: tools.hasher)
            return AuditViolation(
                .signature,
                at: check.index,
                "the signature of \(check.author) does not cover the statement",
                expected: "a signature of key \(Hex.encode(keyID))",
                found: Hex.encode(Array(check.signature))
            )
        }
        return nil
    }

    private func holds(_ tools: AuditTools) -> Bool {
        tools.verifier.verify(signature: signature, message: message[...], key: key)
    }
}
