import Base

/// A PUBLISH that goes to many, encoded once: a delivery adds only what is its own.
package struct PublishTemplate: Sendable {
    /// What is one delivery's own.
    package struct Delivery: Hashable, Sendable {
        /// How the topic is named.
        package enum Topic: Hashable, Sendable {
            /// In full.
            case name
            /// In full, and by this alias from now on (3.3.2.3.4).
            case nameWithAlias(UInt16)
            /// By an alias that was set before.
            case alias(UInt16)
        }

        /// The quality of service.
        package var qos: QoS
        /// The packet identifier, for QoS 1 and 2.
        package var packetIdentifier: UInt16?
        /// Whether it may have been sent before.
        package var isDuplicate = false
        /// The RETAIN flag.
        package var isRetained = false
        /// The identifiers of the matching subscriptions.
        package var identifiers: [UInt32] = []
        /// How the topic is named.
        package var topic = Topic.name
        /// The seconds that are left of the message expiry interval, if it has one.
        package var expirySeconds: UInt32?

        /// Makes a delivery.
        package init(qos: QoS, packetIdentifier: UInt16? = nil) {
            self.qos = qos
            self.packetIdentifier = packetIdentifier
        }
    }

    // Topic alias, message expiry interval and their identifiers.
    private static let ownByteCountMax = 3 + 5

    private let topic: [UInt8]
    // The encoded properties without their length, since a delivery may add its own.
    private let properties: [UInt8]
    private let payload: ArraySlice<UInt8>

    /// Encodes what all deliveries share.
    package init(topicName: String, properties: Properties, payload: ArraySlice<UInt8>) {
        var topic: [UInt8] = []
        topic.appendText(topicName)
        self.topic = topic
        var encoded: [UInt8] = []
        encoded.append(properties)
        // Drops the length, of one to four bytes, in front.
        let lengthByteCount = (encoded.firstIndex { $0 & 0x80 == 0 } ?? 0) + 1
        self.properties = Array(encoded.dropFirst(lengthByteCount))
        self.payload = payload
    }

    /// The most bytes that a delivery without subscription identifiers takes.
    package var byteCount: Int {
        5 + topic.count + 2 + 4 + properties.count + Self.ownByteCountMax + payload.count
    }

    /// The bytes of one delivery.
    package func byteCount(of delivery: Delivery, version: ProtocolVersion) -> Int {
        var bytes: [UInt8] = []
        append(delivery, version: version, to: &bytes)
        return bytes.count
    }

    /// Appends one delivery to `bytes`.
    ///
    /// - Parameters:
    ///   - delivery: what is its own.
    ///   - version: the version that the client speaks.
    ///   - bytes: receives the packet.
    package func append(
        _ delivery: Delivery,
        version: ProtocolVersion = .v5,
        to bytes: inout [UInt8]
    ) {
        var own: [UInt8] = []
        if version.hasProperties { Self.append(delivery, to: &own) }
        let propertyByteCount = properties.count + own.count
        let lengthByteCount =
            version.hasProperties
            ? Self.lengthByteCount(propertyByteCount) + propertyByteCount : 0
        var topic = topic
        if case .alias = delivery.topic { topic = [0, 0] }
        let flags =
            (delivery.isDuplicate ? 8 : 0) | delivery.qos.rawValue << 1
            | (delivery.isRetained ? 1 : 0)
        bytes.append(0x30 | flags)
        bytes.appendVariable(
            topic.count + (delivery.packetIdentifier == nil ? 0 : 2) + lengthByteCount
                + payload.count
        )
        bytes.append(contentsOf: topic)
        if let packetIdentifier = delivery.packetIdentifier {
            bytes.append(bigEndian: packetIdentifier)
        }
        if version.hasProperties {
            bytes.appendVariable(propertyByteCount)
            bytes.append(contentsOf: properties)
            bytes.append(contentsOf: own)
        }
        bytes.append(contentsOf: payload)
    }

    private static func append(_ delivery: Delivery, to own: inout [UInt8]) {
        if let seconds = delivery.expirySeconds {
            own.append(PropertyIdentifier.messageExpiryInterval.rawValue)
            own.append(bigEndian: seconds)
        }
        switch delivery.topic {
        case .name: break
        case .nameWithAlias(let alias), .alias(let alias):
            own.append(PropertyIdentifier.topicAlias.rawValue)
            own.append(bigEndian: alias)
        }
        for identifier in delivery.identifiers {
            own.append(PropertyIdentifier.subscriptionIdentifier.rawValue)
            own.appendVariable(Int(identifier))
        }
    }

    private static func lengthByteCount(_ value: Int) -> Int {
        value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
    }
}
