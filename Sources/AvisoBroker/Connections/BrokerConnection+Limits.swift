import Alerts
import BrokerCore
import EventLoop
import MQTTCodec

/// What a connection may not do because its agency, or all peers together, do too much.
extension BrokerConnection {
    /// Begins to measure what the station does with all others of its agency.
    ///
    /// The listener without TLS knows no agency, and who is not in the directory gets no further
    /// than CONNECT.
    ///
    /// - Returns: the refusal if the agency begins connections too fast.
    func beginMetering(_ station: StationIdentity, isLoopback: Bool) -> Refusal? {
        guard !isLoopback, shard.directory[station.agency] != nil else { return nil }
        let meter = shared.meters.meter(of: station.agency)
        self.meter = meter
        return meter.beginConnection(now: shard.loop.now)
    }

    /// Counts a publish against the agency's rates.
    ///
    /// - Parameters:
    ///   - publish: the publish.
    ///   - token: who waits for the answer; nobody for QoS 0.
    /// - Returns: whether it may go on; if not, it has been refused.
    func mayPublish(_ publish: PublishPacket, token: UInt64?) -> Bool {
        guard
            let refusal = meter?.publish(byteCount: publish.payload.count, now: shard.loop.now)
        else { return true }
        submit(refusal, token: token)
        // QoS 0 has no answer that could say so, and DISCONNECT has a code for it (3.14.2.1).
        if token == nil { end(.messageRateTooHigh, refusal.text) }
        return false
    }

    /// Counts a SUBSCRIBE against the agency's rate of messages, each of its filters as one: each
    /// may become an entry of the log.
    ///
    /// UNSUBSCRIBE is not counted: it ends what a counted SUBSCRIBE has begun, and what it names
    /// beside that becomes nothing.
    ///
    /// - Returns: the refusal if the agency asks for too much.
    func refusal(of packet: ControlPacket) -> Refusal? {
        guard case .subscribe(let subscribe) = packet, machine?.isConnected == true else {
            return nil
        }
        return meter?.subscribe(count: subscribe.subscriptions.count, now: shard.loop.now)
    }

    /// Has a connection closed at once whose agency has enough others that wait to be told why.
    ///
    /// - Returns: whether this one may wait for its CONNECT.
    func mayBeTold() -> Bool {
        guard let meter else { return true }
        isBeingTold = meter.beginTelling()
        return isBeingTold
    }

    /// Forgets that the connection waits to be told.
    func endTelling() {
        if isBeingTold { meter?.endTelling() }
        isBeingTold = false
    }

    /// Tells the log of a handshake that took too long; TLS has no alert for that.
    func handshakeTimedOut() {
        let text = "the TLS handshake was not complete after \(shared.limits.handshakeSeconds) s"
        refuse(Refusal(.tls, .unspecifiedError, text, limit: .handshakeSeconds))
    }
}
