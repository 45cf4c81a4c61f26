import MQTTCodec

/// What a client has said in CONNECT that it can take.
package struct ClientCapabilities: Hashable, Sendable {
    /// How many QoS 1 and 2 deliveries may be under way (MQTT 5.0 3.1.2.11.3).
    package var receiveMaximum: Int = 65_535
    /// The largest packet that it takes (3.1.2.11.4).
    package var packetByteCountMax: Int = 268_435_460
    /// How many topic aliases it takes (3.1.2.11.5).
    package var topicAliasMaximum: Int = 0
    /// Whether reason strings and user properties may stand in acknowledgements (3.1.2.11.7).
    package var wantsProblemInformation = true

    init() {}

    init(_ connect: ConnectPacket, limits: BrokerLimits) {
        let properties = connect.properties
        receiveMaximum = min(
            Int(properties.receiveMaximum ?? 65_535),
            Int(limits.receiveMaximum)
        )
        packetByteCountMax = Int(properties.maximumPacketSize ?? 268_435_460)
        topicAliasMaximum = min(
            Int(properties.topicAliasMaximum ?? 0),
            Int(limits.topicAliasMaximum)
        )
        wantsProblemInformation = properties.requestProblemInformation ?? true
    }
}
