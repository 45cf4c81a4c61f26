import Alerts
import Base
import MQTTCodec
import MerkleLog

extension Sequencer {
    /// Checks what an alert cites against the log: see ``CitationRules``.
    func checkCitations(of alert: VerifiedAlert) throws(Refusal) {
        guard !alert.header.references.isEmpty else { return }
        var cited: [(reference: AlertReference, alert: CitedAlert)] = []
        for reference in alert.header.references {
            guard let found = try citedAlert(reference.alert, by: alert) else {
                throw Refusal(
                    .publish,
                    .payloadFormatInvalid,
                    Sentence.citedNowhere(reference.alert),
                    alert: alert.alert,
                    payloadDigest: hasher.digest(alert.payload[...])
                )
            }
            cited.append((reference, found))
        }
        do throws(Refusal) {
            let rules = CitationRules(
                alert: alert,
                cited: cited,
                directory: directory,
                consents: consents
            )
            try rules.check()
        } catch {
            var error = error
            error.alert = alert.alert
            error.payloadDigest = hasher.digest(alert.payload[...])
            throw error
        }
    }

    // One of the latest alerts, or one that stands further back in the log.
    private func citedAlert(
        _ cited: UUID,
        by alert: VerifiedAlert
    ) throws(Refusal) -> CitedAlert? {
        if let latest = self.cited[cited] { return latest }
        for index in recent.citationCandidates(for: cited) {
            guard let bytes = entries?.entry(at: index),
                let entry = try? LogEntry(decoding: bytes[...], using: coding),
                case .alert(let body) = entry.body,
                let statement = try? AlertStatement(decoding: body.statement, using: coding)
            else {
                throw Refusal(
                    .publish,
                    .unspecifiedError,
                    Sentence.cannotReadCited(index),
                    alert: alert.alert
                )
            }
            if statement.alert == cited { return CitedAlert(statement, hasher: hasher) }
        }
        return nil
    }
}
