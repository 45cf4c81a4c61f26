package import Alerts
package import Base
package import MerkleLog

/// What a loop thread hands to the sequencer.
package struct Submission: Sendable {
    /// Whose answer it is: opaque to the sequencer, which gives it back with the outcome.
    package struct Source: Hashable, Sendable {
        /// Stands in the place of a loop for what came over HTTPS.
        package static let httpsShard = -1

        /// The loop that owns the connection, or ``httpsShard``.
        package let shard: Int
        /// The connection on that loop.
        package let connection: UInt64
        /// The connection's own mark for the request, such as a packet identifier.
        package let token: UInt64

        /// Makes a source.
        package init(shard: Int, connection: UInt64, token: UInt64) {
            self.shard = shard
            self.connection = connection
            self.token = token
        }
    }

    /// What is submitted: an alert, or in a box of its own what comes less often, so that a
    /// submission stays small.
    package enum Body: Sendable {
        /// An alert that passed admission.
        case alert(VerifiedAlert)
        /// A message of an opaque channel.
        indirect case opaque(OpaqueMessage)
        /// A refusal, with what is known of the peer.
        indirect case refusal(Refusal, station: StationIdentity?, address: String?)
        /// A change of a durable session.
        indirect case session(SessionBody)
        /// What a session has acknowledged since its last report.
        indirect case delivery(DeliveryBody)
        /// A member added, changed or removed.
        indirect case directory(DirectoryBody)
        /// The state was saved beside the log.
        indirect case snapshot(SnapshotBody)
        /// Another key signs the log from here on.
        indirect case policy(PolicyBody)
        /// A statement on the erasure of an alert's content, looked up in the log.
        indirect case redaction(VerifiedRedaction)
        /// A statement that defines, changes or dissolves a group.
        indirect case group(VerifiedGroupStatement)

        /// When a statement was accepted, which its entry says; nil for what is none.
        package var acceptedAt: WallTime? {
            switch self {
            case .alert(let alert): alert.acceptedAt
            case .redaction(let redaction): redaction.acceptedAt
            case .group(let group): group.acceptedAt
            case .opaque, .refusal, .session, .delivery, .directory, .snapshot, .policy: nil
            }
        }
    }

    /// Who waits for the outcome; nil where nobody does.
    package let source: Source?
    /// What is submitted.
    package let body: Body

    /// Makes a submission.
    package init(source: Source?, body: Body) {
        self.source = source
        self.body = body
    }

    // What any submission has beside its texts.
    private static let overheadByteCount = 256

    /// The bytes that it keeps in memory, roughly, for bounding what waits.
    package var byteCount: Int {
        switch body {
        case .alert(let alert): alert.payload.count + alert.statement.count
        case .opaque(let message):
            message.payload.count + message.topicName.utf8.count + Self.overheadByteCount
        case .redaction: RedactionStatement.byteCountMax
        case .group: GroupStatement.byteCountMax
        case .refusal(let refusal, _, _): refusal.text.utf8.count + Self.overheadByteCount
        case .session(let change):
            change.client.utf8.count + (change.filter?.utf8.count ?? 0) + Self.overheadByteCount
        case .delivery(let report):
            8 * (report.acknowledged.count + report.skipped.count) + Self.overheadByteCount
        case .directory, .snapshot, .policy: Self.overheadByteCount
        }
    }
}
