import Base

/// Encodes control packets.
package enum PacketEncoder {
    /// Appends a packet to `bytes`.
    ///
    /// - Parameters:
    ///   - packet: the packet.
    ///   - version: the version that the other side speaks.
    ///   - bytes: receives the encoding.
    package static func encode(
        _ packet: ControlPacket,
        version: ProtocolVersion = .v5,
        into bytes: inout [UInt8]
    ) {
        var body: [UInt8] = []
        let first = encodeBody(packet, version, into: &body)
        bytes.append(first)
        bytes.appendVariable(body.count)
        bytes.append(contentsOf: body)
    }

    /// The number of bytes of a packet, for the other side's maximum packet size.
    package static func encodedByteCount(_ packet: ControlPacket) -> Int {
        var bytes: [UInt8] = []
        encode(packet, into: &bytes)
        return bytes.count
    }

    // Returns the first byte of the fixed header.
    private static func encodeBody(
        _ packet: ControlPacket,
        _ version: ProtocolVersion,
        into body: inout [UInt8]
    ) -> UInt8 {
        switch packet {
        case .connect(let packet): packet.encodeBody(into: &body)
        case .connAck(let packet): packet.encodeBody(into: &body, version)
        case .publish(let packet): packet.encodeBody(into: &body, version)
        case .pubAck(let packet), .pubRec(let packet), .pubRel(let packet), .pubComp(let packet):
            packet.encodeBody(into: &body, version)
        case .subscribe(let packet): packet.encodeBody(into: &body, version)
        case .subAck(let packet): packet.encodeBody(into: &body, version)
        case .unsubAck(let packet):
            // MQTT 3.1.1 3.11: nothing but the packet identifier.
            if version == .v5 {
                packet.encodeBody(into: &body, version)
            } else {
                body.append(bigEndian: packet.packetIdentifier)
            }
        case .unsubscribe(let packet): packet.encodeBody(into: &body, version)
        case .pingReq, .pingResp: break
        case .disconnect(let packet): packet.encodeBody(into: &body, version)
        case .auth(let packet): packet.encodeBody(into: &body)
        }
        return firstByte(of: packet)
    }

    private static func firstByte(of packet: ControlPacket) -> UInt8 {
        switch packet {
        case .connect: 0x10
        case .connAck: 0x20
        case .publish(let packet): 0x30 | packet.flags
        case .pubAck: 0x40
        case .pubRec: 0x50
        case .pubRel: 0x62
        case .pubComp: 0x70
        case .subscribe: 0x82
        case .subAck: 0x90
        case .unsubscribe: 0xA2
        case .unsubAck: 0xB0
        case .pingReq: 0xC0
        case .pingResp: 0xD0
        case .disconnect: 0xE0
        case .auth: 0xF0
        }
    }
}
