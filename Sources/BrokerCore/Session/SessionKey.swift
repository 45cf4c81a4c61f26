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

    /// The most bytes of a client identifier that an entry of the log holds.
    package static let recordedByteCountMax = 4096

    /// The client identifier as the log has it: empty if it is longer, which that of a session that
    /// is kept never is.
    package var recordedIdentifier: String {
        clientIdentifier.utf8.count <= Self.recordedByteCountMax ? clientIdentifier : ""
    }
}
