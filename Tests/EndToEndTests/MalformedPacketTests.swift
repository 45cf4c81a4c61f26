import MQTTCodec
import Testing

/// Bytes that are no packet, or no packet for this place, end their own connection only.
@Suite struct MalformedPacketTests {
    /// What is sent after CONNACK, and what must come back in DISCONNECT.
    private struct Case {
        let code: ReasonCode
        let text: String
        let bytes: [UInt8]
        var packet = "PACKET"

        init(_ code: ReasonCode, _ text: String, _ bytes: [UInt8], packet: String = "PACKET") {
            self.code = code
            self.text = text
            self.bytes = bytes
            self.packet = packet
        }
    }

    private static let connect: [UInt8] =
        [0x10, 14, 0, 4] + Array("MQTT".utf8) + [5, 2, 0, 60, 0, 0, 1, 0x61]

    /// The fixed header of a PUBLISH of two MiB.
    private static let oversized: [UInt8] = [0x32, 0x80, 0x80, 0x80, 0x01]

    private static let malformed = [
        Case(
            .malformedPacket,
            "the remaining length has more than four bytes (1.5.5)",
            [0xC0, 0xFF, 0xFF, 0xFF, 0xFF]
        ),
        Case(
            .malformedPacket,
            "the remaining length is not minimal [MQTT-1.5.5-1]",
            [0xC0, 0x80, 0x00]
        ),
        Case(
            .malformedPacket,
            "the flags of the fixed header are wrong [MQTT-2.1.3-1]",
            [0xC1, 0]
        ),
        Case(.protocolError, "packet type 0 is forbidden (2.1.2)", [0, 0]),
        Case(.malformedPacket, "1 bytes follow the end of the packet", [0xC0, 1, 0]),
        Case(.malformedPacket, "the packet ends before its fields do", [0x82, 1, 0]),
        Case(
            .malformedPacket,
            "the QoS of PUBLISH is 3 [MQTT-3.3.1-4]",
            [0x36, 6, 0, 1, 0x74, 0, 1, 0]
        ),
        Case(
            .malformedPacket,
            "a string is not well-formed UTF-8 [MQTT-1.5.4-1]",
            [0x32, 7, 0, 2, 0xC3, 0x28, 0, 1, 0]
        ),
        Case(
            .malformedPacket,
            "a string contains U+0000 [MQTT-1.5.4-2]",
            [0x32, 6, 0, 1, 0, 0, 1, 0]
        ),
        Case(
            .malformedPacket,
            "there is no property 127",
            [0x32, 8, 0, 1, 0x74, 0, 1, 2, 0x7F, 0]
        ),
        Case(
            .protocolError,
            "the packet identifier is 0 [MQTT-2.2.1-3]",
            [0x32, 6, 0, 1, 0x74, 0, 0, 0]
        ),
        Case(
            .protocolError,
            "SUBSCRIBE without a filter [MQTT-3.8.3-2]",
            [0x82, 3, 0, 1, 0]
        ),
    ]

    private static let refused = [
        Case(
            .packetTooLarge,
            "a packet may have 1114112 bytes [MQTT-3.2.2-15]",
            // Its length is enough: nothing of what it announces needs to come.
            oversized
        ),
        Case(
            .packetTooLarge,
            "a packet may have 1114112 bytes [MQTT-3.2.2-15]",
            // All of it comes, and yet the answer arrives.
            oversized + [UInt8](repeating: 0, count: 2 << 20)
        ),
        Case(.protocolError, "CONNECT came twice [MQTT-3.1.0-2]", connect),
        Case(
            .protocolError,
            "a packet that only a server sends came from a client",
            [0xD0, 0]
        ),
        Case(
            .protocolError,
            "the session expiry interval was 0 in CONNECT and cannot be raised",
            [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 60]
        ),
        Case(
            .topicAliasInvalid,
            "topic alias 33 is not within 1...32",
            [0x32, 9, 0, 1, 0x74, 0, 1, 3, 0x23, 0, 33]
        ),
        Case(
            .malformedPacket,
            "the topic of PUBLISH contains wildcards [MQTT-3.3.2-2]",
            [0x32, 6, 0, 1, 0x23, 0, 1, 0]
        ),
        Case(
            .qosNotSupported,
            "alerts are published with QoS 1 or 2: QoS 0 has no answer that could carry the "
                + "receipt",
            [0x30, 4, 0, 1, 0x74, 0],
            packet: "PUBLISH"
        ),
        Case(
            .retainNotSupported,
            "alerts are never retained",
            [0x33, 6, 0, 1, 0x74, 0, 1, 0],
            packet: "PUBLISH"
        ),
    ]

    private static let invalidFilters = [
        Case(
            .malformedPacket,
            "# is not the last level of the filter [MQTT-4.7.1-1]",
            [0x82, 9, 0, 1, 0, 0, 3, 0x23, 0x2F, 0x61, 1]
        ),
        Case(
            .malformedPacket,
            "a wildcard does not fill its level [MQTT-4.7.1-1, MQTT-4.7.1-2]",
            [0x82, 8, 0, 1, 0, 0, 2, 0x61, 0x2B, 1]
        ),
        Case(
            .malformedPacket,
            "a topic filter is empty [MQTT-4.7.3-1]",
            [0x82, 6, 0, 1, 0, 0, 0, 1]
        ),
    ]

    /// Sends each case on a connection of its own, and compares answer and log.
    private func expect(_ cases: [Case]) throws {
        let network = try TestNetwork(limits: ["refusalsPerSecond": 1000])
        try network.start()
        let bystanders = try Bystanders(network)
        for bad in cases {
            let client = try RawClient(network, "agencies/MX-FGR")
            #expect(try client.connect().reasonCode == .success)
            try client.send(bad.bytes)
            guard case .disconnect(let disconnect) = try client.next() else {
                Issue.record("no DISCONNECT: \(bad.text)")
                continue
            }
            #expect(disconnect.reasonCode == bad.code, "\(bad.text)")
            #expect(disconnect.properties.reasonString == bad.text)
            #expect(try client.next() == nil)
        }
        try bystanders.expectUndisturbed()
        let expected = cases.map {
            TestNetwork.Attempt(
                packet: $0.packet,
                reason: $0.code.rawValue,
                text: $0.text,
                station: "urn:aviso:agency:MX:FGR:station-1"
            )
        }
        #expect(try network.refusals() == expected)
    }

    @Test func malformedPacketsEndTheConnectionWithTheirReason() throws {
        try expect(Self.malformed)
    }

    @Test func packetsAgainstTheProtocolEndTheConnectionWithTheirReason() throws {
        try expect(Self.refused)
    }

    @Test func invalidFiltersEndTheConnectionWithTheirReason() throws {
        try expect(Self.invalidFilters)
    }

    @Test func whatComesInPlaceOfConnectGetsNoAnswer() throws {
        let network = try TestNetwork()
        try network.start()
        let bystanders = try Bystanders(network)
        let browser = "GET /alerts HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
        for bytes in [[0xC0, 0], Array((browser + browser).utf8)] {
            let client = try RawClient(network, "agencies/MX-FGR")
            try client.send(bytes)
            #expect(try client.next() == nil)
        }
        try bystanders.expectUndisturbed()
        let refusals = try network.refusals()
        #expect(refusals.map(\.packet) == ["CONNECT", "CONNECT"])
        #expect(refusals.map(\.reason) == [0x82, 0x81])
        #expect(
            refusals.map(\.text) == [
                "the first packet must be CONNECT [MQTT-3.1.0-1]",
                "the flags of the fixed header are wrong [MQTT-2.1.3-1]",
            ]
        )
    }
}
