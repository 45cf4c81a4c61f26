import Alerts
import Base
import BrokerCore
import CBOR
import LogStore
import MQTTCodec
import MerkleLog

extension CommittedEntry {
    /// Reads an entry back from the log; nil if it is of no version that this broker knows.
    convenience init?(_ stored: StoredEntry) {
        let coding = LibCBOR()
        guard let entry = try? LogEntry(decoding: stored.bytes[...], using: coding) else {
            return nil
        }
        var alert: Alert?
        var opaque: OpaqueMessage?
        var notice: Notice?
        switch entry.body {
        case .alert(let body): alert = Alert(body, stored)
        case .opaque(let body): opaque = OpaqueMessage(body, stored)
        case .redaction(let body): notice = Notice(order: body)
        case .deadline(let body): notice = Notice(body, entry: stored.bytes[...])
        default: break
        }
        self.init(
            index: stored.index,
            typeName: entry.body.type.rawValue,
            bytes: stored.bytes[...],
            alert: alert,
            opaque: opaque,
            notice: notice
        )
    }
}

extension CommittedEntry.Alert {
    fileprivate init?(_ body: AlertEntryBody, _ stored: StoredEntry) {
        guard let statement = try? AlertStatement(decoding: body.statement, using: LibCBOR())
        else { return nil }
        let isRedacted = stored.contentFlags.contains(.erased)
        let kept = isRedacted ? AlertPayload.erasedContent : stored.content
        let payload = kept.map { content in
            stored.contentFlags.contains(.wholePayload) && !isRedacted
                ? content
                : AlertPayload.join(statement: Array(body.statement), content: content)
        }
        self.init(
            topicName: AlertTopic(kind: statement.header.kind).name,
            channel: statement.header.channel,
            payload: payload.map { $0[...] },
            counts: body.recipientCounts,
            qos: stored.contentFlags.contains(.exactlyOnce) ? .exactlyOnce : .atLeastOnce,
            isRedacted: isRedacted
        )
    }
}

extension CommittedEntry.Notice {
    fileprivate init?(order body: AlertEntryBody) {
        guard
            let statement = try? RedactionStatement(decoding: body.statement, using: LibCBOR()),
            statement.draft.act == .order
        else { return nil }
        self.init(
            .redaction,
            alertIndex: statement.draft.index,
            payload: body.statement,
            readers: body.recipientCounts.map { Reader(agency: $0.agency, count: $0.count) }
        )
    }
}

extension OpaqueMessage {
    fileprivate init?(_ body: OpaqueBody, _ stored: StoredEntry) {
        guard let content = stored.content, let station = StationIdentity(urn: body.station)
        else { return nil }
        self.init(
            content: content,
            expires: body.expires,
            sender: SessionKey(station: station, clientIdentifier: body.client)
        )
    }
}
