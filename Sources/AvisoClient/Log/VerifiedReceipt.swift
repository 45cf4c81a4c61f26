import Alerts
import Base
import CBOR
import COSE
import Crypto
import Glibc
import MerkleLog

/// What a receipt proves.
public struct VerifiedReceipt: Hashable, Sendable {
    /// The alert, `urn:uuid:…`.
    public let alert: String
    /// Its author, such as `CO:PONAL`.
    public let author: String
    /// `actual`, `exercise` or `test`.
    public let status: String
    /// Its place in the log.
    public let index: UInt64
    /// The size of the log that the receipt was signed for.
    public let treeSize: UInt64
    /// The log's name.
    public let origin: String
    /// When it was sequenced, RFC 3339.
    public let time: String
    /// For each recipient, the how-manyeth alert addressed to it this is.
    public let counts: [String: UInt64]
}

extension AvisoProfile {
    /// Verifies a receipt with nothing but the keys of the profile.
    ///
    /// - Parameters:
    ///   - receipt: the COSE Receipt; nil if `bytes` are a transparent statement that has it.
    ///   - bytes: the signed statement, a transparent statement, or the published payload.
    /// - Returns: what the receipt proves.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming what does not hold.
    public func verifyReceipt(
        _ receipt: [UInt8]?,
        statement bytes: [UInt8]
    ) throws(AvisoError) -> VerifiedReceipt {
        let statement = try statement(in: bytes)
        guard let receipt = receipt ?? TransparentStatement.receipt(in: statement.sign1) else {
            throw AvisoError(.invalidInput, "there is no receipt in the file, and none was given")
        }
        guard !signingKeys(of: statement.issuer).isEmpty else {
            throw AvisoError(.notVerified, "\(statement.issuer) is not in the directory")
        }
        do {
            try verifyAuthor(statement)
            let proof = try Receipt(decoding: receipt[...], using: LibCBOR())
            try verify(proof, of: statement)
            return VerifiedReceipt(
                alert: statement.alert.urn,
                author: statement.issuer.description,
                status: statement.header.status.rawValue,
                index: proof.leafIndex,
                treeSize: proof.treeSize,
                origin: proof.origin,
                time: RFC3339.format(proof.time),
                counts: Dictionary(
                    proof.counts.map { ($0.agency, $0.count) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        } catch let error as AlertError {
            throw AvisoError(.notVerified, error.message)
        } catch let error as ReceiptError {
            throw AvisoError(.notVerified, error.message)
        } catch {
            throw AvisoError(.notVerified, "\(error)")
        }
    }

    private func verify(_ proof: Receipt, of statement: AlertStatement) throws(ReceiptError) {
        try verifyWithLogKeys { key throws(ReceiptError) in
            try proof.verify(
                statement: statement.canonicalBytes[...],
                key: key,
                origin: logOrigin,
                coding: LibCBOR(),
                hasher: SHA256(),
                verifier: Cryptography()
            )
        }
    }

    /// Verifies what the log has signed: before a change of its key, with the key of then.
    ///
    /// - Parameter verify: verifies it with one key.
    /// - Throws: what the present key has against it, if no key will do.
    func verifyWithLogKeys(
        _ verify: (Ed25519PublicKey) throws(ReceiptError) -> Void
    ) throws(ReceiptError) {
        var failure: ReceiptError?
        for key in [logKey] + formerLogKeys {
            do throws(ReceiptError) {
                return try verify(key.publicKey)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func statement(in bytes: [UInt8]) throws(AvisoError) -> AlertStatement {
        do throws(AlertError) {
            // A payload is an array of two, a statement a tagged array.
            guard bytes.first == 0x82 else {
                return try AlertStatement(decoding: bytes[...], using: LibCBOR())
            }
            let parts = try AlertPayload(
                decoding: bytes[...],
                using: LibCBOR(),
                limits: AlertLimits(
                    statementByteCountMax: 64 << 10,
                    contentByteCountMax: 256 << 20
                )
            )
            return try AlertStatement(parts.statementItem, using: LibCBOR())
        } catch {
            throw AvisoError(.notVerified, error.message)
        }
    }

    /// What has become of an alert that the log has accepted: its receipt is kept.
    ///
    /// That it cannot be kept must not look like a refusal: who publishes again has two alerts.
    func published(
        _ sealed: SealedAlert,
        _ proof: VerifiedReceipt,
        _ receipt: [UInt8]
    ) -> PublishedAlert {
        var file: String?
        var failure: AvisoError?
        do throws(AvisoError) {
            file = try keep(receipt, of: sealed)
        } catch {
            failure = error
        }
        return PublishedAlert(
            index: proof.index,
            alert: proof.alert,
            counts: proof.counts,
            receipt: receipt,
            file: file,
            keepingFailure: failure
        )
    }

    // The receipt with its statement, in one file; none if the payload is no alert's.
    private func keep(_ receipt: [UInt8], of sealed: SealedAlert) throws(AvisoError) -> String? {
        guard
            let parts = try? AlertPayload(
                decoding: sealed.payload[...],
                using: LibCBOR(),
                limits: AlertLimits()
            ), let statement = try? COSESign1(parts.statementItem, using: LibCBOR())
        else { return nil }
        let transparent = TransparentStatement.join(
            statement: statement,
            receipt: receipt,
            using: LibCBOR()
        )
        _ = unsafe mkdir(receipts, 0o700)
        let path = receiptFile(alert: sealed.alert)
        try PrivateFile.replace(path, with: transparent)
        return path
    }

    /// The file in which the receipt of an alert is kept.
    public func receiptFile(alert: String) -> String {
        "\(receipts)/\(alert.split(separator: ":").last.map(String.init) ?? alert).cose"
    }
}
