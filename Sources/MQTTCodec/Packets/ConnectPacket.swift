import Base

/// CONNECT (MQTT 5.0 3.1).
package struct ConnectPacket: Hashable, Sendable {
    /// The message that the server publishes when the client has gone (3.1.2.5).
    package struct Will: Hashable, Sendable {
        /// Its quality of service.
        package var qos: QoS
        /// Whether it is to be retained.
        package var retain: Bool
        /// Its topic.
        package var topicName: String
        /// Its payload.
        package var payload: [UInt8]
        /// Its properties.
        package var properties = Properties()

        /// Makes a will.
        package init(
            qos: QoS,
            retain: Bool,
            topicName: String,
            payload: [UInt8],
            properties: Properties = Properties()
        ) {
            self.qos = qos
            self.retain = retain
            self.topicName = topicName
            self.payload = payload
            self.properties = properties
        }
    }

    /// The version that the client speaks.
    package var version = ProtocolVersion.v5
    /// The client identifier; empty where the client wants one assigned.
    package var clientIdentifier: String
    /// Whether the server gave the identifier; set by the server, never on the wire.
    package var clientIdentifierIsAssigned = false
    /// Whether a session that was kept is to be discarded.
    package var cleanStart: Bool
    /// The longest silence of the client in seconds; 0 for none.
    package var keepAliveSeconds: UInt16
    /// The properties.
    package var properties = Properties()
    /// The will, if there is one.
    package var will: Will?
    /// The user name, if there is one.
    package var userName: String?
    /// The password, if there is one.
    package var password: [UInt8]?

    /// Makes a CONNECT without will, user name and properties.
    package init(clientIdentifier: String, cleanStart: Bool, keepAliveSeconds: UInt16) {
        self.clientIdentifier = clientIdentifier
        self.cleanStart = cleanStart
        self.keepAliveSeconds = keepAliveSeconds
    }

    init(_ reader: inout PacketReader) throws(MQTTDecodingError) {
        version = try Self.readProtocol(&reader)
        let flags = try reader.readByte()
        guard flags & 1 == 0 else {
            throw .malformed("the reserved flag of CONNECT is set [MQTT-3.1.2-3]")
        }
        cleanStart = flags & 0x02 != 0
        keepAliveSeconds = try reader.readTwo()
        guard version == .v5 || flags & 0xC0 != 0x40 else {
            throw .malformed("a password without a user name (3.1.1: [MQTT-3.1.2-22])")
        }
        properties = try Properties(&reader, in: .connect, version)
        if properties.authenticationData != nil, properties.authenticationMethod == nil {
            throw .protocolError("authentication data without a method (3.1.2.11.10)")
        }
        clientIdentifier = try Self.readClientIdentifier(&reader)
        will = try Self.readWill(flags: flags, version, &reader)
        do throws(MQTTDecodingError) {
            if flags & 0x80 != 0 { userName = try reader.readName() }
            if flags & 0x40 != 0 { password = try reader.readBinary() }
        } catch {
            throw error.withoutAnswer()
        }
        try reader.expectEnd()
    }

    // 3.1.3.1 has a reason code of its own for what is no identifier.
    private static func readClientIdentifier(
        _ reader: inout PacketReader
    ) throws(MQTTDecodingError) -> String {
        do throws(MQTTDecodingError) {
            return try reader.readName()
        } catch {
            throw MQTTDecodingError(
                .clientIdentifierNotValid,
                "the client identifier is no text: \(error.message) [MQTT-3.1.3-4]"
            )
        }
    }

    private static func readProtocol(
        _ reader: inout PacketReader
    ) throws(MQTTDecodingError) -> ProtocolVersion {
        let name = try reader.readText()
        guard name == "MQTT" || name == "MQIsdp" else {
            throw MQTTDecodingError(
                .unsupportedProtocolVersion,
                "the protocol name is not MQTT [MQTT-3.1.2-1]"
            ).withoutAnswer()
        }
        let level = try reader.readByte()
        guard name == "MQTT", let version = ProtocolVersion(rawValue: level) else {
            throw .unsupported(level: level)
        }
        return version
    }

    private static func readWill(
        flags: UInt8,
        _ version: ProtocolVersion,
        _ reader: inout PacketReader
    ) throws(MQTTDecodingError) -> Will? {
        guard flags & 0x04 != 0 else {
            guard flags & 0x38 == 0 else {
                throw .malformed("will flags without a will [MQTT-3.1.2-11, MQTT-3.1.2-13]")
            }
            return nil
        }
        guard let qos = QoS(rawValue: flags >> 3 & 3) else {
            throw .malformed("the will's QoS is 3 [MQTT-3.1.2-12]")
        }
        let properties = try Properties(&reader, in: .will, version)
        let topicName: String
        do throws(MQTTDecodingError) {
            topicName = try reader.readName()
        } catch {
            throw error.withoutAnswer()
        }
        guard TopicName.isValid(topicName) else {
            throw .malformed("the will's topic has wildcards, is empty or too deep [MQTT-4.7.0-1]")
        }
        return Will(
            qos: qos,
            retain: flags & 0x20 != 0,
            topicName: topicName,
            payload: try reader.readBinary(),
            properties: properties
        )
    }

    func encodeBody(into bytes: inout [UInt8]) {
        bytes.appendText("MQTT")
        bytes.append(version.rawValue)
        var flags: UInt8 = cleanStart ? 0x02 : 0
        if let will { flags |= 0x04 | will.qos.rawValue << 3 | (will.retain ? 0x20 : 0) }
        if userName != nil { flags |= 0x80 }
        if password != nil { flags |= 0x40 }
        bytes.append(flags)
        bytes.append(bigEndian: keepAliveSeconds)
        bytes.append(properties, version)
        bytes.appendText(clientIdentifier)
        if let will {
            bytes.append(will.properties, version)
            bytes.appendText(will.topicName)
            bytes.appendBinary(will.payload)
        }
        if let userName { bytes.appendText(userName) }
        if let password { bytes.appendBinary(password) }
    }
}
