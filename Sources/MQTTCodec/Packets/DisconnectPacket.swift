/// DISCONNECT (MQTT 5.0 3.14).
package struct DisconnectPacket: Hashable, Sendable {
    /// Why the connection ends.
    package var reasonCode: ReasonCode
    /// The properties.
    package var properties = Properties()

    /// Makes a DISCONNECT.
    package init(reasonCode: ReasonCode) {
        self.reasonCode = reasonCode
    }

    init(_ reader: inout PacketReader) throws(MQTTDecodingError) {
        reasonCode = reader.isAtEnd ? .normalDisconnection : try ReasonCode(&reader)
        if !reader.isAtEnd { properties = try Properties(&reader, in: .disconnect) }
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8]) {
        if reasonCode == .normalDisconnection, properties.isEmpty { return }
        bytes.append(reasonCode.rawValue)
        if !properties.isEmpty { bytes.append(properties) }
    }
}
