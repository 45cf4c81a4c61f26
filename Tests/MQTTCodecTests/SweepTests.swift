import Base
import MQTTCodec
import Testing

/// Every flag, length and reason code of every packet, against tables of their own.
@Suite struct SweepTests {
    private static let pair = "2600016e000176"

    /// A packet that a client may send: its first byte, its body, and the lengths to which the
    /// body can be cut and still be a packet.
    private static let packets: [(first: UInt8, body: String, lengths: Set<Int>)] = [
        (0x10, "00044d51545405ee003c00000161" + "00000177000170" + "000175000170", [27]),
        (0x32, "0001700001" + "07" + pair + "78", [13, 14]),
        (0x40, "00018007" + pair, [2, 3, 11]), (0x50, "00018007" + pair, [2, 3, 11]),
        (0x62, "00019207" + pair, [2, 3, 11]), (0x70, "00019207" + pair, [2, 3, 11]),
        (0x82, "0001090b01" + pair + "00017300", [16]), (0xA2, "000107" + pair + "000173", [13]),
        (0xC0, "", [0]), (0xE0, "00051100000000", [0, 1, 7]),
        (0xF0, "180415" + "000178", [0, 1, 6]),
    ]

    private func decode(_ first: UInt8, _ body: some Collection<UInt8>) -> ReasonCode? {
        var decoder = PacketDecoder(packetByteCountMax: 1000)
        decoder.append(([first, UInt8(body.count)] + body)[...])
        do throws(MQTTDecodingError) {
            let packet = try decoder.next()
            #expect(packet != nil, "\(first): the packet was all there")
            return nil
        } catch {
            return error.reasonCode
        }
    }

    @Test("4.13.1: every truncation of every packet")
    func everyTruncationIsRefused() throws {
        for packet in Self.packets {
            let body = try #require(Hex.decode(packet.body))
            for count in 0...body.count {
                let reason = decode(packet.first, body[..<count])
                #expect(
                    (reason == nil) == packet.lengths.contains(count),
                    "\(packet.first), \(count) bytes: \(String(describing: reason))"
                )
                let reasons: [ReasonCode?] = [
                    nil, .malformedPacket, .protocolError, .clientIdentifierNotValid,
                ]
                #expect(reasons.contains(reason))
            }
            // AUTH and the others hold nothing behind their last field; a payload does.
            if packet.first != 0x32, packet.first != 0x82, packet.first != 0xA2 {
                #expect(decode(packet.first, body + [0]) == .malformedPacket)
            }
        }
    }

    @Test("MQTT-2.1.3-1: every value of the flags of every packet")
    func everyWrongFlagIsMalformed() throws {
        for packet in Self.packets {
            let body = try #require(Hex.decode(packet.body))
            for flags in UInt8(0)...15 {
                let first = packet.first & 0xF0 | flags
                let isRight =
                    packet.first == 0x32
                    // QoS 3, and DUP with QoS 0, are wrong; QoS 0 has no identifier to read.
                    ? flags & 6 != 6 && flags & 14 != 8 : flags == packet.first & 15
                let reason = decode(first, body)
                if packet.first == 0x32, flags & 6 == 0, isRight {
                    // The bytes of the identifier are taken for properties.
                    continue
                }
                #expect(reason == (isRight ? nil : .malformedPacket), "\(first)")
            }
        }
        // Packet type 0 is reserved (2.1.2).
        for flags in UInt8(0)...15 { #expect(decode(flags, []) != nil) }
    }

    @Test("2.4: every reason code in the packets that have one")
    func everyReasonCodeHasItsPlace() {
        let published: Set<UInt8> = [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
        let released: Set<UInt8> = [0, 0x92]
        let tables: [(UInt8, Set<UInt8>)] = [
            (0x40, published), (0x50, published), (0x62, released), (0x70, released),
        ]
        for (first, table) in tables {
            for code in UInt8.min...UInt8.max {
                let reason = decode(first, [0, 1, code])
                #expect((reason == nil) == table.contains(code), "\(first) \(code)")
            }
        }
    }
}
