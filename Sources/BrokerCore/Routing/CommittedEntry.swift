package import Alerts
import Base
package import MerkleLog
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

    /// What certain agencies are told of an alert beside the alert itself.
    package struct Notice: Sendable {
        /// What they are told.
        package enum Subject: Sendable {
            /// The operator's order to erase its content.
            case redaction
            /// That a deadline of it comes near, has passed, or was answered late.
            case deadline

            /// Where it is read.
            package var topicName: String {
                switch self {
                case .redaction: RedactionStatement.topicName
                case .deadline: DeadlineBody.topicName
                }
            }

            /// What a subscription must reach for it.
            package var scope: Subscription.Scopes {
                switch self {
                case .redaction: .redactions
                case .deadline: .deadlines
                }
            }
        }

        /// An agency that is told.
        package struct Reader: Hashable, Sendable {
            /// The agency.
            package let agency: AgencyID
            /// The alert's number among those addressed to it, where that is told.
            package let count: UInt64?

            /// Makes a reader.
            package init(agency: AgencyID, count: UInt64? = nil) {
                self.agency = agency
                self.count = count
            }
        }

        /// What they are told.
        package let subject: Subject
        /// The entry of the alert.
        package let alertIndex: UInt64
        /// What they get.
        package let payload: ArraySlice<UInt8>
        /// Those who are told.
        package let readers: [Reader]

        /// Makes a notice of its parts.
        package init(
            _ subject: Subject,
            alertIndex: UInt64,
            payload: ArraySlice<UInt8>,
            readers: [Reader]
        ) {
            self.subject = subject
            self.alertIndex = alertIndex
            self.payload = payload
            self.readers = readers
        }

        /// The order that was sequenced; nil for a confirmation, which nobody is told.
        package init?(_ redaction: VerifiedRedaction) {
            guard redaction.isOrder else { return nil }
            self.init(
                .redaction,
                alertIndex: redaction.statement.draft.index,
                payload: redaction.statement.canonicalBytes[...],
                readers: redaction.counts.map { Reader(agency: $0.agency, count: $0.count) }
            )
        }

        /// What is told of a deadline: the entry itself.
        package init(_ deadline: DeadlineBody, entry: ArraySlice<UInt8>) {
            self.init(
                .deadline,
                alertIndex: deadline.index,
                payload: entry,
                readers: deadline.readers.compactMap { name in
                    AgencyID(name).map { Reader(agency: $0) }
                }
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

    /// What certain agencies are told by it, if there is such a thing.
    package let notice: Notice?

    /// Makes an entry.
    package init(
        index: UInt64,
        typeName: String,
        bytes: ArraySlice<UInt8>,
        alert: Alert?,
        opaque: OpaqueMessage? = nil,
        notice: Notice? = nil
    ) {
        self.index = index
        self.typeName = typeName
        self.bytes = bytes
        self.alert = alert
        self.opaque = opaque
        self.notice = notice
    }

    /// The bytes that it keeps in memory, roughly.
    package var byteCount: Int {
        bytes.count + (alert?.payload?.count ?? opaque?.payload.count ?? 0) + 128
    }
}
