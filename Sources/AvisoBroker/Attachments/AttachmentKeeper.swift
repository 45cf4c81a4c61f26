import Alerts
import Base
import BrokerCore
import EventLoop
import LogStore

/// What takes long with attachments, on a thread of its own: bringing an upload to stable storage,
/// and overwriting what an order has erased.
final class AttachmentKeeper {
    private static let expirySeconds: UInt64 = 60

    private let loop: Loop
    private let shared: BrokerShared

    init(loop: Loop, shared: BrokerShared) {
        self.loop = loop
        self.shared = shared
        scheduleExpiry()
    }

    /// Finishes an upload, and says what became of it.
    func finish(
        _ digest: Digest,
        of agency: AgencyID,
        then body: (Result<AttachmentFolder.UploadStatus, AttachmentError>) -> Void
    ) {
        let outcome: Result<AttachmentFolder.UploadStatus, AttachmentError>
        do throws(AttachmentError) {
            outcome = .success(
                try shared.attachments.finish(
                    digest,
                    owner: agency.description,
                    now: SystemClock.wall()
                )
            )
        } catch {
            outcome = .failure(error)
        }
        body(outcome)
    }

    /// Overwrites files whose alerts an order has erased; then the operator is told.
    ///
    /// What fails here is done at the next start, which finds the names that say so.
    func erase(_ digests: [Digest], then body: (_ isDone: Bool) -> Void) {
        var isDone = true
        for digest in digests {
            do throws(LogError) {
                try shared.attachments.erase(digest)
                shared.log.log(
                    .warning,
                    "attachment-erased",
                    "An attachment was erased, since no alert that cites it has its content.",
                    ["digest": LogValue("\(digest)")]
                )
            } catch {
                isDone = false
                shared.log.log(
                    .error,
                    "attachment-not-erased",
                    "An attachment could not be erased, which the next start will do: "
                        + error.message,
                    ["digest": LogValue("\(digest)")]
                )
            }
        }
        body(isDone)
    }

    // Nothing is removed while an alert that may cite it is being decided, so that the sequencer's
    // thread does it.
    private func scheduleExpiry() {
        let seconds = min(
            Self.expirySeconds,
            max(1, UInt64(shared.limits.uploadSecondsMax) / 2)
        )
        _ = loop.schedule(at: loop.now.adding(seconds: seconds)) { [weak self] in
            guard let self else { return }
            shared.onSequencer { $0.removeExpiredUploads() }
            scheduleExpiry()
        }
    }
}
