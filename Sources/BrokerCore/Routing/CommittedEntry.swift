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
        /// The PUBLISH payload as it was published, or nil once its content has been erased.
        package let payload: ArraySlice<UInt8>?
        /// Each recipient's running count.
        package let counts: [RecipientCount]
        /// The quality of service with which it was published.
        package let qos: QoS

        /// Makes an alert.
        package init(
            topicName: String,
            channel: Channel,
            payload: ArraySlice<UInt8>?,
            counts: [RecipientCount],
            qos: QoS
        ) {
            self.topicName = topicName
            self.channel = channel
            self.payload = payload
            self.counts = counts
            self.qos = qos
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

    /// Makes an entry.
    package init(
        index: UInt64,
        typeName: String,
        bytes: ArraySlice<UInt8>,
        alert: Alert?,
        opaque: OpaqueMessage? = nil
    ) {
        self.index = index
        self.typeName = typeName
        self.bytes = bytes
        self.alert = alert
        self.opaque = opaque
    }

    /// The bytes that it keeps in memory, roughly.
    package var byteCount: Int {
        bytes.count + (alert?.payload?.count ?? opaque?.payload.count ?? 0) + 128
    }
}
