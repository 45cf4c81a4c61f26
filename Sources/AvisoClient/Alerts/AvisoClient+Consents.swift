import Alerts
import Base
import EventLoop

extension AvisoClient {
    /// Checks that the grants which a draft cites are for its recipients, and still hold.
    ///
    /// That a grant is by the author of the source and about it stands in signed headers, and the
    /// broker checks it; for whom and until when it was given stands in its form, which only its
    /// reader can check.
    ///
    /// - Parameters:
    ///   - draft: the draft that passes on what others have written.
    ///   - profile: the profile of its author, which the grants were addressed to.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/invalidInput`` naming source and agency.
    public static func checkConsents(of draft: AlertDraft, profile: AvisoProfile) async throws {
        var allowed: [String: Set<String>] = [:]
        for consent in draft.consents {
            guard let name = LogEntryName(consent) else {
                throw AvisoError(.invalidInput, "\(consent) is no index and no urn:uuid:...")
            }
            let grant = try await receivedAlert(name, profile: profile)
            let isGrant = grant.labels.contains {
                $0.name == "message" && $0.value == MessageType.consentGrant.rawValue
            }
            // What is no grant is for the broker to refuse, as is a source that none is about.
            guard isGrant else { continue }
            let form = (try? JSONValue(parsing: grant.form[...]))?.objectValue
            if let until = form?["until"]?.stringValue, let end = RFC3339.parse(until),
                end <= SystemClock.wall()
            {
                throw AvisoError(.invalidInput, "the consent \(consent) ended at \(until)")
            }
            let agencies = (form?["agencies"]?.arrayValue ?? []).compactMap(\.stringValue)
            for label in grant.labels where label.name == "reference" {
                allowed[label.value, default: [grant.author]].formUnion(agencies)
            }
        }
        for source in draft.sources {
            guard let agencies = allowed[source] else { continue }
            for recipient in draft.recipients where !agencies.contains(recipient) {
                throw AvisoError(
                    .invalidInput,
                    "the consent to pass \(source) on is not for \(recipient): ask for it too"
                )
            }
        }
    }
}
