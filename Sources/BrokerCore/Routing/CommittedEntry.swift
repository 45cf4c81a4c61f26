package import Alerts
import Base
package import MQTTCodec

/// An entry on stable storage, in the form in which loops deliver it.
///
/// Shared by all loops and all deliveries; immutable.
package final class CommittedEntry: Sendable {
    /// What a recipient gets of an alert.
    package struct Alert: Sendable {
        /// The topic.
        package let topicName: String
        /// The channel.
        package let channel: Channel
        /// The PUBLISH payload as it was published, or a notice; nil where there is neither.
        package let payload: ArraySlice<UInt8>?
        /// Each recipient's running count.
        package let counts: [RecipientCount]
        /// The quality of service with which it was published.
        package let qos: QoS
        /// Whether the content has been erased: the payload is then a notice, the statement with
        /// null in the place of the content.
        package let isRedacted: Bool

        /// Makes an alert.
        package init(
            topicName: String,
            channel: Channel,
            payload: ArraySlice<UInt8>?,
            counts: [RecipientCount],
            qos: QoS,
            isRedacted: Bool = false
        ) {
            self.topicName = topicName
            self.channel = channel
            self.payload = payload
            self.counts = counts
            self.qos = qos
            self.isRedacted = isRedacted
        }
    }

    /// An order of the operator to erase an alert's content, which its recipients are told.
    package struct Redaction: Sendable {
        /// The entry of the alert.
        package let alertIndex: UInt64
        /// Its channel.
        package let channel: Channel
        /// The signed order.
        package let statement: ArraySlice<UInt8>
        /// Those who are told, with the alert's number among those addressed to each.
        package let counts: [RecipientCount]

        /// Makes an order of its parts.
        package init(
            alertIndex: UInt64,
            channel: Channel,
            statement: ArraySlice<UInt8>,
            counts: [RecipientCount]
        ) {
            self.alertIndex = alertIndex
            self.channel = channel
            self.statement = statement
            self.counts = counts
        }

        /// The order that was sequenced; nil for a confirmation, which nobody is told.
        package init?(_ redaction: VerifiedRedaction) {
            guard redaction.isOrder, let channel = redaction.channel else { return nil }
            self.init(
                alertIndex: redaction.statement.draft.index,
                channel: channel,
                statement: redaction.statement.canonicalBytes[...],
                counts: redaction.counts
            )
        }
    }

    /// Its index.
    package let index: UInt64
    /// The type, as the last level of `$aviso/log/<type>`.
    package let typeName: String
    /// Its encoding.
    package let bytes: ArraySlice<UInt8>
    /// The alert, if it records one.
    package let alert: Alert?
    /// The message of an opaque channel, if it records one.
    package let opaque: OpaqueMessage?

    /// The order to erase a content, if it records one.
    package let redaction: Redaction?

    /// Makes an entry.
    package init(
        index: UInt64,
        typeName: String,
        bytes: ArraySlice<UInt8>,
        alert: Alert?,
        opaque: OpaqueMessage? = nil,
        redaction: Redaction? = nil
    ) {
        self.index = index
        self.typeName = typeName
        self.bytes = bytes
        self.alert = alert
        self.opaque = opaque
        self.redaction = redaction
    }

    /// The bytes that it keeps in memory, roughly.
    package var byteCount: Int {
        bytes.count + (alert?.payload?.count ?? opaque?.payload.count ?? 0) + 128
    }
}
