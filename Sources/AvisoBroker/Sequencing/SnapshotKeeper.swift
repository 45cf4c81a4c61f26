import BrokerCore
import CBOR
import Crypto
import LogStore
import MerkleLog
import Synchronization

/// Saves the state beside the log, on a thread of its own, and has the log name what it saved.
///
/// A failure costs nothing but the time of the next start: it is reported, and tried again later.
final class SnapshotKeeper {
    private let folder: SnapshotFolder<SHA256>
    private let shared: BrokerShared

    init(folder: SnapshotFolder<SHA256>, shared: BrokerShared) {
        self.folder = folder
        self.shared = shared
    }

    /// Writes a snapshot; then its entry is submitted, without which no start believes it.
    func save(_ snapshot: SequencerSnapshot, _ position: LogPosition) {
        defer { shared.isSavingSnapshot.store(false, ordering: .releasing) }
        do throws(LogError) {
            let state = snapshot.encode(using: LibCBOR())
            let digest = try folder.write(position, state: state)
            let body = SnapshotBody(treeSize: snapshot.treeSize, digest: digest)
            shared.submissions.put([Submission(source: nil, body: .snapshot(body))])
            try folder.removeOld()
        } catch {
            shared.log.log(.warning, "snapshot-failed", error.message, [:])
        }
    }
}
