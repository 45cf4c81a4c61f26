import Alerts
import Base
import BrokerCore
import CBOR
import LogStore
import MerkleLog

/// Reads the log for sessions that lag, on a thread of its own: loops never wait for a disk.
final class CatchUp {
    private static let entryCountMax = 128
    private static let byteCountMax = 4 << 20

    private let shared: BrokerShared

    init(shared: BrokerShared) {
        self.shared = shared
    }

    /// Reads on for one connection and hands the entries to its loop.
    ///
    /// - Parameters:
    ///   - reading: what its session wants; the rest is skipped by the headers of the records.
    ///   - holder: the connection.
    func scan(_ reading: LogReading, for holder: SessionDirectory.Holder) {
        do throws(LogError) {
            let (stored, next) = try shared.reader.scan(
                from: reading.start,
                upTo: reading.end,
                filter: RecordFilter(
                    channels: reading.interest.channels,
                    recipientMask: reading.interest.recipientMask
                ),
                countMax: min(reading.countMax, Self.entryCountMax),
                byteCountMax: Self.byteCountMax
            )
            let entries = stored.compactMap { CommittedEntry($0) }
            shared.onShard(holder.shard) {
                $0.scanCompleted(connection: holder.connection, entries: entries, next: next)
            }
        } catch {
            failed(error, for: holder, ["index": LogValue(reading.start)])
        }
    }

    /// Finds the first entry at or after a time.
    func resolve(_ time: WallTime, for holder: SessionDirectory.Holder, token: UInt64) {
        do throws(LogError) {
            let index = try shared.reader.firstIndex(atOrAfter: time)
            shared.onShard(holder.shard) {
                $0.startResolved(connection: holder.connection, token: token, index: index)
            }
        } catch {
            failed(error, for: holder, ["time": LogValue(RFC3339.format(time))])
        }
    }

    // Who asked is told, and does not go on as if there were nothing.
    private func failed(
        _ error: LogError,
        for holder: SessionDirectory.Holder,
        _ place: KeyValuePairs<String, LogValue>
    ) {
        shared.log.log(.error, "read-failed", "\(error.message)", place)
        shared.onShard(holder.shard) { $0.scanFailed(connection: holder.connection) }
    }
}
