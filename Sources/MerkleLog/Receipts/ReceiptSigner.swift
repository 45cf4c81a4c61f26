package import Base
package import COSE

/// Makes the receipts of one log: one signature for each batch, one path for each entry.
///
/// A receipt is a COSE Receipt (RFC 9942) whose detached payload is the batch's root.
package struct ReceiptSigner: Sendable {
    /// How the issuer claim begins; the origin follows.
    static let issuerPrefix = "urn:aviso:log:"

    private let coding: any CBORCoding
    private let protected: [UInt8]

    /// Makes the signer of a log.
    ///
    /// - Parameters:
    ///   - origin: the log's name.
    ///   - keyID: the thumbprint of the log's key.
    ///   - coding: the CBOR engine.
    package init(origin: String, keyID: [UInt8], coding: any CBORCoding) {
        self.coding = coding
        protected = coding.encode(
            .map(
                CBORMap([
                    CBORMap.Pair(.integer(1), .integer(-19)),
                    CBORMap.Pair(.integer(4), .bytes(keyID)),
                    CBORMap.Pair(
                        .integer(15),
                        .map(
                            CBORMap([
                                CBORMap.Pair(.integer(1), .text(Self.issuerPrefix + origin)),
                                CBORMap.Pair(.integer(2), .text(origin)),
                            ])
                        )
                    ),
                    CBORMap.Pair(.integer(395), .integer(1)),
                ])
            )
        )
    }

    /// What is to be signed for a root (RFC 9052 4.4).
    package func message(rootHash: Digest) -> [UInt8] {
        Receipt.signedMessage(protected: protected[...], rootHash: rootHash, coding: coding)
    }

    /// Puts a receipt together.
    ///
    /// - Parameters:
    ///   - treeSize: the size of the batch's tree.
    ///   - leafIndex: the entry's index.
    ///   - path: its inclusion path.
    ///   - signature: the signature over ``message(rootHash:)``.
    ///   - time: the entry's time.
    ///   - accepted: when the broker took the alert.
    ///   - counts: one count for each recipient.
    /// - Returns: the receipt's encoding.
    package func receipt(
        treeSize: UInt64,
        leafIndex: UInt64,
        path: [Digest],
        signature: [UInt8],
        time: WallTime,
        accepted: WallTime,
        counts: [AlertEntryBody.Count]
    ) -> [UInt8] {
        let proof = coding.encode(
            .array([
                .unsigned(treeSize), .unsigned(leafIndex), .array(path.map { .bytes($0.bytes) }),
            ])
        )
        let unprotected = CBORMap([
            CBORMap.Pair(
                .integer(396),
                .map(CBORMap([CBORMap.Pair(.integer(-1), .array([.bytes(proof)]))]))
            ),
            CBORMap.Pair(
                .text("aviso"),
                .map(
                    CBORMap([
                        CBORMap.Pair(.text("time"), .unsigned(time.milliseconds)),
                        CBORMap.Pair(.text("counts"), AlertEntryBody.cbor(counts)),
                        CBORMap.Pair(.text("accepted"), .unsigned(accepted.milliseconds)),
                    ])
                )
            ),
        ])
        return coding.encode(
            .tagged(18, .array([.bytes(protected), .map(unprotected), .null, .bytes(signature)]))
        )
    }
}
