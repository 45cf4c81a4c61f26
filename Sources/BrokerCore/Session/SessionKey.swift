package import Alerts
import Base

/// What a session belongs to.
///
/// The station comes from the certificate, so no agency can take another's session, whatever client
/// identifier it sends.
package struct SessionKey: Hashable, Sendable {
    /// The station of the certificate.
    package let station: StationIdentity
    /// The client identifier of CONNECT, or the one assigned.
    package let clientIdentifier: String

    /// Makes a key.
    package init(station: StationIdentity, clientIdentifier: String) {
        self.station = station
        self.clientIdentifier = clientIdentifier
    }

    package static func == (left: SessionKey, right: SessionKey) -> Bool {
        left.station == right.station
            && ExactText(left.clientIdentifier) == ExactText(right.clientIdentifier)
    }
}
