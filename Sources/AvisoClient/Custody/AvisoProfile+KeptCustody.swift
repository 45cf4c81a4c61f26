import Alerts
import Base
import CBOR
import COSE
import CaseCore
import Crypto

/// An alert as it was delivered, kept in a file of `aviso subscribe --keep`.
public struct KeptPayload: Hashable, Sendable {
    /// The file, for messages.
    public let name: String
    /// Its place in the log, as the broker told it.
    public let index: UInt64
    /// The payload.
    public let payload: [UInt8]

    /// Makes one.
    public init(name: String, index: UInt64, payload: [UInt8]) {
        self.name = name
        self.index = index
        self.payload = payload
    }
}

extension AvisoProfile {
    /// Verifies the chain of custody of an item offline, from alerts that were kept as they came.
    ///
    /// Signatures and contents are verified with the keys of the profile; that the alerts stand in
    /// the log in this order, only the broker can show.
    ///
    /// - Parameters:
    ///   - item: the item's identifier, or the number of a seal on it.
    ///   - kept: the alerts.
    /// - Returns: the chain; a broken rule is no error here.
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` for a file that is no alert any
    ///   more, ``AvisoError/Code/refused`` if no transfer is about the item.
    public func custody(
        of item: String,
        kept: [KeptPayload]
    ) throws(AvisoError) -> CustodyReport {
        var links: [CustodyLink] = []
        for alert in kept {
            if let link = try link(alert) { links.append(link) }
        }
        let chains = try chains(of: item, links)
        return CustodyReport(item: item, chains: chains.map { CustodyReport.Chain($0) })
    }

    // Nil for an alert of another kind.
    private func link(_ kept: KeptPayload) throws(AvisoError) -> CustodyLink? {
        let statement: AlertStatement
        do throws(AlertError) {
            let parts = try AlertPayload(
                decoding: kept.payload[...],
                using: LibCBOR(),
                limits: AlertLimits(
                    statementByteCountMax: 64 << 10,
                    contentByteCountMax: 256 << 20
                )
            )
            statement = try AlertStatement(parts.statementItem, using: LibCBOR())
        } catch {
            throw AvisoError(.notVerified, "\(kept.name): \(error.message)")
        }
        guard statement.header.kind == .custodyTransfer else { return nil }
        return CustodyLink(
            CaseStatement(
                statement,
                index: kept.index,
                time: statement.issuedAt,
                digest: SHA256().digest(statement.canonicalBytes[...]),
                isVerified: isSigned(statement)
            ),
            content(of: statement, kept)
        )
    }

    private func content(
        of statement: AlertStatement,
        _ kept: KeptPayload
    ) -> CustodyLink.Content {
        guard statement.header.to.contains(identity.agency) else {
            return .unreadable("the content is not addressed to \(member)")
        }
        do throws(AvisoError) {
            let alert = try open(
                kept.payload,
                topic: AlertTopic(kind: .custodyTransfer).name,
                index: kept.index,
                count: 0
            )
            guard !alert.isRedacted else { return .unreadable("the content has been erased") }
            return form(alert.form, statement.header)
        } catch {
            return .invalid("\(kept.name): \(error.message)")
        }
    }
}
