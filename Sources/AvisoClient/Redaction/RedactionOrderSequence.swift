import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec

/// The operator's orders of a subscription, verified, in the order of the log.
///
/// An order is acknowledged to the broker when the next one is asked for, or by
/// ``acknowledge()``: what was not taken comes again.
public final class RedactionOrderSequence: AsyncSequence, AsyncIteratorProtocol {
    /// What the sequence gives.
    public typealias Element = RedactionOrder

    private let profile: AvisoProfile
    private let deliveries: IndexedDeliveries

    init(profile: AvisoProfile, deliveries: IndexedDeliveries) {
        self.profile = profile
        self.deliveries = deliveries
    }

    /// The sequence is its own iterator: it can be gone through once.
    public func makeAsyncIterator() -> RedactionOrderSequence { self }

    /// Acknowledges what was given, without asking for more.
    public func acknowledge() { deliveries.acknowledge() }

    /// Waits for the next order.
    ///
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` for an order that no operator of
    ///   the directory has signed, others when the connection has ended for good.
    public func next() async throws -> RedactionOrder? {
        guard let (index, publish) = try await deliveries.next() else { return nil }
        let count = publish.properties.userProperty("aviso-count").flatMap { UInt64($0) } ?? 0
        return try profile.order(publish.payload, index: index, count: count)
    }
}

extension AvisoProfile {
    fileprivate func order(
        _ bytes: [UInt8],
        index: UInt64,
        count: UInt64
    ) throws(AvisoError) -> RedactionOrder {
        let statement: RedactionStatement
        do throws(AlertError) {
            statement = try RedactionStatement(decoding: bytes[...], using: LibCBOR())
            let issuer = statement.draft.issuer
            let isSigned = signingKeys(of: issuer).contains { key in
                statement.isSigned(
                    by: key,
                    coding: LibCBOR(),
                    hasher: SHA256(),
                    verifier: Cryptography()
                )
            }
            guard statement.draft.act == .order, members[issuer]?.role == .operatorStation, isSigned
            else { throw AlertError.signatureInvalid }
        } catch {
            throw AvisoError(.notVerified, "order at index \(index): \(error.message)")
        }
        let draft = statement.draft
        return RedactionOrder(
            index: index,
            alertIndex: draft.index,
            alert: draft.alert.urn,
            count: count,
            by: draft.issuer.description,
            issuedAt: RFC3339.format(draft.issuedAt),
            order: draft.basis.description,
            reason: draft.reason,
            statement: statement.canonicalBytes
        )
    }
}
