internal import Base
internal import COpenSSL
internal import Glibc

/// Reads OpenSSL's error queue, which belongs to the thread, and leaves it empty.
enum OpenSSLErrors {
    /// The first error of the queue, which names the cause.
    static func drain() -> TLSError {
        let code = ERR_get_error()
        ERR_clear_error()
        return .library(code == 0 ? "no reason given" : reasonText(code))
    }

    /// An error about a file: OpenSSL's reason if it is about the system, else `reason`.
    static func configuration(_ file: String, _ reason: String) -> TLSError {
        let code = ERR_get_error()
        ERR_clear_error()
        let isSystemError = COpenSSL_ERR_GET_LIB(code) == ERR_LIB_SYS
        return .configuration(file: file, reason: isSystemError ? reasonText(code) : reason)
    }

    /// Explains a failed handshake, read or write.
    ///
    /// - Parameters:
    ///   - ssl: the session, which knows why the verification stopped.
    ///   - rejected: the certificate that it stopped at, if it did.
    ///   - serverName: what a server's certificate was to cover.
    /// - Returns: the case that names the cause.
    static func failure(
        ssl: OpaquePointer,
        rejected: PeerCertificate?,
        serverName: String?
    ) -> TLSError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return .library("no reason given") }
        guard COpenSSL_ERR_GET_LIB(code) == ERR_LIB_SSL else {
            return .library(reasonText(code))
        }
        let reason = COpenSSL_ERR_GET_REASON(code)
        switch reason {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return .noClientCertificate
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            let result = unsafe SSL_get_verify_result(ssl)
            return verification(Int32(truncatingIfNeeded: result), rejected, serverName)
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION:
            return .protocolTooOld
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST,
            SSL_R_BAD_RECORD_TYPE, SSL_R_UNEXPECTED_MESSAGE, SSL_R_PACKET_LENGTH_TOO_LONG,
            SSL_R_RECORD_LENGTH_MISMATCH:
            return .notTLS
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return .truncated
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            return .protocolTooOld
        case 1000...:
            return .refusedByPeer(alert: alertName(UInt8(truncatingIfNeeded: reason - 1000)))
        default:
            return .library(reasonText(code))
        }
    }

    private static func verification(
        _ result: Int32,
        _ rejected: PeerCertificate?,
        _ serverName: String?
    ) -> TLSError {
        let subject = rejected?.subject ?? "the other side"
        switch result {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return .certificateExpired(
                subject: subject,
                notAfter: rejected?.notAfter ?? .init(milliseconds: 0)
            )
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return .certificateNotYetValid(
                subject: subject,
                notBefore: rejected?.notBefore ?? .init(milliseconds: 0)
            )
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_SIGNATURE_FAILURE,
            X509_V_ERR_CERT_UNTRUSTED:
            return .unknownAuthority(subject: subject)
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return .hostNameMismatch(expected: serverName ?? "", subject: subject)
        default:
            let reason = unsafe X509_verify_cert_error_string(Int(result))
            return unsafe .certificateRejected(
                subject: subject,
                reason: reason.map { unsafe String(cString: $0) } ?? "error \(result)"
            )
        }
    }

    private static func reasonText(_ code: UInt) -> String {
        if COpenSSL_ERR_GET_LIB(code) == ERR_LIB_SYS {
            return unsafe String(cString: strerror(COpenSSL_ERR_GET_REASON(code)))
        }
        guard let text = unsafe ERR_reason_error_string(code) else {
            return "OpenSSL error \(code)"
        }
        return unsafe String(cString: text)
    }

    private static func alertName(_ number: UInt8) -> String {
        guard let text = unsafe SSL_alert_desc_string_long(Int32(number)) else {
            return "alert \(number)"
        }
        let name = unsafe String(cString: text)
        return name == "unknown" ? "alert \(number)" : name
    }
}
