/// CONNACK (MQTT 5.0 3.2).
package struct ConnAckPacket: Hashable, Sendable {
    /// Whether the server has kept a session.
    package var sessionPresent: Bool
    /// Success, or why not.
    package var reasonCode: ReasonCode
    /// The properties.
    package var properties: Properties

    /// Makes a CONNACK.
    package init(
        sessionPresent: Bool,
        reasonCode: ReasonCode,
        properties: Properties = Properties()
    ) {
        self.sessionPresent = sessionPresent
        self.reasonCode = reasonCode
        self.properties = properties
    }

    init(_ reader: inout PacketReader) throws(MQTTDecodingError) {
        let flags = try reader.readByte()
        guard flags & 0xFE == 0 else {
            throw .malformed("reserved flags of CONNACK are set [MQTT-3.2.2-1]")
        }
        sessionPresent = flags == 1
        reasonCode = try ReasonCode(&reader)
        properties = try Properties(&reader, in: .connAck)
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8]) {
        bytes.append(sessionPresent ? 1 : 0)
        bytes.append(reasonCode.rawValue)
        bytes.append(properties)
    }
}

extension ReasonCode {
    init(_ reader: inout PacketReader) throws(MQTTDecodingError) {
        let byte = try reader.readByte()
        guard let code = ReasonCode(rawValue: byte) else {
            throw .malformed("there is no reason code \(byte)")
        }
        self = code
    }
}
