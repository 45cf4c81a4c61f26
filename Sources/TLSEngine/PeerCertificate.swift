package import Base
internal import COpenSSL

/// What is kept of the certificate that the other side presented.
package struct PeerCertificate: Equatable, Sendable {
    /// The URIs of the subject alternative name, in their order.
    package let uriNames: [String]
    /// The subject in the form of RFC 2253, cut to ``subjectByteCountMax`` bytes.
    package let subject: String
    /// The serial number in upper-case hexadecimal digits.
    package let serial: String
    /// The start of its validity.
    package let notBefore: WallTime
    /// The end of its validity.
    package let notAfter: WallTime
    /// SHA-256 of the certificate's DER form.
    package let fingerprint: [UInt8]

    /// The most bytes of ``subject``: a stranger puts into a certificate whatever it likes.
    package static let subjectByteCountMax = 512

    /// What stands for a certificate where there is no TLS: it names nobody.
    package static let absent = PeerCertificate()

    private init() {
        uriNames = []
        subject = ""
        serial = ""
        notBefore = WallTime(milliseconds: 0)
        notAfter = WallTime(milliseconds: 0)
        fingerprint = []
    }

    /// Reads the fields out of an `X509`, which stays the caller's.
    init(x509: OpaquePointer) {
        uriNames = unsafe Self.uriNames(of: x509)
        subject = unsafe Self.subject(of: x509)
        serial = unsafe Self.serial(of: x509)
        notBefore = unsafe Self.time(X509_get0_notBefore(x509))
        notAfter = unsafe Self.time(X509_get0_notAfter(x509))
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let done = unsafe X509_digest(x509, EVP_sha256(), &digest, &length)
        fingerprint = done == 1 && length == 32 ? digest : []
    }

    private static func uriNames(of x509: OpaquePointer) -> [String] {
        guard let raw = unsafe X509_get_ext_d2i(x509, NID_subject_alt_name, nil, nil) else {
            return []
        }
        let names = OpaquePointer(raw)
        defer { unsafe GENERAL_NAMES_free(names) }
        var result: [String] = []
        for position in 0..<(unsafe COpenSSL_GENERAL_NAMES_count(names)) {
            var length: Int32 = 0
            guard let bytes = unsafe COpenSSL_GENERAL_NAMES_uri(names, position, &length) else {
                continue
            }
            // An IA5String is ASCII; a NUL in it would read as the end of another, shorter name.
            let text = unsafe UnsafeBufferPointer(start: bytes, count: Int(length))
            guard unsafe text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { continue }
            unsafe result.append(String(decoding: text, as: UTF8.self))
        }
        return result
    }

    private static func subject(of x509: OpaquePointer) -> String {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { return "" }
        defer { unsafe BIO_free(bio) }
        unsafe COpenSSL_X509_NAME_print(bio, X509_get_subject_name(x509))
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe COpenSSL_BIO_get_mem_data(bio, &start)
        guard count > 0, let start = unsafe start else { return "" }
        let text = unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: count),
            as: UTF8.self
        )
        return String(text.prefix(utf8: subjectByteCountMax))
    }

    private static func serial(of x509: OpaquePointer) -> String {
        guard let number = unsafe ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nil) else {
            return ""
        }
        defer { unsafe BN_free(number) }
        guard let digits = unsafe BN_bn2hex(number) else { return "" }
        defer { unsafe CRYPTO_free(digits, "", 0) }
        return unsafe String(cString: digits)
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> WallTime {
        let seconds = unsafe COpenSSL_ASN1_TIME_seconds(time)
        return WallTime(seconds: seconds > 0 ? UInt64(seconds) : 0)
    }
}
