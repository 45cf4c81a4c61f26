/// AUTH (MQTT 5.0 3.15).
package struct AuthPacket: Hashable, Sendable {
    /// Success, continue, or re-authenticate.
    package var reasonCode: ReasonCode
    /// The properties.
    package var properties = Properties()

    /// Makes an AUTH.
    package init(reasonCode: ReasonCode) {
        self.reasonCode = reasonCode
    }

    init(_ reader: inout PacketReader) throws(MQTTDecodingError) {
        reasonCode = reader.isAtEnd ? .success : try ReasonCode(&reader)
        if !reader.isAtEnd { properties = try Properties(&reader, in: .auth) }
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8]) {
        if reasonCode == .success, properties.isEmpty { return }
        bytes.append(reasonCode.rawValue)
        bytes.append(properties)
    }
}
