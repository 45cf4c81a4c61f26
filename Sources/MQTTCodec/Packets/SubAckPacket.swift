import Base

/// SUBACK and UNSUBACK, which differ in their type alone (MQTT 5.0 3.9, 3.11).
package struct SubAckPacket: Hashable, Sendable {
    /// The packet identifier of the request.
    package var packetIdentifier: UInt16
    /// The properties.
    package var properties = Properties()
    /// One reason code for each filter, in order.
    package var reasonCodes: [ReasonCode]

    /// Makes an answer.
    package init(packetIdentifier: UInt16, reasonCodes: [ReasonCode]) {
        self.packetIdentifier = packetIdentifier
        self.reasonCodes = reasonCodes
    }

    init(
        _ reader: inout PacketReader,
        _ version: ProtocolVersion
    ) throws(MQTTDecodingError) {
        packetIdentifier = try reader.readPacketIdentifier()
        properties = try Properties(&reader, in: .acknowledgement, version)
        reasonCodes = []
        while !reader.isAtEnd {
            let code = try ReasonCode(&reader)
            guard version == .v5 || code.rawValue <= 2 || code == .unspecifiedError else {
                throw .malformed("SUBACK has another return code than 0, 1, 2 and 128 (3.9.3)")
            }
            reasonCodes.append(code)
        }
        guard !reasonCodes.isEmpty else { throw .protocolError("an answer without reason codes") }
    }

    /// Reads UNSUBACK, which says nothing but the packet identifier in MQTT 3.1.1 (3.11).
    init(
        ofUnsubscribe reader: inout PacketReader,
        _ version: ProtocolVersion
    ) throws(MQTTDecodingError) {
        guard version == .v311 else {
            self = try SubAckPacket(&reader, version)
            return
        }
        packetIdentifier = try reader.readPacketIdentifier()
        reasonCodes = []
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8], _ version: ProtocolVersion) {
        bytes.append(bigEndian: packetIdentifier)
        bytes.append(properties, version)
        for code in reasonCodes {
            // MQTT 3.1.1 knows one failure [MQTT-3.9.3-2].
            bytes.append(version == .v311 && code.isError ? 0x80 : code.rawValue)
        }
    }
}

/// UNSUBACK has the fields of SUBACK.
package typealias UnsubAckPacket = SubAckPacket
