import COSE

/// Packet identifiers that a client goes on with when its broker has been restarted.
package struct DeliveryIdentifiers: Hashable, Sendable {
    /// The next one for a delivery.
    package let next: UInt64
    /// Those of QoS 2 deliveries that the client has taken over and not completed.
    package let released: [UInt64]

    /// Makes them.
    package init(next: UInt64, released: [UInt64]) {
        self.next = next
        self.released = released
    }
}

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
    /// The packet identifiers, where opaque messages were acknowledged.
    package let identifiers: DeliveryIdentifiers?

    /// Makes a report.
    package init(
        station: String,
        client: String,
        cursor: UInt64,
        acknowledged: [UInt64],
        skipped: [UInt64],
        identifiers: DeliveryIdentifiers? = nil
    ) {
        self.station = station
        self.client = client
        self.cursor = cursor
        self.acknowledged = acknowledged
        self.skipped = skipped
        self.identifiers = identifiers
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        station = try fields.text("station")
        client = try fields.text("client")
        cursor = try fields.unsigned("cursor")
        acknowledged = try fields.integers("acked")
        skipped = fields.map["skipped"] == nil ? [] : try fields.integers("skipped")
        identifiers =
            fields.map["next"] == nil
            ? nil
            : DeliveryIdentifiers(
                next: try fields.unsigned("next"),
                released: fields.map["released"] == nil ? [] : try fields.integers("released")
            )
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("station", station)
        writer.set("client", client)
        writer.set("cursor", cursor)
        writer.set("acked", .array(acknowledged.map { .unsigned($0) }))
        if !skipped.isEmpty { writer.set("skipped", .array(skipped.map { .unsigned($0) })) }
        if let identifiers {
            writer.set("next", identifiers.next)
            let released = identifiers.released.map { CBORValue.unsigned($0) }
            if !released.isEmpty { writer.set("released", .array(released)) }
        }
        return writer.cbor
    }
}
