import Base

/// A PUBLISH that goes to many, encoded once: a delivery adds only what is its own.
package struct PublishTemplate: Sendable {
    private let topic: [UInt8]
    // The encoded properties without their length, since a delivery may add identifiers.
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
    package var byteCount: Int { 5 + topic.count + 2 + 4 + properties.count + payload.count }

    /// Appends one delivery to `bytes`.
    package func append(
        qos: QoS,
        packetIdentifier: UInt16?,
        isDuplicate: Bool,
        identifiers: [UInt32],
        to bytes: inout [UInt8]
    ) {
        var own: [UInt8] = []
        for identifier in identifiers {
            own.append(PropertyIdentifier.subscriptionIdentifier.rawValue)
            own.appendVariable(Int(identifier))
        }
        let propertyByteCount = properties.count + own.count
        let identifierByteCount = packetIdentifier == nil ? 0 : 2
        bytes.append(0x30 | (isDuplicate ? 8 : 0) | qos.rawValue << 1)
        bytes.appendVariable(
            topic.count + identifierByteCount + Self.lengthByteCount(propertyByteCount)
                + propertyByteCount + payload.count
        )
        bytes.append(contentsOf: topic)
        if let packetIdentifier { bytes.append(bigEndian: packetIdentifier) }
        bytes.appendVariable(propertyByteCount)
        bytes.append(contentsOf: properties)
        bytes.append(contentsOf: own)
        bytes.append(contentsOf: payload)
    }

    private static func lengthByteCount(_ value: Int) -> Int {
        value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
    }
}
