import BrokerCore
import CBOR
import COSE
import HTTPEngine
import MQTTCodec

/// Why a request does not get what it asks for.
struct HTTPProblem: Error {
    /// The media type of concise problem details (RFC 9290).
    static let mediaType = "application/concise-problem-details+cbor"

    // Keys of concise problem details (RFC 9290 2).
    private static let titleKey = -1
    private static let detailKey = -2

    let status: Int
    /// What went wrong, in a few words that are the same each time.
    let title: String
    /// What is to be mended, in a sentence.
    let detail: String
    var fields: [HTTPField] = []

    /// The client's certificate or role does not permit it.
    static func forbidden(_ detail: String) -> HTTPProblem {
        HTTPProblem(status: 403, title: "Forbidden", detail: detail)
    }

    /// There is nothing under that path.
    static func notFound(_ detail: String) -> HTTPProblem {
        HTTPProblem(status: 404, title: "Not Found", detail: detail)
    }

    /// The path is for other methods.
    static func methodNotAllowed(_ allowed: String) -> HTTPProblem {
        HTTPProblem(
            status: 405,
            title: "Method Not Allowed",
            detail: "Only \(allowed.replacing(", ", with: " and ")) are served here.",
            fields: [HTTPField("Allow", allowed)]
        )
    }

    /// The log cannot be read.
    static let unreadable = HTTPProblem(
        status: 500,
        title: "Unreadable",
        detail: "The log cannot be read there; the operator has been told."
    )

    /// As many alerts wait for the log as may.
    static let busy = HTTPProblem(
        status: 503,
        title: "Busy",
        detail: "As many alerts wait for the log as may; publish it again.",
        fields: [HTTPField("Retry-After", "1")]
    )

    /// Concise problem details, as SCRAPI asks for them.
    var concise: HTTPResponse {
        let details = CBORMap([
            CBORMap.Pair(.integer(Self.titleKey), .text(title)),
            CBORMap.Pair(.integer(Self.detailKey), .text(detail)),
        ])
        return HTTPResponse(
            status: status,
            type: Self.mediaType,
            .never,
            more: fields,
            .bytes(LibCBOR().encode(.map(details)))
        )
    }

    /// One sentence of text.
    var text: HTTPResponse {
        .text(detail + "\n", status: status, cache: .never, more: fields)
    }
}

extension HTTPProblem {
    /// What a refusal of the broker is in HTTP; the sentence is that of the reason string.
    init(_ refusal: Refusal) {
        let (status, title) = Self.status(of: refusal)
        self.init(status: status, title: title, detail: refusal.text)
        if let milliseconds = refusal.retryMilliseconds {
            fields = [HTTPField("Retry-After", String((milliseconds + 999) / 1000))]
        }
    }

    private static func status(of refusal: Refusal) -> (Int, String) {
        if refusal == .logUnwritable { return (503, "Log Unwritable") }
        if refusal.retryMilliseconds != nil { return (429, "Too Many Requests") }
        // Nothing is too large, and time alone may not mend it.
        if refusal.limit == .openDeadlinesPerAgencyMax { return (403, "Rejected") }
        switch refusal.reasonCode {
        case .payloadFormatInvalid: return (400, "Malformed request")
        case .notAuthorized: return (403, "Rejected")
        case .packetIdentifierInUse: return (409, "Conflict")
        case .quotaExceeded: return (413, "Too Large")
        case .unspecifiedError: return (500, "Failed")
        default: return (400, "Rejected")
        }
    }
}
