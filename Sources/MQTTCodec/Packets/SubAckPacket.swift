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
        while !reader.isAtEnd { reasonCodes.append(try ReasonCode(&reader)) }
        guard !reasonCodes.isEmpty else { throw .protocolError("an answer without reason codes") }
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
