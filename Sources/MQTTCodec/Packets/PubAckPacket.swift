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

    init(
        _ reader: inout PacketReader,
        _ version: ProtocolVersion,
        allows isAllowed: (ReasonCode) -> Bool
    ) throws(MQTTDecodingError) {
        packetIdentifier = try reader.readPacketIdentifier()
        guard version == .v5 else {
            reasonCode = .success
            try reader.expectEnd()
            return
        }
        reasonCode = reader.isAtEnd ? .success : try ReasonCode(&reader)
        guard isAllowed(reasonCode) else {
            throw .protocolError("reason code \(reasonCode) may not stand in this packet (2.4)")
        }
        if !reader.isAtEnd { properties = try Properties(&reader, in: .acknowledgement) }
        try reader.expectEnd()
    }

    func encodeBody(into bytes: inout [UInt8], _ version: ProtocolVersion) {
        bytes.append(bigEndian: packetIdentifier)
        // Success without properties is left out (3.4.2.1).
        if version == .v311 || (reasonCode == .success && properties.isEmpty) { return }
        bytes.append(reasonCode.rawValue)
        if !properties.isEmpty { bytes.append(properties) }
    }
}

extension ReasonCode {
    /// Whether it may stand in PUBACK and PUBREC (3.4.2.1, 3.5.2.1).
    var isOfPublishAnswer: Bool {
        switch self {
        case .success, .noMatchingSubscribers, .unspecifiedError, .implementationSpecificError,
            .notAuthorized, .topicNameInvalid, .packetIdentifierInUse, .quotaExceeded,
            .payloadFormatInvalid:
            true
        default: false
        }
    }

    /// Whether it may stand in PUBREL and PUBCOMP (3.6.2.1, 3.7.2.1).
    var isOfRelease: Bool { self == .success || self == .packetIdentifierNotFound }
}
