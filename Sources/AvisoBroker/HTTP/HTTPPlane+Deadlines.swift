import Alerts
import Base
import BrokerCore
import EventLoop
import HTTPEngine
import MerkleLog

/// The log's signed word on deadlines.
extension HTTPPlane {
    static let deadlinesPath = "/deadlines"

    // What one list has at most.
    private static let reportCountMax = 256
    // How many messages they weigh on the thread that sequences: a signature, and a look at as many
    // alerts as a list looks at.
    private static let statementCost = 4
    private static let listCost = 100

    /// Answers what only the thread that sequences knows: how deadlines stand at this moment.
    func answerDeadlines(
        _ request: HTTPRequest,
        _ station: StationIdentity,
        _ reply: HTTPReply
    ) throws(HTTPProblem) {
        let isTaken: Bool
        let isList = request.path == Self.deadlinesPath
        try charge(isList ? Self.listCost : Self.statementCost, to: station)
        if isList {
            isTaken = shared.onSequencer { worker in
                reply.send(Self.list(of: worker, station))
            }
        } else {
            let identifier = request.path.dropFirst(Self.deadlinesPath.count + 1)
            let unknown = HTTPProblem.notFound(
                "The log remembers no deadline of an alert \(identifier.prefix(utf8: 20)) that "
                    + "this station may ask for."
            )
            guard let index = UInt64(identifier), String(index) == identifier else { throw unknown }
            isTaken = shared.onSequencer { worker in
                reply.send(Self.statement(of: worker, index, station) ?? unknown.text)
            }
        }
        guard isTaken else {
            throw HTTPProblem(
                status: 503,
                title: "Busy",
                detail: "The broker has too much to do at this moment; ask again.",
                fields: [HTTPField("Retry-After", "1")]
            )
        }
    }

    // Publishers wait while this is answered, so that whoever asks pays for it as they do.
    private func charge(_ cost: Int, to station: StationIdentity) throws(HTTPProblem) {
        let meter = shared.meters.meter(of: station.agency)
        guard let refusal = meter.ask(cost: cost, now: SystemClock.monotonic()) else { return }
        shared.metrics.reached(.publishesPerSecond)
        throw HTTPProblem(refusal)
    }

    private static func list(
        of worker: SequencerWorker,
        _ station: StationIdentity
    ) -> HTTPResponse {
        guard worker.canTestify else { return HTTPProblem(Refusal.logUnwritable).text }
        let bytes = worker.deadlineReports(for: station, countMax: reportCountMax)
        return HTTPResponse(status: 200, type: "application/cbor", .never, .bytes(bytes))
    }

    private static func statement(
        of worker: SequencerWorker,
        _ index: UInt64,
        _ station: StationIdentity
    ) -> HTTPResponse? {
        guard worker.canTestify else { return HTTPProblem(Refusal.logUnwritable).text }
        return worker.deadlineStatement(of: index, for: station).map { bytes in
            HTTPResponse(status: 200, type: DeadlineStatement.contentType, .never, .bytes(bytes))
        }
    }
}
