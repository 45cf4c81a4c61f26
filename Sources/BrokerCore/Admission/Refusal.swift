package import Base
package import MQTTCodec

/// Why the broker did not do what a peer asked for.
///
/// It reaches the peer as reason code and reason string, and the log as an entry.
package struct Refusal: Error, Hashable, Sendable {
    /// What was asked for.
    package enum Request: String, Hashable, Sendable {
        /// The TLS handshake, before any MQTT packet.
        case tls = "TLS"
        /// A CONNECT packet, or what stood in its place.
        case connect = "CONNECT"
        /// A PUBLISH packet.
        case publish = "PUBLISH"
        /// A SUBSCRIBE packet.
        case subscribe = "SUBSCRIBE"
        /// Any other packet, or bytes that are none.
        case packet = "PACKET"
        /// A request over HTTPS other than to publish.
        case https = "HTTPS"
    }

    /// What was asked for.
    package let request: Request
    /// The standard's reason code (MQTT 5.0 2.4).
    package let reasonCode: ReasonCode
    /// A sentence that tells the operator of the other side what to mend, in ``textByteCountMax``
    /// bytes at most, whatever it quotes.
    package let text: String
    /// The alert that was refused, where its identifier could be read.
    package var alert: UUID?
    /// SHA-256 of the refused payload, so that its sender can find it again.
    package var payloadDigest: Digest?
    /// The limit that was reached, where it is one.
    package let limit: PeerLimit?
    /// After how many milliseconds the same request may succeed; nil where something is to be
    /// mended first.
    package let retryMilliseconds: UInt64?

    /// The most bytes of ``text``: an answer, a line and an entry have room for a sentence.
    package static let textByteCountMax = 1000

    /// Makes a refusal.
    package init(
        _ request: Request,
        _ reasonCode: ReasonCode,
        _ text: String,
        alert: UUID? = nil,
        payloadDigest: Digest? = nil,
        limit: PeerLimit? = nil,
        retryMilliseconds: UInt64? = nil
    ) {
        self.request = request
        self.reasonCode = reasonCode
        self.text = String(text.prefix(utf8: Self.textByteCountMax))
        self.alert = alert
        self.payloadDigest = payloadDigest
        self.limit = limit
        self.retryMilliseconds = retryMilliseconds
    }

    /// The log cannot be written, so that nothing can be promised.
    package static let logUnwritable = Refusal(
        .publish,
        .implementationSpecificError,
        "the broker cannot write its log and accepts nothing until the operator has mended it"
    )

    /// The CONNACK that tells it (MQTT 5.0 3.2.2.2).
    package var connAck: ConnAckPacket {
        var properties = Properties()
        properties.reasonString = text
        properties.userProperties = retryProperties
        return ConnAckPacket(
            sessionPresent: false,
            reasonCode: reasonCode,
            properties: properties
        )
    }
}
