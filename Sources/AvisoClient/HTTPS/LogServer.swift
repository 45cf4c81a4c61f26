import Configuration
import HTTPFetch

/// The broker's HTTPS server, as the station of a profile reads it.
///
/// A request blocks the calling thread for 60 s at most.
package final class LogServer: Sendable {
    private let profile: AvisoProfile
    private let url: String
    private let fetcher: HTTPFetcher

    /// Prepares to read; nothing is sent yet.
    ///
    /// - Parameter profile: whose certificate is shown, and where the server is.
    /// - Throws: ``AvisoError`` if the profile does not lead to a server.
    package init(profile: AvisoProfile) throws(AvisoError) {
        self.profile = profile
        url = try profile.httpsURL()
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
    /// - Parameter path: the path, from its slash on.
    /// - Returns: the body.
    /// - Throws: ``AvisoError``: no answer, or the server's refusal in its own words.
    package func get(_ path: String) throws(AvisoError) -> [UInt8] {
        let answer: HTTPAnswer
        do throws(HTTPFetchError) {
            answer = try fetcher.get(url + path)
        } catch {
            throw AvisoError(error.isTimeOut ? .timedOut : .cannotConnect, error.message)
        }
        guard answer.status == 200 else {
            throw AvisoError(
                answer.status == 503 ? .tryLater : .refused,
                "\(url + path): status \(answer.status): \(answer.summary)"
            )
        }
        return answer.body
    }
}
