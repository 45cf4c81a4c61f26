import Alerts
import CBOR
import COSE
import Configuration
import HTTPFetch

/// The broker's HTTPS server, as the station of a profile reads it.
///
/// A request blocks the calling thread for 60 s at most. Each asks the profile where the server is,
/// since a broker that starts again may have another port.
package final class LogServer: Sendable {
    private let profile: AvisoProfile
    private let fetcher: HTTPFetcher

    /// Prepares to read; nothing is sent yet.
    ///
    /// - Parameter profile: whose certificate is shown, and where the server is.
    /// - Throws: ``AvisoError`` if the profile does not lead to a server.
    package init(profile: AvisoProfile) throws(AvisoError) {
        self.profile = profile
        _ = try profile.httpsURL()
        do throws(HTTPFetchError) {
            fetcher = try HTTPFetcher(
                identity: HTTPFetcher.Identity(
                    authority: profile.tls.authority,
                    certificate: profile.tls.certificate,
                    key: profile.tls.key
                )
            )
        } catch {
            throw AvisoError(.cannotConnect, error.message)
        }
    }

    /// Gets a resource.
    ///
    /// - Parameters:
    ///   - path: the path, from its slash on.
    ///   - accept: the media type that is wanted; nil for any.
    /// - Returns: the body.
    /// - Throws: ``AvisoError``: no answer, or the server's refusal in its own words.
    package func get(_ path: String, accept: String? = nil) throws(AvisoError) -> [UInt8] {
        try body(of: try fetch(path, accept: accept), path)
    }

    /// Gets an answer, whatever its status.
    func fetch(_ path: String, accept: String?) throws(AvisoError) -> HTTPAnswer {
        let url = try profile.httpsURL()
        return try Self.answered { () throws(HTTPFetchError) in
            try fetcher.get(url + path, accept: accept)
        }
    }

    /// The body of an answer that has what was asked for.
    func body(of answer: HTTPAnswer, _ path: String) throws(AvisoError) -> [UInt8] {
        guard answer.status == 200 else {
            throw AvisoError(
                answer.status == 503 ? .tryLater : .refused,
                "\(try profile.httpsURL() + path): \(answer.reason)"
            )
        }
        return answer.body
    }

    /// Sends any request.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - path: the path, from its slash on, with what stands behind a question mark.
    ///   - fields: the fields of the header.
    ///   - body: the body; nil for none.
    /// - Returns: the answer, whatever its status.
    /// - Throws: ``AvisoError`` where there is none.
    func send(
        _ method: String,
        _ path: String,
        fields: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) throws(AvisoError) -> HTTPAnswer {
        let url = try profile.httpsURL()
        return try Self.answered { () throws(HTTPFetchError) in
            try fetcher.send(HTTPFetchRequest(method, url + path, fields: fields, body: body))
        }
    }

    /// Posts a body.
    ///
    /// - Parameters:
    ///   - path: the path, from its slash on.
    ///   - body: the body.
    ///   - type: its media type.
    /// - Returns: the answer, whatever its status.
    /// - Throws: ``AvisoError`` where there is none.
    func post(_ path: String, body: [UInt8], type: String) throws(AvisoError) -> HTTPAnswer {
        let url = try profile.httpsURL()
        return try Self.answered { () throws(HTTPFetchError) in
            try fetcher.post(url + path, body: body, type: type)
        }
    }

    private static func answered(
        _ fetch: () throws(HTTPFetchError) -> HTTPAnswer
    ) throws(AvisoError) -> HTTPAnswer {
        do throws(HTTPFetchError) {
            return try fetch()
        } catch {
            throw AvisoError(error.isTimeOut ? .timedOut : .cannotConnect, error.message)
        }
    }
}

extension HTTPAnswer {
    private static let problemType = "application/concise-problem-details+cbor"
    // The detail of concise problem details (RFC 9290 2).
    private static let detailKey = -2

    /// What concise problem details say to people; nil for an answer of another type.
    var problem: String? {
        guard type == Self.problemType else { return nil }
        let details = try? LibCBOR().decode(body[...], limits: CBORLimits()).mapValue
        return details?[Self.detailKey]?.textValue
    }

    /// Why a request was refused: the status, and what the server says to people.
    var reason: String {
        // Of what is no text nothing can be read.
        let isText = type.isEmpty || type.hasPrefix("text/")
        let text = problem ?? (isText ? summary : "")
        return text.isEmpty ? "status \(status)" : "status \(status): \(text)"
    }
}
