import Alerts
import BrokerCore
import MerkleLog

/// What the log is told of deliveries, so that a session goes on where it was.
extension BrokerConnection {
    // Indexes that one entry reports as delivered.
    private static let reportedCountMax = 2048

    /// Reports to the log what the client has acknowledged since the last report.
    func report() {
        guard let report = machine?.takeReport(), !report.isEmpty,
            let session = machine?.session
        else { return }
        let cursor = session.cursor(committed: shard.committed)
        // An entry has room for so many; the last one carries the rest.
        var delivered = report.acknowledged[...]
        var tooLarge = report.skipped[...]
        repeat {
            let body = DeliveryBody(
                station: session.key.station.urn,
                client: session.key.recordedIdentifier,
                cursor: cursor,
                acknowledged: Array(delivered.prefix(Self.reportedCountMax)),
                skipped: Array(tooLarge.prefix(Self.reportedCountMax)),
                identifiers: report.hasProgressed ? session.identifiers : nil
            )
            delivered = delivered.dropFirst(Self.reportedCountMax)
            tooLarge = tooLarge.dropFirst(Self.reportedCountMax)
            shard.submit(Submission(source: nil, body: .delivery(body)))
        } while !delivered.isEmpty || !tooLarge.isEmpty
    }
}
