import Alerts
import Base
import CBOR
import COSE
import ClientCore
import Crypto
import EventLoop
import MQTTCodec
import MerkleLog

/// The erasure of contents by order of the operator.
extension AvisoClient {
    /// Orders the erasure of an alert's content; for operators.
    ///
    /// When this returns, the order stands in the log and the broker has erased the content.
    ///
    /// - Parameters:
    ///   - index: the alert's place in the log.
    ///   - order: the document that orders it, whose SHA-256 is signed.
    ///   - reason: the reason in words, up to 500 characters, which all recipients read.
    /// - Returns: the order's place in the log, with its receipt.
    /// - Throws: ``AvisoError``: there is no such alert, the broker's refusal, or a receipt that
    ///   does not hold.
    public func redact(
        index: UInt64,
        order: [UInt8],
        reason: String? = nil
    ) async throws(AvisoError) -> LoggedRedaction {
        let reasonCount = reason?.unicodeScalars.count ?? 0
        guard reasonCount <= RedactionStatement.reasonCountMax else {
            throw AvisoError(
                .invalidInput,
                "the reason has \(reasonCount) characters, and "
                    + "\(RedactionStatement.reasonCountMax) are allowed"
            )
        }
        return try await state(
            .order,
            index: index,
            alert: try await alert(at: index),
            basis: SHA256().digest(order[...]),
            reason: reason
        )
    }

    /// Confirms that this agency has erased its own copy of an alert's content.
    ///
    /// - Parameter order: the order, as the broker delivered it.
    /// - Returns: the confirmation's place in the log, with its receipt.
    /// - Throws: ``AvisoError``: the broker's refusal, or a receipt that does not hold.
    public func confirm(_ order: RedactionOrder) async throws(AvisoError) -> LoggedRedaction {
        guard let alert = UUID(urn: order.alert) else {
            throw AvisoError(.invalidInput, "\(order.alert) is no urn:uuid:")
        }
        return try await state(
            .confirmation,
            index: order.alertIndex,
            alert: alert,
            basis: SHA256().digest(order.statement[...]),
            reason: nil
        )
    }

    /// Subscribes to the operator's orders on alerts that name this agency.
    ///
    /// - Parameter start: where to begin; nil for the present, or where the session stands.
    /// - Returns: the orders, verified, in the order of the log and without end.
    /// - Throws: ``AvisoError`` with the broker's refusal.
    public func redactionOrders(
        from start: ReplayStart? = nil
    ) async throws(AvisoError) -> RedactionOrderSequence {
        let stream = try await connection.subscribe(
            filter: try topicFilter(RedactionStatement.topicName),
            from: start?.text,
            isKept: true
        )
        return RedactionOrderSequence(
            profile: profile,
            deliveries: IndexedDeliveries(connection: connection, stream: stream)
        )
    }

    private func state(
        _ act: RedactionStatement.Act,
        index: UInt64,
        alert: UUID,
        basis: Digest,
        reason: String?
    ) async throws(AvisoError) -> LoggedRedaction {
        let now = SystemClock.wall()
        let draft = RedactionStatement.Draft(
            act: act,
            issuer: profile.identity.agency,
            identifier: UUID(version7At: now, random: Randomness.words()),
            issuedAt: now,
            index: index,
            alert: alert,
            basis: basis,
            reason: reason
        )
        let bytes = RedactionStatement.sign(
            draft,
            key: profile.signingKey,
            coding: LibCBOR(),
            hasher: SHA256()
        )
        let statement: RedactionStatement = try signed(bytes)
        let (proof, receipt) = try await publish(statement: statement, as: .redaction)
        return LoggedRedaction(
            index: proof.leafIndex,
            alert: alert.urn,
            alertIndex: index,
            counts: Dictionary(
                proof.counts.map { ($0.agency, $0.count) },
                uniquingKeysWith: { first, _ in first }
            ),
            receipt: receipt
        )
    }

    // The alert that stands at an index of the log.
    private func alert(at index: UInt64) async throws(AvisoError) -> UUID {
        guard !profile.isAgency else {
            throw AvisoError(.invalidInput, "the log's entries are for auditors and operators")
        }
        let latest = try await checkpoint()
        guard index < latest.size else {
            throw AvisoError(.refused, "the log has \(latest.size) entries, and none \(index)")
        }
        let stream = try await connection.subscribe(
            filter: try topicFilter("$aviso/log/#"),
            from: ReplayStart.index(index).text
        )
        do {
            for try await delivery in stream {
                connection.acknowledge(delivery)
                guard delivery.publish.properties.userProperty("aviso-index") == "\(index)",
                    let entry = try? LogEntry(
                        decoding: delivery.publish.payload[...],
                        using: LibCBOR()
                    ), case .alert(let body) = entry.body,
                    let statement = try? AlertStatement(
                        decoding: body.statement,
                        using: LibCBOR()
                    )
                else { throw AvisoError(.refused, "the entry at index \(index) is no alert") }
                return statement.alert
            }
        } catch let error as AvisoError {
            throw error
        } catch {
            throw AvisoError(.connectionLost, "\(error)")
        }
        throw AvisoError(.connectionLost, "the connection ended before the entry came")
    }
}
