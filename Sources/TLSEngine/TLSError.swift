package import Base

/// Why a TLS connection could not be made, or ended.
package enum TLSError: Error, Equatable, Sendable {
    /// The client presented no certificate.
    case noClientCertificate
    /// The peer's certificate is past its validity.
    case certificateExpired(subject: String, notAfter: WallTime)
    /// The peer's certificate is not valid yet.
    case certificateNotYetValid(subject: String, notBefore: WallTime)
    /// The peer's certificate was not issued by the configured authority.
    case unknownAuthority(subject: String)
    /// The server's certificate does not cover the name or address that was dialled.
    case hostNameMismatch(expected: String, subject: String)
    /// The peer's certificate fails for another reason, in OpenSSL's words.
    case certificateRejected(subject: String, reason: String)
    /// The peer speaks TLS 1.2 or older only.
    case protocolTooOld
    /// The peer's bytes are no TLS at all.
    case notTLS
    /// The peer ended the connection with an alert, for instance "certificate required".
    case refusedByPeer(alert: String)
    /// The connection ended without the close_notify that tells a full stream from a cut one.
    case truncated
    /// A certificate, key or authority file cannot be used.
    case configuration(file: String, reason: String)
    /// Anything else, in OpenSSL's words.
    case library(String)

    /// A sentence for the log and for the operator of the other side.
    package var message: String {
        switch self {
        case .noClientCertificate:
            "The client presented no certificate; one issued by the network's authority is needed."
        case .certificateExpired(let subject, let notAfter):
            "The certificate of \(subject) expired on \(RFC3339.format(notAfter)); renew it."
        case .certificateNotYetValid(let subject, let notBefore):
            "The certificate of \(subject) is valid only from \(RFC3339.format(notBefore)); "
                + "check the clocks of both sides."
        case .unknownAuthority(let subject):
            "The certificate of \(subject) was not issued by the network's authority."
        case .hostNameMismatch(let expected, let subject):
            "The server's certificate (\(subject)) does not cover \(expected); connect by a name "
                + "or address that it covers."
        case .certificateRejected(let subject, let reason):
            "The certificate of \(subject) is not acceptable: \(reason)."
        case .protocolTooOld:
            "The other side does not offer TLS 1.3, the only version accepted here."
        case .notTLS:
            "The other side does not speak TLS."
        case .refusedByPeer(let alert):
            "The other side refused the connection: \(alert)."
        case .truncated:
            "The connection ended without TLS's closing message; the last bytes may be missing."
        case .configuration(let file, let reason):
            "\(file): \(reason)."
        case .library(let reason):
            "TLS failed: \(reason)."
        }
    }
}
