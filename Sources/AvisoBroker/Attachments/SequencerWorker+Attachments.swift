import Alerts
import Base
import BrokerCore
import EventLoop
import LogStore

/// The files beside the log, as the sequencer looks for them.
struct StoredAttachments: AttachmentSource {
    let folder: AttachmentFolder

    func byteCount(of digest: Digest) -> UInt64? { folder.byteCount(of: digest) }
}

/// Which attachments stay, in the light of the log.
extension SequencerWorker {
    /// Keeps what new entries cite, and takes out of use what their orders leave without an alert.
    ///
    /// - Returns: the files that are to be overwritten before the orders are acknowledged, and
    ///   whether all could be taken out of use.
    func settleAttachments(
        of entries: [SequencedEntry]
    ) -> (taken: [Digest], isDone: Bool) {
        for entry in entries {
            guard let references = entry.alert?.header.attachments, !references.isEmpty else {
                continue
            }
            attachments.setCited(references.map(\.digest))
        }
        var taken: [Digest] = []
        var isDone = true
        for digest in sequencer.takeOrphanedAttachments() {
            do throws(LogError) {
                try attachments.beginErasing(digest)
                taken.append(digest)
            } catch {
                hasUnerased = true
                isDone = false
                shared?.log.log(
                    .error,
                    "attachment-not-erased",
                    "An attachment could not be erased, which the next start will do: "
                        + error.message,
                    ["digest": LogValue("\(digest)")]
                )
            }
        }
        return (taken, isDone)
    }

    /// An answer that waits for files to be overwritten.
    struct HeldAnswer: Sendable {
        let source: Submission.Source
        let completion: ShardUpdate.Completion
        /// The index of the order, for one that promises that nothing is left of the files.
        let order: UInt64?
    }

    /// Has files overwritten on the thread beside, and answers their orders when that is done.
    func erase(_ digests: [Digest], then answers: [HeldAnswer]) {
        guard let shared else { return }
        erasingCount += 1
        let isTaken = shared.onAttachments { keeper in
            keeper.erase(digests) { isDone in
                shared.onSequencer { worker in
                    worker.erasingCount -= 1
                    worker.answer(answers, isDone: isDone)
                }
            }
        }
        guard !isTaken else { return }
        erasingCount -= 1
        answer(answers, isDone: digests.isEmpty)
    }

    private func answer(_ answers: [HeldAnswer], isDone: Bool) {
        if !isDone { hasUnerased = true }
        answer(
            answers.map { answer in
                guard !isDone, let order = answer.order else {
                    return (answer.source, answer.completion)
                }
                return (answer.source, .unerased(by: order))
            }
        )
    }

    /// Removes uploads that no alert cites and nobody has gone on with for too long.
    func removeExpiredUploads() {
        do throws(LogError) {
            let count = try attachments.removeExpired(now: SystemClock.wall())
            guard count > 0 else { return }
            shared?.log.log(
                .info,
                "uploads-removed",
                "Uploads that no alert cites were removed after their time.",
                ["count": LogValue(count)]
            )
        } catch {
            shared?.log.log(.warning, "upload-not-removed", error.message, [:])
        }
    }
}
