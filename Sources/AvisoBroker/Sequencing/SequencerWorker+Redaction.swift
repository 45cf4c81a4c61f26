import Alerts
import Base
import BrokerCore
import CBOR
import LogStore
import MerkleLog

/// The erasure of contents by order: looked up before it is sequenced, done when it is logged.
extension SequencerWorker {
    /// A submission in the light of the log: a redaction statement that does not fit it becomes its
    /// refusal.
    func resolve(_ submission: Submission) -> Submission {
        guard case .redaction(let redaction) = submission.body else { return submission }
        let body: Submission.Body
        do throws(Refusal) {
            body = .redaction(
                try RedactionChecker.complete(
                    redaction,
                    try subject(at: redaction.statement.draft.index),
                    directory: sequencer.directory
                )
            )
        } catch {
            body = .refusal(error, station: redaction.station, address: nil)
        }
        return Submission(source: submission.source, body: body)
    }

    private func subject(at index: UInt64) throws(Refusal) -> RedactionChecker.Subject? {
        let stored: StoredEntry
        do throws(LogError) {
            stored = try writer.reader.entry(at: index)
        } catch {
            if case .notFound = error { return nil }
            shared?.log.log(.error, "read-failed", error.message, ["index": LogValue(index)])
            throw .unreadable(at: index)
        }
        guard let entry = try? LogEntry(decoding: stored.bytes[...], using: LibCBOR()) else {
            return nil
        }
        guard case .alert(let body) = entry.body,
            let statement = try? AlertStatement(decoding: body.statement, using: LibCBOR())
        else { return nil }
        return RedactionChecker.Subject(
            alert: statement.alert,
            channel: statement.header.channel,
            counts: body.recipientCounts,
            isErased: stored.contentFlags.contains(.erased),
            orders: sequencer.erasures[index] ?? []
        )
    }

    /// Erases what the orders among new entries name, before anybody is told.
    ///
    /// What fails here is done at the next start, since the order stands in the log; until then no
    /// reader gets the content.
    ///
    /// - Returns: the orders that have failed.
    func erase(by entries: [SequencedEntry]) -> Set<UInt64> {
        var failed: Set<UInt64> = []
        for entry in entries {
            guard case .redaction(let redaction) = entry.subject, redaction.isOrder else {
                continue
            }
            let index = redaction.statement.draft.index
            do throws(LogError) {
                try writer.erase(contentOf: index)
                shared?.log.log(
                    .warning,
                    "redacted",
                    "The content of an alert was erased by order of the operator.",
                    ["index": LogValue(index), "order": LogValue(entry.index)]
                )
            } catch {
                hasUnerased = true
                failed.insert(entry.index)
                shared?.log.log(
                    .error,
                    "redaction-failed",
                    "A content could not be erased, which the next start will do: \(error.message)",
                    ["index": LogValue(index), "order": LogValue(entry.index)]
                )
            }
        }
        return failed
    }
}

extension ShardUpdate.Completion {
    /// The order stands in the log, and what it erases is there still.
    static func unerased(by order: UInt64) -> ShardUpdate.Completion {
        .publish(.refused(.unerased(by: order)))
    }
}

extension SequencedEntry {
    /// Whether it orders an erasure.
    var isOrder: Bool {
        if case .redaction(let redaction) = subject { redaction.isOrder } else { false }
    }
}

extension AlertEntryBody {
    /// The counts with their agencies as such.
    var recipientCounts: [RecipientCount] {
        counts.compactMap { count in
            AgencyID(count.agency).map { RecipientCount(agency: $0, count: count.count) }
        }
    }
}
