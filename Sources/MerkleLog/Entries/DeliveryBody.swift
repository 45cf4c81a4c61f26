import COSE

/// What a session has acknowledged since its last report.
package struct DeliveryBody: Hashable, Sendable {
    /// The station, as a URN.
    package let station: String
    /// The client identifier.
    package let client: String
    /// Everything below this index is done for the session.
    package let cursor: UInt64
    /// The alerts acknowledged, by index.
    package let acknowledged: [UInt64]
    /// The alerts that were larger than the client takes, by index.
    package let skipped: [UInt64]

    /// Makes a report.
    package init(
        station: String,
        client: String,
        cursor: UInt64,
        acknowledged: [UInt64],
        skipped: [UInt64]
    ) {
        self.station = station
        self.client = client
        self.cursor = cursor
        self.acknowledged = acknowledged
        self.skipped = skipped
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        station = try fields.text("station")
        client = try fields.text("client")
        cursor = try fields.unsigned("cursor")
        acknowledged = try fields.integers("acked")
        skipped = fields.map["skipped"] == nil ? [] : try fields.integers("skipped")
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("station", station)
        writer.set("client", client)
        writer.set("cursor", cursor)
        writer.set("acked", .array(acknowledged.map { .unsigned($0) }))
        if !skipped.isEmpty { writer.set("skipped", .array(skipped.map { .unsigned($0) })) }
        return writer.cbor
    }
}
