extension Properties {
    /// The most properties that one packet may carry, so that a flood of them costs little.
    package static let countMax = 128

    /// Reads the properties at the front of `reader` (2.2.2).
    init(
        _ reader: inout PacketReader,
        in place: PropertyPlace,
        _ version: ProtocolVersion = .v5
    ) throws(MQTTDecodingError) {
        self.init()
        guard version.hasProperties else { return }
        let byteCount = try reader.readVariable()
        guard byteCount > 0 else { return }
        var part = try reader.readPart(Int(byteCount))
        var seen: Set<PropertyIdentifier> = []
        var count = 0
        while !part.isAtEnd {
            count += 1
            guard count <= Self.countMax else {
                throw MQTTDecodingError(
                    .quotaExceeded,
                    "a packet may carry \(Self.countMax) properties"
                )
            }
            let code = try part.readVariable()
            guard let identifier = UInt8(exactly: code).flatMap(PropertyIdentifier.init) else {
                throw .malformed("there is no property \(code)")
            }
            let mayRepeat =
                identifier == .userProperty
                || (identifier == .subscriptionIdentifier && place == .publish)
            guard seen.insert(identifier).inserted || mayRepeat else {
                throw .protocolError("property \(identifier) stands twice")
            }
            let value = try Self.readValue(identifier, &part)
            guard place.allows(identifier) else {
                throw MQTTDecodingError(
                    place.codeOfDisallowed,
                    "property \(identifier) may not stand in this packet (2.2.2.2)"
                )
            }
            append(Item(identifier: identifier, value: value))
        }
    }

    private static func readValue(
        _ identifier: PropertyIdentifier,
        _ part: inout PacketReader
    ) throws(MQTTDecodingError) -> Value {
        switch identifier.form {
        case .byte:
            let value = try part.readByte()
            guard value <= 1 else {
                throw .protocolError("property \(identifier) must be 0 or 1")
            }
            return .byte(value)
        case .two:
            let value = try part.readTwo()
            guard value != 0 || (identifier != .receiveMaximum && identifier != .topicAlias) else {
                throw identifier == .topicAlias
                    ? MQTTDecodingError(.topicAliasInvalid, "a topic alias is 0 [MQTT-3.3.2-8]")
                    : .protocolError("the receive maximum is 0 (3.1.2.11.3)")
            }
            return .two(value)
        case .four:
            let value = try part.readFour()
            guard value != 0 || identifier != .maximumPacketSize else {
                throw .protocolError("the maximum packet size is 0 (3.1.2.11.4)")
            }
            return .four(value)
        case .variable:
            let value = try part.readVariable()
            guard value != 0 else {
                throw .protocolError("a subscription identifier is 0 (3.8.2.1.2)")
            }
            return .variable(value)
        case .text:
            let text = try part.readText()
            if identifier == .responseTopic, !TopicName.isValid(text) {
                throw .protocolError("the response topic contains wildcards [MQTT-3.3.2-14]")
            }
            return .text(text)
        case .binary:
            return .binary(try part.readBinary())
        case .pair:
            return .pair(UserProperty(name: try part.readText(), value: try part.readText()))
        }
    }
}
