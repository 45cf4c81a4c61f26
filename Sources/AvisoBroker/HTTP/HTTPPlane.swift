import Alerts
import Base
import BrokerCore
import EventLoop
import HTTPEngine
import LogStore
import MerkleLog
import Synchronization
import TLSEngine

/// The routes of the HTTPS server: who may read what of the log, and how the broker fares.
final class HTTPPlane: Sendable {
    /// A request's answer, or why there is none.
    enum Outcome: Error {
        /// The client's certificate or role does not permit it.
        case forbidden(String)
        /// There is nothing under that path.
        case notFound(String)
        /// The path is for other methods.
        case methodNotAllowed
        /// The log cannot be read.
        case unreadable
    }

    private static let tallyPrefix = "/tally/"

    let shared: BrokerShared
    private let hasPlainListener: Bool

    init(shared: BrokerShared, hasPlainListener: Bool) {
        self.shared = shared
        self.hasPlainListener = hasPlainListener
    }

    /// Answers a request.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        shared.metrics.httpsRequests.add(1, ordering: .relaxed)
        do throws(Outcome) {
            let station = try station(of: request)
            guard request.method == "GET" || request.method == "HEAD" else {
                throw .methodNotAllowed
            }
            return try answer(request.path, station)
        } catch {
            return refusal(error, request)
        }
    }

    private func answer(
        _ path: String,
        _ station: StationIdentity
    ) throws(Outcome) -> HTTPResponse {
        switch path {
        case "/checkpoint":
            return .text(served.note, cache: .brief)
        case "/healthz":
            return .text("The broker runs.\n", cache: .never)
        case "/readyz":
            return readiness()
        case "/metrics":
            guard station.role != .agency else {
                throw .forbidden("The metrics are for auditors and operators.")
            }
            return metrics()
        case _ where path.hasPrefix(Self.tallyPrefix):
            return try tally(String(path.dropFirst(Self.tallyPrefix.count)), station)
        default:
            return try tile(path, station.role)
        }
    }

    // The same rule as at CONNECT: a station of a member that has the certificate's role.
    private func station(of request: HTTPRequest) throws(Outcome) -> StationIdentity {
        let names = request.certificate.uriNames
        guard let station = names.lazy.compactMap({ StationIdentity(urn: $0) }).first else {
            throw .forbidden(
                "The certificate names no station: it needs a URI such as "
                    + "urn:aviso:agency:CO:PONAL:station-1 as subject alternative name."
            )
        }
        let member = shared.published.withLock { $0.directory[station.agency]?.member }
        guard member?.role == station.role else {
            throw .forbidden(
                "\(station.agency) is not in the directory as \(station.role.rawValue)."
            )
        }
        return station
    }

    // Who is told how many alerts an agency has: itself, and those who may read the whole log.
    private func tally(
        _ name: String,
        _ station: StationIdentity
    ) throws(Outcome) -> HTTPResponse {
        guard let agency = AgencyID(name), agency.description == name else {
            throw .notFound("\(name) is no agency: write an identifier such as CO:PONAL.")
        }
        guard agency == station.agency || station.role != .agency else {
            throw .forbidden("The count of an agency is for itself, auditors and operators.")
        }
        let served = served
        let answer = served.tally.answer(for: name, note: served.note)
        return .text(answer.bytes, cache: .never)
    }

    private func tile(_ path: String, _ role: Role) throws(Outcome) -> HTTPResponse {
        guard let tile = TilePath(path) else { throw .notFound("There is no such resource.") }
        if case .entries = tile.content, role == .agency {
            throw .forbidden("Entries are for auditors and operators; hashes are for everyone.")
        }
        guard shared.reader.has(tile) else {
            throw .notFound("The log has no such tile yet, or none so wide.")
        }
        let type = "application/octet-stream"
        switch tile.content {
        case .hashes(let level):
            do throws(LogError) {
                let bytes = try shared.reader.hashes(level: level, tile)
                return HTTPResponse(status: 200, type: type, .forEver, .bytes(bytes))
            } catch {
                shared.log.log(.error, "read-failed", "\(error.message)", ["path": LogValue(path)])
                throw .unreadable
            }
        case .entries:
            let pieces = EntryBundlePieces(tile, reader: shared.reader, log: shared.log)
            return HTTPResponse(
                status: 200,
                type: type,
                .forEver,
                isCompressible: true,
                .pieces(pieces)
            )
        }
    }

    private func refusal(_ outcome: Outcome, _ request: HTTPRequest) -> HTTPResponse {
        switch outcome {
        case .forbidden(let text):
            shared.metrics.httpsRefused.add(1, ordering: .relaxed)
            shared.log.log(
                .warning,
                "https-refused",
                "A request was refused: the role of the client does not permit it.",
                [
                    "path": LogValue(request.path),
                    "station": LogValue(request.certificate.uriNames.first ?? ""),
                    "subject": LogValue(request.certificate.subject),
                    "address": LogValue(request.address),
                ]
            )
            return .text(text + "\n", status: 403, cache: .never)
        case .notFound(let text):
            return .text(text + "\n", status: 404, cache: .never)
        case .methodNotAllowed:
            let text = "Only GET and HEAD are served here.\n"
            return .text(text, status: 405, cache: .never, more: [.init("Allow", "GET, HEAD")])
        case .unreadable:
            let text = "The log cannot be read there; the operator has been told.\n"
            return .text(text, status: 500, cache: .never)
        }
    }

    private func readiness() -> HTTPResponse {
        guard !shared.published.withLock({ $0.hasLogFailed }) else {
            let text =
                "The broker cannot write its log and accepts nothing; the operator must mend it.\n"
            return .text(text, status: 503, cache: .never)
        }
        if let trouble = witnessTrouble { return .text(trouble, status: 503, cache: .never) }
        return .text("The broker accepts alerts.\n", cache: .never)
    }

    private func metrics() -> HTTPResponse {
        let metrics = shared.metrics
        var page = MetricsPage()
        page.gauge("log_entries", "Entries of the published log.", shared.reader.treeSize)
        let connectionCount = shared.connectionCount.load(ordering: .relaxed)
        page.gauge("connections", "Connections of MQTT clients.", UInt64(max(0, connectionCount)))
        let sessionCount = shared.sessions.withLock { $0.count }
        page.gauge("sessions", "Sessions, those without connection included.", UInt64(sessionCount))
        page.counter(
            "accepted",
            "Alerts and opaque messages that became entries.",
            metrics.accepted.load(ordering: .relaxed)
        )
        page.counter(
            "refused",
            "Requests that were refused.",
            metrics.refused.load(ordering: .relaxed)
        )
        page.counter(
            "delivered",
            "Messages written to subscribers.",
            metrics.delivered.load(ordering: .relaxed)
        )
        page.counter(
            "https_requests",
            "Requests over HTTPS.",
            metrics.httpsRequests.load(ordering: .relaxed)
        )
        page.counter(
            "https_refused",
            "Requests over HTTPS that the client's certificate or role did not permit.",
            metrics.httpsRefused.load(ordering: .relaxed)
        )
        let hasFailed = shared.published.withLock { $0.hasLogFailed }
        page.gauge("log_failed", "1 if the log cannot be written.", hasFailed ? 1 : 0)
        page.gauge(
            "opaque_channels",
            "Channels without signature and encryption.",
            UInt64(shared.settings.topics.opaqueChannels.count)
        )
        addLimits(to: &page)
        addWitnesses(to: &page)
        page.gauge("plain_listener", "1 if a listener has no TLS.", hasPlainListener ? 1 : 0)
        let body = HTTPBody.bytes(Array(page.text.utf8))
        return HTTPResponse(status: 200, type: MetricsPage.type, .never, isCompressible: true, body)
    }

    private func addLimits(to page: inout MetricsPage) {
        page.counter(
            "limit_reached",
            "Requests and connections that a limit has stopped, by its key in the configuration.",
            by: "limit",
            shared.metrics.limitCounts.map { ($0.limit.rawValue, $0.count) }
        )
        let meters = shared.meters.all
        page.counter(
            "agency_limited",
            "Requests and connections that a limit of the agency has stopped.",
            by: "agency",
            meters.map { ($0.agency.description, $0.limitedCount.load(ordering: .relaxed)) }
        )
        let counts = shared.sessions.withLock { $0.connectionCounts }
        page.gauge(
            "agency_connections",
            "Connections that hold a session, by agency.",
            by: "agency",
            meters.map { ($0.agency.description, UInt64(counts[$0.agency, default: 0])) }
        )
    }
}
