package import Base
package import MQTTCodec

/// What the driver of a client session has to do after an event.
package enum ClientAction: Equatable, Sendable {
    /// Send a packet.
    case send(ControlPacket)
    /// The broker has accepted the connection.
    case connected(ConnAckPacket)
    /// A publish was answered.
    case publishCompleted(token: UInt64, PubAckPacket)
    /// A subscription was answered.
    case subscribed(token: UInt64, ReasonCode, text: String?)
    /// An alert or entry has come for these readers; each acknowledges it with the ticket once it
    /// has taken it.
    case deliver(PublishPacket, Ticket, tokens: [UInt64])
    /// A request will not be answered.
    case failed(token: UInt64, ClientFailure)
    /// Wake the machine at this time.
    case armTimer(MonotonicTime)
    /// Close the connection.
    case closeTransport
    /// Connect again after this time, and say ``ClientSessionMachine/reconnecting()`` before.
    case reconnect(afterMilliseconds: UInt64)
    /// The session is over.
    case ended(ClientFailure)

    /// What a delivery is acknowledged with; worthless after a reconnection.
    package struct Ticket: Hashable, Sendable {
        let epoch: UInt64
        let packetIdentifier: UInt16?
    }
}

/// Why a session or a request ended without its answer.
package enum ClientFailure: Error, Hashable, Sendable {
    /// The broker refused the connection.
    case refused(ReasonCode, String)
    /// The broker refused the connection for the moment: a limit is reached.
    case limited(ReasonCode, String, retryMilliseconds: UInt64)
    /// The broker ended the connection.
    case disconnected(ReasonCode, String)
    /// The connection could not be made or was lost.
    case transport(String)
    /// The broker was silent for too long.
    case keepAliveTimeout
    /// The broker broke the protocol.
    case protocolError(String)
    /// Too many requests wait.
    case queueFull
    /// Somebody reads the filter already, and a second start could make it miss something.
    case startUnclear(String)
    /// The session is full of what nobody here reads, such as an alert on this topic.
    case unread(topicName: String)
    /// The client was closed by its owner.
    case closed

    /// A sentence for people.
    package var message: String {
        switch self {
        case .refused(let code, let text), .disconnected(let code, let text),
            .limited(let code, let text, _):
            text.isEmpty ? "the broker says: \(code.name)" : text
        case .transport(let text): text
        case .keepAliveTimeout: "the broker has not answered in time"
        case .protocolError(let text): "the broker broke the protocol: \(text)"
        case .startUnclear(let filter): "\(filter) is read already"
        case .unread(let topicName): "nobody reads \(topicName)"
        case .queueFull: "too many requests wait for an answer"
        case .closed: "the client was closed"
        }
    }
}
