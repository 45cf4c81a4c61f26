import Alerts
import Base
import BrokerCore
import COSE
import EventLoop
import HTTPEngine
import LogStore
import MQTTCodec
import MerkleLog
import Synchronization
import TLSEngine

/// The routes of the HTTPS server: who may read what of the log, and how the broker fares.
final class HTTPPlane: Sendable {
    let shared: BrokerShared
    let signer: LogSigner
    let archive: ReceiptArchive

    private static let tallyPrefix = "/tally/"
    private let hasPlainListener: Bool
    let shown = Mutex(ServedCheckpoint())
    /// The keys that signed the log before, latest first.
    let formerKeys: [Ed25519PublicKey]
    /// Bytes that the body of a request may have.
    let bodyByteCountMax: Int

    init(
        shared: BrokerShared,
        signer: LogSigner,
        formerKeys: [Ed25519PublicKey],
        hasPlainListener: Bool,
        bodyByteCountMax: Int
    ) {
        self.bodyByteCountMax = bodyByteCountMax
        self.shared = shared
        self.signer = signer
        self.formerKeys = formerKeys
        archive = ReceiptArchive(reader: shared.reader, signer: signer)
        self.hasPlainListener = hasPlainListener
    }

    /// Answers a request, or returns nil and answers later by the reply.
    func answer(_ request: HTTPRequest, _ reply: HTTPReply) -> HTTPResponse? {
        shared.metrics.httpsRequests.add(1, ordering: .relaxed)
        do throws(HTTPProblem) {
            let station = try station(of: request)
            guard request.path != Self.entriesPath else {
                guard request.method == "POST" else { throw .methodNotAllowed("POST") }
                try register(request, station, reply)
                return nil
            }
            if request.path.hasPrefix(Self.attachmentsPrefix) {
                return try attachment(request, station, reply)
            }
            guard request.method == "GET" || request.method == "HEAD" else {
                throw .methodNotAllowed("GET, HEAD")
            }
            if request.path == Self.deadlinesPath
                || request.path.hasPrefix(Self.deadlinesPath + "/")
            {
                try answerDeadlines(request, station, reply)
                return nil
            }
            return try answer(request, station)
        } catch {
            if error.status == 403 { note(error, request) }
            return Self.isOfSCRAPI(request.path) ? error.concise : error.text
        }
    }

    private static let keysPath = "/.well-known/scitt-keys"

    private static func isOfSCRAPI(_ path: String) -> Bool {
        [entriesPath, keysPath].contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    private func answer(
        _ request: HTTPRequest,
        _ station: StationIdentity
    ) throws(HTTPProblem) -> HTTPResponse {
        switch request.path {
        case "/checkpoint":
            return .text(served.note, cache: .brief)
        case "/healthz":
            return health()
        case "/readyz":
            return readiness()
        case "/metrics":
            guard station.role != .agency else {
                throw .forbidden("The metrics are for auditors and operators.")
            }
            return metrics()
        case Self.keysPath:
            return try keys(nil)
        case let path where path.hasPrefix(Self.keysPath + "/"):
            return try keys(path.dropFirst(Self.keysPath.count + 1))
        case let path where path.hasPrefix(Self.entriesPath + "/"):
            return try entry(path.dropFirst(Self.entriesPath.count + 1), request, station)
        case let path where path.hasPrefix(Self.tallyPrefix):
            return try tally(String(path.dropFirst(Self.tallyPrefix.count)), station)
        case let path where path.hasPrefix(Self.trackPrefix):
            return try track(path.dropFirst(Self.trackPrefix.count), station)
        case let path where path.hasPrefix(Self.statementsPrefix):
            return try statements(path.dropFirst(Self.statementsPrefix.count), station)
        default:
            if let answer = try groups(request.path, station) { return answer }
            return try tile(request.path, station.role)
        }
    }

    // The same rule as at CONNECT: a station of a member that has the certificate's role.
    private func station(of request: HTTPRequest) throws(HTTPProblem) -> StationIdentity {
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
    ) throws(HTTPProblem) -> HTTPResponse {
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

    private func tile(_ path: String, _ role: Role) throws(HTTPProblem) -> HTTPResponse {
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

    // Who is refused for what it is stands in the broker's own log, in the metrics, and in the log
    // that auditors read.
    private func note(_ problem: HTTPProblem, _ request: HTTPRequest) {
        shared.metrics.httpsRefused.add(1, ordering: .relaxed)
        let names = request.certificate.uriNames
        shared.log.log(
            .warning,
            "https-refused",
            "A request was refused: the role of the client does not permit it.",
            [
                "path": LogValue(request.path), "reason": LogValue(problem.detail),
                "station": LogValue(names.first ?? ""),
                "subject": LogValue(request.certificate.subject),
                "address": LogValue(request.address),
            ]
        )
        let refusal = Refusal(.https, .notAuthorized, problem.detail)
        let station = names.lazy.compactMap { StationIdentity(urn: $0) }.first
        let body = Submission.Body.refusal(refusal, station: station, address: request.address)
        shared.submissions.put([Submission(source: nil, body: body)])
    }

    private static let logTrouble =
        "The broker cannot write its log and accepts nothing; the operator must mend it.\n"

    // Whoever restarts what is not healthy must not do so here: reads go on, and only a person
    // can tell what the disk is worth.
    private func health() -> HTTPResponse {
        let hasFailed = shared.published.withLock { $0.hasLogFailed }
        let text = "The broker runs.\n" + (hasFailed ? Self.logTrouble : "")
        return .text(text, cache: .never)
    }

    private func readiness() -> HTTPResponse {
        guard !shared.published.withLock({ $0.hasLogFailed }) else {
            return .text(Self.logTrouble, status: 503, cache: .never)
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
        page.gauge(
            "groups",
            "Names of groups, those that were dissolved included.",
            UInt64(shared.published.withLock { $0.groups.count })
        )
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
        page.gauge(
            "https_waiting",
            "Alerts published over HTTPS that wait for the log.",
            UInt64(shared.waiting.count)
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
        let attachments = shared.attachments.counts
        page.gauge("attachments", "Attachments that are stored.", UInt64(attachments.stored))
        page.gauge("uploads", "Attachments that are being uploaded.", UInt64(attachments.uploads))
        page.gauge("attachment_bytes", "Bytes of both.", attachments.byteCount)
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
