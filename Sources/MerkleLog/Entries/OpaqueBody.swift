package import Base
import COSE

/// A message on an opaque channel, whose content is none of the broker's business.
package struct OpaqueBody: Hashable, Sendable {
    /// The most bytes of a topic that the entry holds; a longer one stands in the content alone.
    package static let topicByteCountMax = 1024

    /// The station that published it, as a URN.
    package let station: String
    /// The client identifier of its session.
    package let client: String
    /// The topic, if it is not too long.
    package let topic: String?
    /// The quality of service with which it was published.
    package let qos: UInt64
    /// Whether it is retained.
    package let isRetained: Bool
    /// The bytes of its payload; a retained message of none removes the one before.
    package let payloadByteCount: UInt64
    /// When it expires, if ever.
    package let expires: WallTime?
    /// SHA-256 of the content beside the entry: the PUBLISH packet.
    package let digest: Digest

    /// Makes a body.
    package init(
        station: String,
        client: String,
        topic: String?,
        qos: UInt64,
        isRetained: Bool,
        payloadByteCount: UInt64,
        expires: WallTime?,
        digest: Digest
    ) {
        self.station = station
        self.client = client
        self.topic = topic
        self.qos = qos
        self.isRetained = isRetained
        self.payloadByteCount = payloadByteCount
        self.expires = expires
        self.digest = digest
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        station = try fields.text("station")
        client = try fields.text("client")
        topic = try fields.optionalText("topic")
        qos = try fields.unsigned("qos")
        isRetained = try fields.optionalUnsigned("retain") == 1
        payloadByteCount = try fields.unsigned("length")
        expires = try fields.optionalUnsigned("expires").map { WallTime(milliseconds: $0) }
        guard let digest = Digest(try fields.bytes("digest")) else {
            throw fields.missing("digest")
        }
        self.digest = digest
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("station", station)
        writer.set("client", client)
        writer.set("topic", topic)
        writer.set("qos", qos)
        writer.set("retain", isRetained ? 1 : nil)
        writer.set("length", payloadByteCount)
        writer.set("expires", expires?.milliseconds)
        writer.set("digest", digest.bytes)
        return writer.cbor
    }
}
