import MQTTCodec

/// Packets of every type, to begin from.
enum PacketSeeds {
    /// What a client sends, CONNECT first.
    static func ofClient(_ version: ProtocolVersion) -> [[UInt8]] {
        var connect = ConnectPacket(clientIdentifier: "c", cleanStart: false, keepAliveSeconds: 60)
        connect.version = version
        connect.userName = "u"
        connect.password = [1, 2]
        if version == .v5 {
            connect.properties.sessionExpiryInterval = 10
            connect.properties.receiveMaximum = 2
            connect.properties.topicAliasMaximum = 3
        }
        var publish = publish(version)
        let filters = ["a/+/#", "alerts/#", "$share/group/a/b"].compactMap { try? TopicFilter($0) }
        let packets: [ControlPacket] = [
            .connect(connect), .publish(publish),
            .subscribe(
                SubscribePacket(
                    packetIdentifier: 3,
                    subscriptions: filters.map {
                        .init(filter: $0, options: .init(qos: .exactlyOnce))
                    }
                )
            ),
            .unsubscribe(UnsubscribePacket(packetIdentifier: 4, filters: filters)),
            .disconnect(DisconnectPacket(reasonCode: .normalDisconnection)), .pingReq,
        ]
        publish.qos = .exactlyOnce
        return (packets + [.publish(publish)] + acknowledgements).map { encode($0, version) }
    }

    /// What a server sends, CONNACK first.
    static func ofServer(_ version: ProtocolVersion) -> [[UInt8]] {
        var connAck = ConnAckPacket(sessionPresent: true, reasonCode: .success)
        var disconnect = DisconnectPacket(reasonCode: .normalDisconnection)
        if version == .v5 {
            connAck.properties.receiveMaximum = 2
            connAck.properties.serverKeepAlive = 9
            disconnect = DisconnectPacket(reasonCode: .keepAliveTimeout)
            disconnect.properties.reasonString = "late"
        }
        let packets: [ControlPacket] = [
            .connAck(connAck), .publish(publish(version)),
            .subAck(SubAckPacket(packetIdentifier: 1, reasonCodes: [.grantedQoS1])),
            .unsubAck(UnsubAckPacket(packetIdentifier: 4, reasonCodes: [.success])),
            .pingResp, .disconnect(disconnect),
        ]
        let extra: [ControlPacket] =
            version == .v5 ? [.auth(AuthPacket(reasonCode: .reauthenticate))] : []
        return (packets + acknowledgements + extra).map { encode($0, version) }
    }

    private static var acknowledgements: [ControlPacket] {
        let answer = PubAckPacket(packetIdentifier: 1, reasonCode: .success)
        return [.pubAck(answer), .pubRec(answer), .pubRel(answer), .pubComp(answer)]
    }

    private static func publish(_ version: ProtocolVersion) -> PublishPacket {
        var publish = PublishPacket(
            topicName: "a/b/c",
            qos: .atLeastOnce,
            packetIdentifier: 1,
            payload: [1, 2, 3]
        )
        guard version == .v5 else { return publish }
        publish.properties.topicAlias = 1
        publish.properties.contentType = "x"
        publish.properties.userProperties = [UserProperty(name: "aviso-index", value: "7")]
        return publish
    }

    private static func encode(_ packet: ControlPacket, _ version: ProtocolVersion) -> [UInt8] {
        var bytes: [UInt8] = []
        PacketEncoder.encode(packet, version: version, into: &bytes)
        return bytes
    }
}
