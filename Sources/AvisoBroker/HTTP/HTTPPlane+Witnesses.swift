import BrokerCore
import HTTPEngine
import MerkleLog
import Synchronization

/// What the witnesses have to do with what is served.
extension HTTPPlane {
    /// The checkpoint that is served, and the tally that it commits to: the latest one that has its
    /// cosignatures, or the latest of all where there are no witnesses, or none has cosigned yet.
    var served: CosigningBoard.Published {
        let latest = shared.published.withLock { state in
            CosigningBoard.Published(note: state.note, tally: state.tally)
        }
        guard let cosigning = shared.cosigning else { return latest }
        return shown.withLock { $0.choose(latest: latest, cosigned: cosigning.cosigned) }
    }

    /// Why the witnesses do not let the broker count as ready, or nil.
    var witnessTrouble: String? {
        guard let cosigning = shared.cosigning, !cosigning.isRecent else { return nil }
        let statuses = cosigning.statuses
        let recentCount = statuses.count { $0.isRecent }
        var text =
            "\(recentCount) of the \(cosigning.required) witnesses that are required have "
            + "cosigned recently.\n"
        for status in statuses where !status.isRecent {
            text += "\(status.name): \(status.event?.message ?? "It was not asked yet.")\n"
        }
        return text
    }

    /// Adds how the witnesses fare.
    func addWitnesses(to page: inout MetricsPage) {
        guard let cosigning = shared.cosigning else { return }
        let statuses = cosigning.statuses
        page.gauge(
            "witnesses_required",
            "Witnesses that make a checkpoint cosigned.",
            UInt64(cosigning.required)
        )
        page.gauge(
            "witness_recent",
            "1 if the witness has cosigned recently.",
            by: "witness",
            statuses.map { ($0.name, $0.isRecent ? 1 : 0) }
        )
        page.gauge(
            "witness_entries",
            "Entries of the log at the checkpoint that the witness cosigned last.",
            by: "witness",
            statuses.map { ($0.name, $0.treeSize ?? 0) }
        )
        page.gauge(
            "witness_conflict",
            "1 if the witness has cosigned another history than this log's.",
            by: "witness",
            statuses.map { ($0.name, $0.event?.isConflict == true ? 1 : 0) }
        )
        page.counter(
            "witness_failures",
            "Requests to the witness that gave no cosignature.",
            by: "witness",
            statuses.map { ($0.name, $0.failureCount) }
        )
    }
}
