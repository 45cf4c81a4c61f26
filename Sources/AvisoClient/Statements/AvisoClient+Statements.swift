import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec
import MerkleLog

/// The signed statements beside alerts: published, logged, and proved to be so.
extension AvisoClient {
    /// Publishes a statement, and waits until the broker has it on stable storage.
    ///
    /// - Parameters:
    ///   - statement: the statement.
    ///   - type: what it is.
    /// - Returns: its receipt, read and as it came.
    /// - Throws: ``AvisoError``: the broker's refusal, or a receipt that does not hold.
    func publish<Statement: MemberStatement>(
        statement: Statement,
        as type: ReceiptedType
    ) async throws(AvisoError) -> (proof: Receipt, receipt: [UInt8]) {
        let pubAck = try await connection.publish(
            topicName: Statement.topicName,
            payload: statement.canonicalBytes
        )
        guard !pubAck.reasonCode.isError else {
            throw AvisoError(
                .refused,
                pubAck.properties.reasonString ?? pubAck.reasonCode.name,
                reasonCode: pubAck.reasonCode.rawValue
            )
        }
        guard
            let receipt = pubAck.properties.userProperty("aviso-receipt")
                .flatMap({ Base64.decodeURL($0) })
        else { throw AvisoError(.notVerified, "the broker logged it without a receipt") }
        return (try profile.verifyReceipt(receipt, of: statement, as: type), receipt)
    }

    /// Reads back what this library has signed.
    func signed<Statement: MemberStatement>(_ bytes: [UInt8]) throws(AvisoError) -> Statement {
        do throws(AlertError) {
            return try Statement(decoding: bytes[...], using: LibCBOR())
        } catch {
            throw AvisoError(.invalidInput, error.message)
        }
    }
}

extension AvisoProfile {
    /// Verifies the receipt of a statement.
    ///
    /// What was logged before a change of the log's key is verified with the key of then.
    ///
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified``.
    func verifyReceipt(
        _ receipt: [UInt8],
        of statement: some MemberStatement,
        as type: ReceiptedType
    ) throws(AvisoError) -> Receipt {
        var failure = "the log has no key"
        for key in [logKey] + formerLogKeys {
            do throws(ReceiptError) {
                let proof = try Receipt(decoding: receipt[...], using: LibCBOR())
                try proof.verify(
                    statement: statement.canonicalBytes[...],
                    as: type,
                    key: key.publicKey,
                    origin: logOrigin,
                    coding: LibCBOR(),
                    hasher: SHA256(),
                    verifier: Cryptography()
                )
                return proof
            } catch {
                failure = error.message
            }
        }
        throw AvisoError(.notVerified, failure)
    }
}
