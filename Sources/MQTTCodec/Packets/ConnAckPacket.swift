/// CONNACK (MQTT 5.0 3.2).
package struct ConnAckPacket: Hashable, Sendable {
    /// Whether the server has kept a session.
    package var sessionPresent: Bool
    /// Success, or why not.
    package var reasonCode: ReasonCode
    /// The properties.
    package var properties: Properties

    /// Makes a CONNACK.
    package init(
        sessionPresent: Bool,
        reasonCode: ReasonCode,
        properties: Properties = Properties()
    ) {
        self.sessionPresent = sessionPresent
        self.reasonCode = reasonCode
        self.properties = properties
    }

    init(_ reader: inout PacketReader, _ version: ProtocolVersion) throws(MQTTDecodingError) {
        let flags = try reader.readByte()
        guard flags & 0xFE == 0 else {
            throw .malformed("reserved flags of CONNACK are set [MQTT-3.2.2-1]")
        }
        sessionPresent = flags == 1
        reasonCode =
            version == .v5 ? try ReasonCode(&reader) : try ReasonCode(connectReturnCode: &reader)
        properties = try Properties(&reader, in: .connAck, version)
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8], _ version: ProtocolVersion) {
        bytes.append(sessionPresent ? 1 : 0)
        bytes.append(version == .v5 ? reasonCode.rawValue : reasonCode.connectReturnCode)
        bytes.append(properties, version)
    }
}

extension ReasonCode {
    /// The return code of CONNACK that says the same (MQTT 3.1.1, table 3.1).
    fileprivate var connectReturnCode: UInt8 {
        switch self {
        case .success: 0
        case .unsupportedProtocolVersion: 1
        case .clientIdentifierNotValid: 2
        case .serverUnavailable, .serverBusy, .quotaExceeded, .connectionRateExceeded: 3
        case .badUserNameOrPassword: 4
        default: 5
        }
    }

    fileprivate init(connectReturnCode reader: inout PacketReader) throws(MQTTDecodingError) {
        let codes: [ReasonCode] = [
            .success, .unsupportedProtocolVersion, .clientIdentifierNotValid, .serverUnavailable,
            .badUserNameOrPassword, .notAuthorized,
        ]
        let byte = try reader.readByte()
        guard byte < codes.count else {
            throw .malformed("the return code \(byte) of CONNACK is reserved (3.1.1: table 3.1)")
        }
        self = codes[Int(byte)]
    }

    init(_ reader: inout PacketReader) throws(MQTTDecodingError) {
        let byte = try reader.readByte()
        guard let code = ReasonCode(rawValue: byte) else {
            throw .protocolError("there is no reason code \(byte) (2.4)")
        }
        self = code
    }
}
