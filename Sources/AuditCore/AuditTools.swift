package import COSE
package import Base

/// The engines that an audit computes with, handed in.
package struct AuditTools: Sendable {
    /// The CBOR engine.
    package let coding: any CBORCoding
    /// SHA-256.
    package let hasher: any Hashing
    /// Ed25519.
    package let verifier: any SignatureVerifying

    /// Collects the engines.
    package init(
        coding: any CBORCoding,
        hasher: any Hashing,
        verifier: any SignatureVerifying
    ) {
        self.coding = coding
        self.hasher = hasher
        self.verifier = verifier
    }
}

/// How much of a log is checked.
package enum AuditDepth: Hashable, Sendable {
    /// Leaves, roots and checkpoints.
    case tree
    /// All that, and what the entries say: signatures, keys, permissions, counts, times.
    case full
}
