import COSE

/// A change of a durable session.
package struct SessionBody: Hashable, Sendable {
    /// What changed.
    package enum Change: String, Hashable, Sendable {
        /// The session was made.
        case created
        /// A subscription was made or replaced.
        case subscribed
        /// A subscription was removed.
        case unsubscribed
        /// The expiry interval is another.
        case expiryChanged = "expiry-changed"
        /// The client ended the session, or began anew.
        case ended
        /// Its time passed without a connection.
        case expired
    }

    /// The station, as a URN.
    package let station: String
    /// The client identifier.
    package let client: String
    /// What changed.
    package let change: Change
    /// The expiry interval, for `created` and `expiryChanged`.
    package var expirySeconds: UInt64?
    /// Where the session begins, for `created`.
    package var cursor: UInt64?
    /// The filter, for `subscribed` and `unsubscribed`.
    package var filter: String?
    /// Where the subscription begins.
    package var from: UInt64?
    /// The granted quality of service.
    package var qos: UInt64?
    /// The subscription identifier, if the client gave one.
    package var identifier: UInt64?
    /// The options of MQTT 5.0 3.8.3.1 that last: 1 no local, 2 retain as published.
    package var options: UInt64?

    /// Makes a change without details.
    package init(station: String, client: String, change: Change) {
        self.station = station
        self.client = client
        self.change = change
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        guard let change = Change(rawValue: try fields.text("change")) else {
            throw fields.missing("change")
        }
        self.change = change
        station = try fields.text("station")
        client = try fields.text("client")
        expirySeconds = try fields.optionalUnsigned("expiry-seconds")
        cursor = try fields.optionalUnsigned("cursor")
        filter = try fields.optionalText("filter")
        from = try fields.optionalUnsigned("from")
        qos = try fields.optionalUnsigned("qos")
        identifier = try fields.optionalUnsigned("identifier")
        options = try fields.optionalUnsigned("options")
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("station", station)
        writer.set("client", client)
        writer.set("change", change.rawValue)
        writer.set("expiry-seconds", expirySeconds)
        writer.set("cursor", cursor)
        writer.set("filter", filter)
        writer.set("from", from)
        writer.set("qos", qos)
        writer.set("identifier", identifier)
        writer.set("options", options)
        return writer.cbor
    }
}
