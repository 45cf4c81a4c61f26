import Base

/// PUBACK, PUBREC, PUBREL and PUBCOMP, which differ in their type alone (MQTT 5.0 3.4 to 3.7).
package struct PubAckPacket: Hashable, Sendable {
    /// The packet identifier of the PUBLISH.
    package var packetIdentifier: UInt16
    /// Success, or why not.
    package var reasonCode: ReasonCode
    /// The properties.
    package var properties = Properties()

    /// Makes an acknowledgement.
    package init(packetIdentifier: UInt16, reasonCode: ReasonCode) {
        self.packetIdentifier = packetIdentifier
        self.reasonCode = reasonCode
    }

    init(_ reader: inout PacketReader) throws(MQTTDecodingError) {
        packetIdentifier = try reader.readPacketIdentifier()
        reasonCode = reader.isAtEnd ? .success : try ReasonCode(&reader)
        if !reader.isAtEnd { properties = try Properties(&reader, in: .acknowledgement) }
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: packetIdentifier)
        // Success without properties is left out (3.4.2.1).
        if reasonCode == .success, properties.isEmpty { return }
        bytes.append(reasonCode.rawValue)
        if !properties.isEmpty { bytes.append(properties) }
    }
}
