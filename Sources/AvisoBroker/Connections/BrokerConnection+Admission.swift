import Alerts
import BrokerCore
import EventLoop
import MQTTCodec

/// What is checked on the loop before the sequencer sees it.
extension BrokerConnection {
    /// Checks what came on a topic that is not opaque.
    func check(
        _ publish: PublishPacket,
        topicName: String,
        _ station: StationIdentity
    ) throws(Refusal) -> Submission.Body {
        let (directory, now) = (shard.directory, SystemClock.wall())
        switch StatementTopic(topicName: topicName) {
        case .redactions:
            let statement: RedactionStatement = try shared.statementChecker.check(
                publish.payload,
                station: station,
                directory: directory,
                now: now
            )
            return .redaction(
                VerifiedRedaction(statement: statement, station: station, acceptedAt: now)
            )
        case .groups:
            let statement: GroupStatement = try shared.statementChecker.check(
                publish.payload,
                station: station,
                directory: directory,
                now: now
            )
            return .group(
                VerifiedGroupStatement(statement: statement, station: station, acceptedAt: now)
            )
        case nil:
            return .alert(
                try shared.checker.check(
                    topicName: topicName,
                    payload: publish.payload,
                    qos: publish.qos,
                    station: station,
                    directory: directory,
                    now: now
                )
            )
        }
    }
}
