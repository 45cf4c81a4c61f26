package import Base
package import MQTTCodec

/// A message on an opaque channel: any MQTT payload, signed by nobody, kept as it came.
package struct OpaqueMessage: Hashable, Sendable {
    /// The channel number of its records, which no channel of alerts has.
    package static let channelNumber: UInt16 = .max

    /// The topic.
    package let topicName: String
    /// The quality of service with which it was published.
    package let qos: QoS
    /// Whether it is to be retained.
    package let isRetained: Bool
    /// The properties that go on to subscribers (MQTT 5.0 3.3.2.3).
    package let properties: Properties
    /// The payload.
    package let payload: [UInt8]
    /// When it expires, if ever (3.3.2.3.3).
    package let expires: WallTime?
    /// The session that it came from, for subscriptions without local messages (3.8.3.1).
    package let sender: SessionKey

    /// Takes a message from a PUBLISH.
    ///
    /// - Parameters:
    ///   - publish: the packet.
    ///   - topicName: its topic, with an alias resolved.
    ///   - sender: the session that it came from.
    ///   - now: when it came, from which its expiry counts.
    package init(
        _ publish: PublishPacket,
        topicName: String,
        sender: SessionKey,
        now: WallTime
    ) {
        self.topicName = topicName
        self.sender = sender
        qos = publish.qos
        isRetained = publish.retain
        payload = publish.payload
        var properties = publish.properties
        expires = properties.messageExpiryInterval.map {
            now.adding(milliseconds: UInt64($0) * 1000)
        }
        properties.messageExpiryInterval = nil
        properties.topicAlias = nil
        properties.subscriptionIdentifiers = []
        self.properties = properties
    }

    /// Whether it is no longer to be delivered.
    package func hasExpired(now: WallTime) -> Bool { expires.map { $0 <= now } ?? false }

    /// The seconds that are left until it expires, for its delivery [MQTT-3.3.2-6].
    package func secondsLeft(now: WallTime) -> UInt32? {
        expires.map { expires in
            let left = expires.milliseconds - min(now.milliseconds, expires.milliseconds)
            return UInt32(clamping: (left + 999) / 1000)
        }
    }

    // MARK: - Content

    /// The content beside its log entry: a PUBLISH packet.
    package var content: [UInt8] {
        var publish = PublishPacket(
            topicName: topicName,
            qos: qos,
            packetIdentifier: qos == .atMostOnce ? nil : 1,
            payload: payload
        )
        publish.retain = isRetained
        publish.properties = properties
        var bytes: [UInt8] = []
        PacketEncoder.encode(.publish(publish), into: &bytes)
        return bytes
    }

    /// Reads a message back from the log.
    ///
    /// The result is nil if the content is no PUBLISH packet.
    ///
    /// - Parameters:
    ///   - content: the content beside the entry.
    ///   - expires: when it expires, as the entry says.
    ///   - sender: the session that it came from.
    package init?(content: [UInt8], expires: WallTime?, sender: SessionKey) {
        var decoder = PacketDecoder(packetByteCountMax: content.count)
        decoder.append(content[...])
        guard case .publish(let publish)? = try? decoder.next() else { return nil }
        topicName = publish.topicName
        qos = publish.qos
        isRetained = publish.retain
        properties = publish.properties
        payload = publish.payload
        self.expires = expires
        self.sender = sender
    }
}
