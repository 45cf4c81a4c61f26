import Base

/// PUBLISH (MQTT 5.0 3.3).
package struct PublishPacket: Hashable, Sendable {
    /// Whether it may have been sent before.
    package var duplicate = false
    /// Its quality of service.
    package var qos: QoS
    /// Whether it is, or is to be, retained.
    package var retain = false
    /// The topic; empty where a topic alias stands for it.
    package var topicName: String
    /// The packet identifier, for QoS 1 and 2.
    package var packetIdentifier: UInt16?
    /// The properties.
    package var properties = Properties()
    /// The payload.
    package var payload: [UInt8]

    /// Makes a PUBLISH.
    package init(topicName: String, qos: QoS, packetIdentifier: UInt16?, payload: [UInt8]) {
        self.topicName = topicName
        self.qos = qos
        self.packetIdentifier = packetIdentifier
        self.payload = payload
    }

    init(
        flags: UInt8,
        _ reader: inout PacketReader,
        _ version: ProtocolVersion
    ) throws(MQTTDecodingError) {
        guard let qos = QoS(rawValue: flags >> 1 & 3) else {
            throw .malformed("the QoS of PUBLISH is 3 [MQTT-3.3.1-4]")
        }
        self.qos = qos
        duplicate = flags & 8 != 0
        retain = flags & 1 != 0
        guard !duplicate || qos != .atMostOnce else {
            throw .malformed("DUP is set with QoS 0 [MQTT-3.3.1-2]")
        }
        topicName = try reader.readName()
        guard topicName.isEmpty || TopicName.isValid(topicName) else {
            // Topic Name invalid is for names that are well-formed (table 2-6).
            throw .malformed(
                TopicName.isTooDeep(topicName)
                    ? "a topic has \(TopicName.separatorCountMax) separators at most"
                    : "the topic of PUBLISH contains wildcards [MQTT-3.3.2-2]"
            )
        }
        packetIdentifier = qos == .atMostOnce ? nil : try reader.readPacketIdentifier()
        properties = try Properties(&reader, in: .publish, version)
        guard !topicName.isEmpty || properties.topicAlias != nil else {
            throw .protocolError("the topic is empty and there is no topic alias (3.3.2.1)")
        }
        // An own array: a slice would keep the connection's whole buffer alive.
        payload = Array(reader.readRest())
    }

    var flags: UInt8 { (duplicate ? 8 : 0) | qos.rawValue << 1 | (retain ? 1 : 0) }

    func encodeBody(into bytes: inout [UInt8], _ version: ProtocolVersion) {
        bytes.appendText(topicName)
        if let packetIdentifier { bytes.append(bigEndian: packetIdentifier) }
        bytes.append(properties, version)
        bytes.append(contentsOf: payload)
    }
}
