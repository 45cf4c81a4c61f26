import Base

/// UNSUBSCRIBE (MQTT 5.0 3.10).
package struct UnsubscribePacket: Hashable, Sendable {
    /// The packet identifier.
    package var packetIdentifier: UInt16
    /// The properties.
    package var properties = Properties()
    /// The filters, one at least.
    package var filters: [TopicFilter]

    /// Makes an UNSUBSCRIBE.
    package init(packetIdentifier: UInt16, filters: [TopicFilter]) {
        self.packetIdentifier = packetIdentifier
        self.filters = filters
    }

    init(
        _ reader: inout PacketReader,
        _ version: ProtocolVersion
    ) throws(MQTTDecodingError) {
        packetIdentifier = try reader.readPacketIdentifier()
        properties = try Properties(&reader, in: .unsubscribe, version)
        filters = []
        while !reader.isAtEnd {
            guard filters.count < SubscribePacket.requestCountMax else {
                throw MQTTDecodingError(
                    .quotaExceeded,
                    "an UNSUBSCRIBE may carry \(SubscribePacket.requestCountMax) filters"
                )
            }
            filters.append(try TopicFilter(try reader.readName()))
        }
        guard !filters.isEmpty else {
            throw .protocolError("UNSUBSCRIBE without a filter [MQTT-3.10.3-2]")
        }
    }

    func encodeBody(into bytes: inout [UInt8], _ version: ProtocolVersion) {
        bytes.append(bigEndian: packetIdentifier)
        bytes.append(properties, version)
        for filter in filters { bytes.appendText(filter.description) }
    }
}
