import Alerts
import Base

/// The consents that stand: granted, and not cancelled by their authors since.
///
/// Consents are rare beside alerts, so that all of them are held; they can be cited for as long as
/// the log goes on.
struct ConsentProjection: Hashable, Sendable {
    /// The grants.
    private(set) var standing: Set<UUID>

    /// Begins with the grants of a snapshot, or with none.
    init(standing: Set<UUID> = []) {
        self.standing = standing
    }

    /// Whether alerts of a type are to be taken; next to none are.
    static func concerns(_ message: MessageType) -> Bool {
        message == .consentGrant || message == .cancel
    }

    /// Takes an alert that stands in the log; that a cancel is by the author of what it cites was
    /// checked before it was logged.
    mutating func take(_ header: AlertHeader, as alert: UUID) {
        switch header.message {
        case .consentGrant:
            standing.insert(alert)
        case .cancel:
            for reference in header.references where reference.role == nil {
                standing.remove(reference.alert)
            }
        case .alert, .update, .acknowledgement, .request, .answer, .consentRequest,
            .consentRefusal:
            break
        }
    }
}
