/// A control packet of MQTT 5.0 (2.1.2).
package enum ControlPacket: Hashable, Sendable {
    /// CONNECT.
    case connect(ConnectPacket)
    /// CONNACK.
    case connAck(ConnAckPacket)
    /// PUBLISH.
    case publish(PublishPacket)
    /// PUBACK.
    case pubAck(PubAckPacket)
    /// PUBREC.
    case pubRec(PubAckPacket)
    /// PUBREL.
    case pubRel(PubAckPacket)
    /// PUBCOMP.
    case pubComp(PubAckPacket)
    /// SUBSCRIBE.
    case subscribe(SubscribePacket)
    /// SUBACK.
    case subAck(SubAckPacket)
    /// UNSUBSCRIBE.
    case unsubscribe(UnsubscribePacket)
    /// UNSUBACK.
    case unsubAck(UnsubAckPacket)
    /// PINGREQ.
    case pingReq
    /// PINGRESP.
    case pingResp
    /// DISCONNECT.
    case disconnect(DisconnectPacket)
    /// AUTH.
    case auth(AuthPacket)

    /// Decodes a packet whose fixed header has been read.
    init(
        type: UInt8,
        flags: UInt8,
        version: ProtocolVersion,
        isFromClient: Bool,
        _ reader: inout PacketReader
    ) throws(MQTTDecodingError) {
        // What a client may not send at all is not looked at further.
        switch type {
        case 2 where isFromClient:
            throw .protocolError("a packet that only a server sends came from a client")
        case 15 where isFromClient && version == .v5:
            self = .auth(AuthPacket(reasonCode: .continueAuthentication))
            return
        default: break
        }
        let expectedFlags: UInt8? = type == 3 ? nil : (type == 6 || type == 8 || type == 10 ? 2 : 0)
        if let expectedFlags, flags != expectedFlags {
            throw .malformed("the flags of the fixed header are wrong [MQTT-2.1.3-1]")
        }
        switch type {
        case 2, 9, 11, 13:
            guard !isFromClient else {
                throw .protocolError("a packet that only a server sends came from a client")
            }
        default: break
        }
        switch type {
        case 1: self = .connect(try ConnectPacket(&reader))
        case 2: self = .connAck(try ConnAckPacket(&reader, version))
        case 3: self = .publish(try PublishPacket(flags: flags, &reader, version))
        case 4: self = .pubAck(try PubAckPacket(&reader, version, allows: \.isOfPublishAnswer))
        case 5: self = .pubRec(try PubAckPacket(&reader, version, allows: \.isOfPublishAnswer))
        case 6: self = .pubRel(try PubAckPacket(&reader, version, allows: \.isOfRelease))
        case 7: self = .pubComp(try PubAckPacket(&reader, version, allows: \.isOfRelease))
        case 8: self = .subscribe(try SubscribePacket(&reader, version))
        case 9: self = .subAck(try SubAckPacket(&reader, version))
        case 10: self = .unsubscribe(try UnsubscribePacket(&reader, version))
        case 11: self = .unsubAck(try UnsubAckPacket(ofUnsubscribe: &reader, version))
        case 12:
            try reader.expectEnd()
            self = .pingReq
        case 13:
            try reader.expectEnd()
            self = .pingResp
        case 14: self = .disconnect(try DisconnectPacket(&reader, version))
        case 15 where version == .v5: self = .auth(try AuthPacket(&reader))
        default: throw .malformed("packet type \(type) is reserved (2.1.2)")
        }
    }
}
