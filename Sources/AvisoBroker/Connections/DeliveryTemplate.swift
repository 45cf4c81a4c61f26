import BrokerCore
import MQTTCodec

/// A delivery of one entry, encoded once for all who get the same.
struct DeliveryTemplate {
    let publication: Session.Publication
    let publish: PublishTemplate

    /// An alert, for the agency to which it is the `count`-th; nil once its content was erased.
    init?(alert: CommittedEntry.Alert, index: UInt64, _ count: UInt64) {
        guard let payload = alert.payload else { return nil }
        var properties = Properties()
        properties.userProperties = [
            UserProperty(name: "aviso-index", value: String(index)),
            UserProperty(name: "aviso-count", value: String(count)),
        ]
        if alert.isRedacted {
            properties.userProperties.append(UserProperty(name: "aviso-redacted", value: "1"))
        }
        publication = Session.Publication(
            index: index,
            topicName: alert.topicName,
            scope: .alerts,
            qos: alert.qos
        )
        publish = PublishTemplate(
            topicName: alert.topicName,
            properties: properties,
            payload: payload
        )
    }

    /// What an agency is told of an alert, such as the order to erase its content.
    init(
        notice: CommittedEntry.Notice,
        index: UInt64,
        for reader: CommittedEntry.Notice.Reader
    ) {
        var properties = Properties()
        properties.userProperties = [
            UserProperty(name: "aviso-index", value: String(index)),
            UserProperty(name: "aviso-alert-index", value: String(notice.alertIndex)),
        ]
        if let count = reader.count {
            properties.userProperties.append(
                UserProperty(name: "aviso-count", value: String(count))
            )
        }
        publication = Session.Publication(
            index: index,
            topicName: notice.subject.topicName,
            scope: notice.subject.scope,
            qos: .atLeastOnce
        )
        publish = PublishTemplate(
            topicName: publication.topicName,
            properties: properties,
            payload: notice.payload
        )
    }

    /// An entry of the log, for auditors.
    init(entry: CommittedEntry) {
        var properties = Properties()
        properties.userProperties = [
            UserProperty(name: "aviso-index", value: String(entry.index))
        ]
        if entry.alert?.isRedacted == true {
            properties.userProperties.append(UserProperty(name: "aviso-redacted", value: "1"))
        }
        publication = Session.Publication(
            index: entry.index,
            topicName: "$aviso/log/\(entry.typeName)",
            scope: .log,
            qos: .atLeastOnce
        )
        publish = PublishTemplate(
            topicName: publication.topicName,
            properties: properties,
            payload: entry.bytes
        )
    }

    /// A message of an opaque channel, with the properties that its author gave it.
    init(message: OpaqueMessage, index: UInt64) {
        publication = Session.Publication(
            index: index,
            topicName: message.topicName,
            scope: .opaque,
            qos: message.qos,
            isRetained: message.isRetained,
            sender: message.sender
        )
        publish = PublishTemplate(
            topicName: message.topicName,
            properties: message.properties,
            payload: message.payload[...]
        )
    }
}
