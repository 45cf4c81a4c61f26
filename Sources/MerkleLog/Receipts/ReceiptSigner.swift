package import Base
package import COSE

/// Makes the receipts of one log: one signature for each batch, one path for each entry.
///
/// A receipt is a COSE Receipt (RFC 9942) whose detached payload is the batch's root.
package struct ReceiptSigner: Sendable {
    /// How the issuer claim begins; the origin follows.
    static let issuerPrefix = "urn:aviso:log:"

    // Room that is made at once for a step of the path, a count, and all that stands between.
    private static let stepByteCount = 2 + Digest.byteCount
    private static let countByteCount = 32
    private static let frameByteCount = 96

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
        var proof = CBORWriter(byteCount: (path.count + 1) * Self.stepByteCount, using: coding)
        proof.array(3)
        proof.unsigned(treeSize)
        proof.unsigned(leafIndex)
        proof.array(path.count)
        for step in path { proof.byteString(step) }
        let byteCount = protected.count + proof.bytes.count + signature.count
        var writer = CBORWriter(
            byteCount: byteCount + Self.frameByteCount + counts.count * Self.countByteCount,
            using: coding
        )
        writer.tag(COSESign1.tag)
        writer.array(4)
        writer.byteString(protected)
        writer.map(2)
        writer.integer(396)
        writer.map(1)
        writer.integer(-1)
        writer.array(1)
        writer.byteString(proof.bytes)
        writer.text("aviso")
        writer.map(3)
        writer.text("time")
        writer.unsigned(time.milliseconds)
        writer.text("counts")
        AlertEntryBody.write(counts, to: &writer)
        writer.text("accepted")
        writer.unsigned(accepted.milliseconds)
        writer.null()
        writer.byteString(signature)
        return writer.bytes
    }
}
