import Base

/// What the server does with retained messages at SUBSCRIBE (MQTT 5.0 3.8.3.1).
package enum RetainHandling: UInt8, Hashable, Sendable {
    /// Send them.
    case send = 0
    /// Send them if the subscription is new.
    case sendIfNew = 1
    /// Do not send them.
    case doNotSend = 2
}

/// The options of one subscription (MQTT 5.0 3.8.3.1).
package struct SubscriptionOptions: Hashable, Sendable {
    /// The highest quality of service that the client wants.
    package var qos: QoS
    /// Whether the client's own messages are not to come back.
    package var noLocal = false
    /// Whether deliveries keep the retain flag as published.
    package var retainAsPublished = false
    /// What happens with retained messages.
    package var retainHandling = RetainHandling.send

    /// Makes options.
    package init(qos: QoS) {
        self.qos = qos
    }

    init(byte: UInt8, _ version: ProtocolVersion) throws(MQTTDecodingError) {
        guard version == .v5 || byte & 0xFC == 0 else {
            throw .malformed("reserved bits of a requested QoS are set (3.1.1: [MQTT-3-8.3-4])")
        }
        guard byte & 0xC0 == 0 else {
            throw .malformed("reserved subscription options are set [MQTT-3.8.3-5]")
        }
        guard let qos = QoS(rawValue: byte & 3) else {
            throw .protocolError("the QoS of a subscription is 3 (3.8.3.1)")
        }
        guard let handling = RetainHandling(rawValue: byte >> 4 & 3) else {
            throw .protocolError("the retain handling of a subscription is 3 (3.8.3.1)")
        }
        self.qos = qos
        noLocal = byte & 4 != 0
        retainAsPublished = byte & 8 != 0
        retainHandling = handling
    }

    var byte: UInt8 {
        qos.rawValue | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0)
            | retainHandling.rawValue << 4
    }
}

/// SUBSCRIBE (MQTT 5.0 3.8).
package struct SubscribePacket: Hashable, Sendable {
    /// One filter with its options.
    package struct Request: Hashable, Sendable {
        /// The filter.
        package var filter: TopicFilter
        /// The options.
        package var options: SubscriptionOptions

        /// Makes a request.
        package init(filter: TopicFilter, options: SubscriptionOptions) {
            self.filter = filter
            self.options = options
        }
    }

    /// The most filters that one packet may carry.
    package static let requestCountMax = 256

    /// The packet identifier.
    package var packetIdentifier: UInt16
    /// The properties.
    package var properties = Properties()
    /// The filters, one at least.
    package var subscriptions: [Request]

    /// Makes a SUBSCRIBE.
    package init(packetIdentifier: UInt16, subscriptions: [Request]) {
        self.packetIdentifier = packetIdentifier
        self.subscriptions = subscriptions
    }

    init(
        _ reader: inout PacketReader,
        _ version: ProtocolVersion
    ) throws(MQTTDecodingError) {
        packetIdentifier = try reader.readPacketIdentifier()
        properties = try Properties(&reader, in: .subscribe, version)
        subscriptions = []
        while !reader.isAtEnd {
            guard subscriptions.count < Self.requestCountMax else {
                throw MQTTDecodingError(
                    .quotaExceeded,
                    "a SUBSCRIBE may carry \(Self.requestCountMax) filters"
                )
            }
            let filter = try TopicFilter(try reader.readName())
            let options = try SubscriptionOptions(byte: try reader.readByte(), version)
            guard filter.shareName == nil || !options.noLocal else {
                throw .protocolError("no-local on a shared subscription [MQTT-3.8.3-4]")
            }
            subscriptions.append(Request(filter: filter, options: options))
        }
        guard !subscriptions.isEmpty else {
            throw .protocolError("SUBSCRIBE without a filter [MQTT-3.8.3-2]")
        }
    }

    func encodeBody(into bytes: inout [UInt8], _ version: ProtocolVersion) {
        bytes.append(bigEndian: packetIdentifier)
        bytes.append(properties, version)
        for request in subscriptions {
            bytes.appendText(request.filter.description)
            bytes.append(request.options.byte)
        }
    }
}
