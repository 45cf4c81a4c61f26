import BrokerCore
import MQTTCodec

/// A delivery of one entry, encoded once for all who get the same.
struct DeliveryTemplate {
    let topicName: String
    let scope: Subscription.Scope
    let publish: PublishTemplate

    /// An alert, for the agency to which it is the `count`-th; nil once its content was erased.
    init?(alert: CommittedEntry.Alert, index: UInt64, _ count: UInt64) {
        guard let payload = alert.payload else { return nil }
        var properties = Properties()
        properties.userProperties = [
            UserProperty(name: "aviso-index", value: String(index)),
            UserProperty(name: "aviso-count", value: String(count)),
        ]
        topicName = alert.topicName
        scope = .alerts
        publish = PublishTemplate(
            topicName: alert.topicName,
            properties: properties,
            payload: payload
        )
    }

    /// An entry of the log, for auditors.
    init(entry: CommittedEntry) {
        var properties = Properties()
        properties.userProperties = [
            UserProperty(name: "aviso-index", value: String(entry.index))
        ]
        topicName = "$aviso/log/\(entry.typeName)"
        scope = .log
        publish = PublishTemplate(
            topicName: topicName,
            properties: properties,
            payload: entry.bytes
        )
    }
}
