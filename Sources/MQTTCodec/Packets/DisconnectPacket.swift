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

    init(
        _ reader: inout PacketReader,
        _ version: ProtocolVersion
    ) throws(MQTTDecodingError) {
        guard version == .v5 else {
            reasonCode = .normalDisconnection
            try reader.expectEnd()
            return
        }
        do throws(MQTTDecodingError) {
            reasonCode = reader.isAtEnd ? .normalDisconnection : try ReasonCode(&reader)
        } catch {
            throw error.withoutAnswer()
        }
        if !reader.isAtEnd { properties = try Properties(&reader, in: .disconnect) }
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8], _ version: ProtocolVersion) {
        if version == .v311 || (reasonCode == .normalDisconnection && properties.isEmpty) {
            return
        }
        bytes.append(reasonCode.rawValue)
        if !properties.isEmpty { bytes.append(properties) }
    }
}
