extension Properties {
    /// The most properties that one packet may carry, so that a flood of them costs little.
    package static let countMax = 8192

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
            // The value first: where it cannot be read, nothing is said of its place.
            let value = try Self.readValue(identifier, &part)
            guard place.allows(identifier) else {
                throw MQTTDecodingError(
                    place.codeOfDisallowed,
                    "property \(identifier) may not stand in this packet (2.2.2.2)"
                )
            }
            let mayRepeat =
                identifier == .userProperty
                || (identifier == .subscriptionIdentifier && place == .publish)
            guard seen.insert(identifier).inserted || mayRepeat else {
                throw .protocolError("property \(identifier) stands twice")
            }
            try Self.check(value, of: identifier)
            append(Item(identifier: identifier, value: value))
        }
    }

    private static func readValue(
        _ identifier: PropertyIdentifier,
        _ part: inout PacketReader
    ) throws(MQTTDecodingError) -> Value {
        switch identifier.form {
        case .byte: .byte(try part.readByte())
        case .two: .two(try part.readTwo())
        case .four: .four(try part.readFour())
        case .variable: .variable(try part.readVariable())
        case .text: .text(try part.readText())
        case .binary: .binary(try part.readBinary())
        case .pair: .pair(UserProperty(name: try part.readText(), value: try part.readText()))
        }
    }

    // What the standard says of single values.
    private static func check(
        _ value: Value,
        of identifier: PropertyIdentifier
    ) throws(MQTTDecodingError) {
        switch (value, identifier) {
        case (.byte(2...), _):
            throw .protocolError("property \(identifier) must be 0 or 1")
        case (.two(0), .topicAlias):
            throw MQTTDecodingError(.topicAliasInvalid, "a topic alias is 0 [MQTT-3.3.2-8]")
        case (.two(0), .receiveMaximum):
            throw .protocolError("the receive maximum is 0 (3.1.2.11.3)")
        case (.four(0), .maximumPacketSize):
            throw .protocolError("the maximum packet size is 0 (3.1.2.11.4)")
        case (.variable(0), _):
            throw .protocolError("a subscription identifier is 0 (3.8.2.1.2)")
        case (.text(let text), .responseTopic) where !TopicName.isValid(text):
            throw .protocolError("the response topic contains wildcards [MQTT-3.3.2-14]")
        default: break
        }
    }
}
