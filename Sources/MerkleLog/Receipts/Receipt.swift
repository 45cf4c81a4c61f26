package import Base
package import COSE

/// Why a receipt proves nothing.
package struct ReceiptError: Error, Hashable, Sendable {
    /// What is wrong.
    package let message: String
}

/// The proof that a statement stands in the log (RFC 9942), as its author reads it.
package struct Receipt: Hashable, Sendable {
    /// The log's name.
    package let origin: String
    /// The thumbprint of the key that signed it.
    package let keyID: [UInt8]
    /// The size of the tree that the proof is for.
    package let treeSize: UInt64
    /// The alert's index.
    package let leafIndex: UInt64
    /// The inclusion path.
    package let path: [Digest]
    /// The entry's time.
    package let time: WallTime
    /// When the broker took the alert.
    package let accepted: WallTime
    /// One count for each recipient.
    package let counts: [AlertEntryBody.Count]

    private let protected: ArraySlice<UInt8>
    private let signature: ArraySlice<UInt8>

    /// Reads a receipt.
    ///
    /// The proof may be wrapped in a byte string, as RFC 9942 has it, or stand plain.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(ReceiptError) {
        guard let value = try? coding.decode(bytes, limits: CBORLimits()),
            case .tagged(18, let item) = value, let parts = item.arrayValue, parts.count == 4,
            let protected = parts[0].bytesValue, let unprotected = parts[1].mapValue,
            parts[2] == .null, let signature = parts[3].bytesValue
        else { throw ReceiptError(message: "the receipt is no COSE_Sign1 with detached payload") }
        guard let header = try? coding.decode(protected, limits: CBORLimits()).mapValue,
            let algorithm = header[1]?.integerValue, algorithm == -19 || algorithm == -8,
            let keyID = header[4]?.bytesValue, header[395]?.integerValue == 1, header[2] == nil,
            let claims = header[15]?.mapValue, let origin = claims[2]?.textValue,
            claims[1]?.textValue == ReceiptSigner.issuerPrefix + origin
        else { throw ReceiptError(message: "the receipt's protected header is not that of a log") }
        guard let proof = Self.proof(unprotected, coding) else {
            throw ReceiptError(message: "the receipt carries no inclusion proof")
        }
        guard let context = unprotected["aviso"]?.mapValue,
            let time = context["time"]?.unsignedValue,
            let accepted = context["accepted"]?.unsignedValue,
            let counts = try? AlertEntryBody.counts(context["counts"], BodyFields(context))
        else { throw ReceiptError(message: "the receipt does not say time and counts") }
        self.origin = origin
        self.keyID = Array(keyID)
        (treeSize, leafIndex, path) = proof
        self.time = WallTime(milliseconds: time)
        self.accepted = WallTime(milliseconds: accepted)
        self.counts = counts
        self.protected = protected
        self.signature = signature
    }

    private static func proof(
        _ unprotected: CBORMap,
        _ coding: any CBORCoding
    ) -> (UInt64, UInt64, [Digest])? {
        guard let proofs = unprotected[396]?.mapValue?[-1]?.arrayValue, proofs.count == 1,
            let first = proofs.first
        else { return nil }
        let value: CBORValue
        if let wrapped = first.bytesValue {
            guard let decoded = try? coding.decode(wrapped, limits: CBORLimits()) else {
                return nil
            }
            value = decoded
        } else {
            value = first
        }
        guard let items = value.arrayValue, items.count == 3,
            let treeSize = items[0].unsignedValue, let leafIndex = items[1].unsignedValue,
            let steps = items[2].arrayValue
        else { return nil }
        let path = steps.compactMap { $0.bytesValue.flatMap { Digest($0) } }
        return path.count == steps.count ? (treeSize, leafIndex, path) : nil
    }

    /// The entry that the receipt speaks of.
    ///
    /// - Parameters:
    ///   - statement: the author's statement, with an empty unprotected header.
    ///   - type: what the statement is.
    ///   - coding: the CBOR engine.
    /// - Returns: the entry's encoding, which the leaf is the hash of.
    package func entry(
        statement: ArraySlice<UInt8>,
        as type: ReceiptedType = .alert,
        using coding: any CBORCoding
    ) -> [UInt8] {
        let body = AlertEntryBody(statement: statement, accepted: accepted, counts: counts)
        return LogEntry(time: time, body: EntryBody(type, body)).encode(using: coding)
    }

    /// Verifies that the log's key signed a tree in which the statement stands.
    ///
    /// - Parameters:
    ///   - statement: the author's statement, with an empty unprotected header.
    ///   - type: what the statement is.
    ///   - key: the log's key.
    ///   - origin: the log's name.
    ///   - coding: the CBOR engine.
    ///   - hasher: SHA-256.
    ///   - verifier: Ed25519.
    /// - Throws: ``ReceiptError`` naming what does not hold.
    package func verify(
        statement: ArraySlice<UInt8>,
        as type: ReceiptedType = .alert,
        key: Ed25519PublicKey,
        origin: String,
        coding: any CBORCoding,
        hasher: some Hashing,
        verifier: some SignatureVerifying
    ) throws(ReceiptError) {
        guard self.origin == origin else {
            throw ReceiptError(message: "the receipt is of log \(self.origin), not of \(origin)")
        }
        guard keyID == COSEKeyThumbprint.of(key, coding: coding, hasher: hasher) else {
            throw ReceiptError(message: "the receipt was signed with another key than the log's")
        }
        let leaf = hasher.leafHash(
            entry(statement: statement, as: type, using: coding)[...]
        )
        guard
            let root = MerkleProof.root(
                ofLeaf: leaf,
                index: leafIndex,
                treeSize: treeSize,
                path: path,
                using: hasher
            )
        else { throw ReceiptError(message: "the inclusion path has the wrong length") }
        let message = Self.signedMessage(protected: protected, rootHash: root, coding: coding)
        guard verifier.verify(signature: signature, message: message[...], key: key) else {
            throw ReceiptError(
                message: "the log's signature does not cover this statement, time and counts"
            )
        }
    }

    static func signedMessage(
        protected: ArraySlice<UInt8>,
        rootHash: Digest,
        coding: any CBORCoding
    ) -> [UInt8] {
        COSESign1.signatureStructure(
            protected: protected,
            payload: rootHash.bytes[...],
            using: coding
        )
    }
}
