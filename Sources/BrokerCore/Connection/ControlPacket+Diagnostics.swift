package import MQTTCodec

extension ControlPacket {
    /// What a server says, without what only tells people more: reason strings and user properties.
    package var withoutDiagnostics: ControlPacket {
        switch self {
        case .connAck(var packet):
            packet.properties = packet.properties.withoutDiagnostics
            return .connAck(packet)
        case .pubAck(var packet):
            packet.properties = packet.properties.withoutDiagnostics
            return .pubAck(packet)
        case .pubRec(var packet):
            packet.properties = packet.properties.withoutDiagnostics
            return .pubRec(packet)
        case .subAck(var packet):
            packet.properties = packet.properties.withoutDiagnostics
            return .subAck(packet)
        case .unsubAck(var packet):
            packet.properties = packet.properties.withoutDiagnostics
            return .unsubAck(packet)
        case .disconnect(var packet):
            packet.properties = packet.properties.withoutDiagnostics
            return .disconnect(packet)
        default:
            return self
        }
    }
}

extension Properties {
    fileprivate var withoutDiagnostics: Properties {
        var bare = self
        bare.reasonString = nil
        bare.userProperties = []
        return bare
    }
}
