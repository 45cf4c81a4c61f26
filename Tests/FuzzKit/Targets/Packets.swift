import MQTTCodec

extension FuzzTarget {
    /// The packet decoder for MQTT 5.0.
    static let packets = packets("packets", version: .v5)

    /// The packet decoder for MQTT 3.1.1, behind a CONNECT of that version.
    static let packetsOfVersion311 = packets("packets311", version: .v311)

    /// Topic filters and their matching.
    static let topicFilters = FuzzTarget(
        "filters",
        seeds: ["a/+/#", "$share/group/a/+/b", "#", "+", "/", "$SYS/#", "a//b", "é/#"].map {
            Array("\($0)\n\($0)".utf8)
        }
    ) { bytes throws(BrokenPromise) in
        let parts = bytes.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
        guard let filter = try? TopicFilter(String(decoding: parts[0], as: UTF8.self)) else {
            return
        }
        let topicName = String(decoding: parts.last ?? [], as: UTF8.self)
        guard filter.matches(topicName) else { return }
        try expect(
            topicName.utf8.starts(with: filter.literalPrefix.utf8),
            "what matches begins with the literal prefix: \(filter) \(topicName)"
        )
    }

    private static let packetByteCountMax = 2048

    private static func packets(_ name: String, version: ProtocolVersion) -> FuzzTarget {
        let seeds = PacketSeeds.ofClient(version) + PacketSeeds.ofServer(version)
        return FuzzTarget(name, seeds: seeds + [Array(seeds.joined())]) {
            bytes throws(BrokenPromise) in
            var decoder = decoder(of: version)
            decoder.append(bytes[...])
            // A packet has two bytes at least.
            for _ in 0...(bytes.count / 2) {
                guard let packet = try? decoder.next() else { return }
                try checkRoundTrip(packet, decoder.version)
            }
            throw BrokenPromise("a packet was taken out of no bytes")
        }
    }

    // Only a CONNECT tells the decoder of another version.
    private static func decoder(of version: ProtocolVersion) -> PacketDecoder {
        var decoder = PacketDecoder(packetByteCountMax: packetByteCountMax)
        guard version != .v5 else { return decoder }
        decoder.append(PacketSeeds.ofClient(version)[0][...])
        _ = try? decoder.next()
        return decoder
    }

    private static func checkRoundTrip(
        _ packet: ControlPacket,
        _ version: ProtocolVersion
    ) throws(BrokenPromise) {
        var packet = packet
        if case .connect(var connect) = packet {
            // The identifier that the broker has assigned stands in what is encoded.
            connect.clientIdentifierIsAssigned = false
            packet = .connect(connect)
        }
        var encoded: [UInt8] = []
        PacketEncoder.encode(packet, version: version, into: &encoded)
        var again = decoder(of: version)
        again.append(encoded[...])
        let decoded = try? again.next()
        try expect(decoded == packet, "\(packet) comes back as \(String(describing: decoded))")
        try expect(again.bufferedByteCount == 0, "\(packet) leaves bytes behind")
    }
}
