import Alerts
import Base
import BrokerCore
import CBOR
import LogStore
import MerkleLog

/// Reads the log for sessions that lag, on a thread of its own: loops never wait for a disk.
final class CatchUp {
    private static let entryCountMax = 256
    private static let byteCountMax = 4 << 20

    private let shared: BrokerShared

    init(shared: BrokerShared) {
        self.shared = shared
    }

    /// Reads on for one connection and hands the entries to its loop.
    func scan(for holder: SessionDirectory.Holder, from start: UInt64, filter: RecordFilter) {
        do throws(LogError) {
            let (stored, next) = try shared.reader.scan(
                from: start,
                upTo: shared.reader.treeSize,
                filter: filter,
                countMax: Self.entryCountMax,
                byteCountMax: Self.byteCountMax
            )
            let entries = stored.compactMap { committed($0) }
            shared.onShard(holder.shard) {
                $0.scanCompleted(connection: holder.connection, entries: entries, next: next)
            }
        } catch {
            shared.log.log(.error, "read-failed", "\(error.message)", ["index": LogValue(start)])
            shared.onShard(holder.shard) { $0.scanFailed(connection: holder.connection) }
        }
    }

    /// Finds the first entry at or after a time.
    func resolve(_ time: WallTime, for holder: SessionDirectory.Holder, token: UInt64) {
        let index = (try? shared.reader.firstIndex(atOrAfter: time)) ?? shared.reader.treeSize
        shared.onShard(holder.shard) {
            $0.startResolved(connection: holder.connection, token: token, index: index)
        }
    }

    private func committed(_ stored: StoredEntry) -> CommittedEntry? {
        let coding = LibCBOR()
        guard let entry = try? LogEntry(decoding: stored.bytes[...], using: coding) else {
            return nil
        }
        var alert: CommittedEntry.Alert?
        if case .alert(let body) = entry.body,
            let statement = try? AlertStatement(decoding: body.statement, using: coding)
        {
            let payload = stored.content.map { content in
                stored.contentFlags.contains(.wholePayload)
                    ? content
                    : AlertPayload.join(statement: Array(body.statement), content: content)
            }
            alert = CommittedEntry.Alert(
                topicName: AlertTopic(kind: statement.header.kind).name,
                channel: statement.header.channel,
                payload: payload.map { $0[...] },
                counts: body.counts.compactMap { count in
                    AgencyID(count.agency).map { RecipientCount(agency: $0, count: count.count) }
                }
            )
        }
        return CommittedEntry(
            index: stored.index,
            typeName: entry.body.type.rawValue,
            bytes: stored.bytes[...],
            alert: alert
        )
    }
}
