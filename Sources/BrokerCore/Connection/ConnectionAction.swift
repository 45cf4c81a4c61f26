import Alerts
package import Base
package import MQTTCodec

/// What a connection's driver has to do after an event.
package enum ConnectionAction: Equatable, Sendable {
    /// Send a packet.
    case send(ControlPacket)
    /// Claim the session for this connection; answer with ``ConnectionMachine/sessionClaimed``.
    case claimSession(SessionKey, cleanStart: Bool)
    /// Check a published alert and have it sequenced; answer with
    /// ``ConnectionMachine/publishCompleted(token:result:now:into:)``.
    case admit(PublishPacket, topicName: String, token: UInt64)
    /// Have a message of an opaque channel sequenced; with a token, answer as for `admit`.
    case publishOpaque(PublishPacket, topicName: String, token: UInt64?)
    /// Publish the will of a session that has ended with this CONNECT.
    case publishWill(OpaqueMessage)
    /// Have a refusal recorded; where there is a token, answer as for `admit`.
    case refuse(Refusal, token: UInt64?)
    /// Find the first entry at or after a time; answer with
    /// ``ConnectionMachine/startResolved(token:index:into:)``.
    case resolveStart(WallTime, token: UInt64)
    /// Record a change of a durable session; where there is a token, answer with
    /// ``ConnectionMachine/sessionRecorded(token:into:)`` once it is on stable storage.
    case recordSession(SessionChange, token: UInt64?)
    /// The session is connected or its subscriptions have changed: route to it, and deliver.
    case sessionReady
    /// Send the current checkpoint.
    case sendCheckpoint
    /// There is room in the window again: deliver what waits.
    case deliverWaiting
    /// Hold the retained messages that match a new subscription, and deliver them.
    case deliverRetained(Subscription)
    /// Send a held delivery again that is under way with this packet identifier.
    case resendHeld(packetIdentifier: UInt16)
    /// The session is a member of a shared subscription now.
    case joinShare(Subscription)
    /// The session has left a shared subscription.
    case leaveShare(TopicFilter)
    /// Close the connection when everything has been sent.
    case close
}

/// A change of a durable session, as the log records it.
package enum SessionChange: Hashable, Sendable {
    /// The session was made.
    case created(expirySeconds: UInt32, cursor: UInt64)
    /// A subscription was made or replaced.
    case subscribed(Subscription)
    /// A subscription was removed by the client, or because its permission has gone.
    case unsubscribed(filter: String)
    /// The session's expiry interval was changed.
    case expiryChanged(expirySeconds: UInt32)
    /// The client ended the session, or began anew.
    case ended
    /// Its time passed without a connection.
    case expired
}

/// What became of a publish.
package enum PublishResult: Equatable, Sendable {
    /// It is on stable storage at `index`; for an alert with base64url of its COSE Receipt.
    case accepted(index: UInt64, receipt: String?)
    /// It was refused.
    case refused(Refusal)
}
