package import Base
import COSE

/// An attempt that was refused.
package struct RefusalBody: Hashable, Sendable {
    /// The station, as a URN, where it is known.
    package let station: String?
    /// The peer's address, where it is known.
    package let address: String?
    /// What was refused: `TLS`, `CONNECT`, `PUBLISH`, `SUBSCRIBE`, `PACKET` or `HTTPS`.
    package let packet: String
    /// The MQTT reason code.
    package let reason: UInt64
    /// The sentence that the peer got.
    package let text: String
    /// The alert, `urn:uuid:…`, where it could be read.
    package let alert: String?
    /// SHA-256 of the refused payload.
    package let digest: Digest?
    /// How many refusals before this one came too fast to be recorded.
    package let suppressed: UInt64?

    /// Makes a refusal.
    package init(
        station: String?,
        address: String?,
        packet: String,
        reason: UInt64,
        text: String,
        alert: String?,
        digest: Digest?,
        suppressed: UInt64?
    ) {
        self.station = station
        self.address = address
        self.packet = packet
        self.reason = reason
        self.text = text
        self.alert = alert
        self.digest = digest
        self.suppressed = suppressed
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        station = try fields.optionalText("station")
        address = try fields.optionalText("address")
        packet = try fields.text("packet")
        reason = try fields.unsigned("reason")
        text = try fields.text("text")
        alert = try fields.optionalText("alert")
        let bytes = try fields.optionalBytes("digest")
        digest = bytes.flatMap { Digest($0) }
        guard (bytes == nil) == (digest == nil) else { throw fields.missing("digest") }
        suppressed = try fields.optionalUnsigned("suppressed")
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("station", station)
        writer.set("address", address)
        writer.set("packet", packet)
        writer.set("reason", reason)
        writer.set("text", text)
        writer.set("alert", alert)
        writer.set("digest", digest?.bytes)
        writer.set("suppressed", suppressed)
        return writer.cbor
    }
}
