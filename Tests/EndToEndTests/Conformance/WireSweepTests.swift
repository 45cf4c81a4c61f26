import Foundation
import Testing

/// Every property, length and flag of every packet, on connections of their own: the broker takes
/// what the standard allows, ends what it does not, and harms nobody else.
@Suite struct WireSweepTests {
    /// What became of a connection.
    private enum Outcome: Equatable {
        case alive
        case ended(UInt8?)

        /// Closed, with the reason that the standard gives where the version has one.
        func isRefusal(version: UInt8) -> Bool {
            self == .ended(0x81) || self == .ended(0x82) || (version == 4 && self == .ended(nil))
        }
    }

    private let network: ConformanceNetwork
    private let port: UInt16

    init() throws {
        network = try ConformanceNetwork()
        port = try network.plainPort()
    }

    private func connected(version: UInt8 = 5) throws -> WireClient {
        let client = try WireClient(port: port)
        let identifier = UUID().uuidString.prefix(8)
        let properties = version == 5 ? "00" : ""
        let body = "_'MQTT' 0\(version) 02 003C \(properties) _'\(identifier)'"
        try client.run(.send(0x10, body), "CONNECT")
        try client.run(.expect("20 .. 00 00"), "CONNACK")
        return client
    }

    /// Sends a packet and PINGREQ behind it.
    private func outcome(of packet: [UInt8], version: UInt8 = 5) throws -> Outcome {
        let client = try connected(version: version)
        try client.send(packet + [0xC0, 0])
        while let answer = try client.packet() {
            if answer[0] == 0xD0 { return .alive }
            guard answer[0] == 0xE0 else { continue }
            #expect(try client.packet() == nil)
            return .ended(answer[2])
        }
        return .ended(nil)
    }

    /// Sends what should be a CONNECT.
    private func reasonOfConnAck(_ packet: [UInt8]) throws -> UInt8? {
        let client = try WireClient(port: port)
        try client.send(packet)
        guard let answer = try client.packet() else { return nil }
        #expect(answer[0] == 0x20)
        if answer[3] >= 0x80 { #expect(try client.packet() == nil) }
        return answer[3]
    }

    /// A subscriber that is connected all the time.
    private func withBystander(_ body: () throws -> Void) throws {
        let bystander = try connected()
        try bystander.run(.send(0x82, "0001 00 _'by/stander' 00"), "bystander")
        try bystander.run(.expect("90 .. 0001 00 00"), "bystander")
        try body()
        try bystander.run(.send(0x30, "_'by/stander' 00 'x'"), "bystander")
        try bystander.run(.expect("30 0E _'by/stander' 00 'x'"), "bystander")
    }

    // MARK: - Properties

    /// Property 0 to 127 with a value of its form (table 2-4).
    private static let properties: [String] = (0...127).map { identifier in
        let value =
            switch identifier {
            case 0x02, 0x11, 0x18: "00000001"
            case 0x27: "00010000"
            case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F: "0001 'p'"
            case 0x13, 0x21, 0x22, 0x23: "0001"
            case 0x26: "_'n' _'v'"
            default: "01"
            }
        return String(format: "%02X ", identifier) + value
    }

    private static func block(_ property: String) -> String {
        let count = WireCase.Step.bytes(property).count
        return String(format: "%02X ", count) + property
    }

    @Test("4.13.1: every property in every packet")
    func everyProperty() throws {
        let acknowledgement: Set<Int> = [0x1F, 0x26]
        let packets: [(first: UInt8, front: String, back: String, allowed: Set<Int>)] = [
            (0x32, "_'p' 0001", "'x'", [0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26]),
            (0x40, "0001 00", "", acknowledgement), (0x50, "0001 00", "", acknowledgement),
            (0x62, "0001 00", "", acknowledgement), (0x70, "0001 00", "", acknowledgement),
            (0x82, "0001", "_'s' 00", [0x0B, 0x26]), (0xA2, "0001", "_'s'", [0x26]),
            (0xF0, "18", "", []),
        ]
        try withBystander {
            for packet in packets {
                for (identifier, property) in Self.properties.enumerated() {
                    let body = "\(packet.front) \(Self.block(property)) \(packet.back)"
                    let outcome = try outcome(of: WireCase.Step.packet(packet.first, body))
                    let isRight =
                        packet.allowed.contains(identifier)
                        ? outcome == .alive : outcome.isRefusal(version: 5)
                    #expect(isRight, "\(packet.first), property \(identifier): \(outcome)")
                }
            }
        }
    }

    @Test("3.14.2.2: every property in DISCONNECT")
    func everyPropertyOfDisconnect() throws {
        try withBystander {
            for (identifier, property) in Self.properties.enumerated() {
                let packet = WireCase.Step.packet(0xE0, "00 \(Self.block(property))")
                let outcome = try outcome(of: packet)
                // An expiry cannot be raised from 0 (3.14.2.2.2).
                let isAllowed = [0x1C, 0x1F, 0x26].contains(identifier)
                let isRight = isAllowed ? outcome == .ended(nil) : outcome.isRefusal(version: 5)
                #expect(isRight, "property \(identifier): \(outcome)")
            }
        }
    }

    @Test("3.1.2.11, 3.1.3.2: every property in CONNECT and in its will")
    func everyPropertyOfConnect() throws {
        let allowed: Set<Int> = [0x11, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27]
        let allowedInWill: Set<Int> = [0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26]
        try withBystander {
            for (identifier, property) in Self.properties.enumerated() {
                let block = Self.block(property)
                let connect = "_'MQTT' 05 02 003C \(block) _'sweep'"
                let reason = try reasonOfConnAck(WireCase.Step.packet(0x10, connect))
                let expected: Set<UInt8> =
                    allowed.contains(identifier) ? [0] : identifier == 0x15 ? [0x8C] : [0x81, 0x82]
                #expect(reason.map(expected.contains) == true, "property \(identifier)")
                let will = "_'MQTT' 05 06 003C 00 _'sweep-will' \(block) _'sweep/will' _'x'"
                let answer = try reasonOfConnAck(WireCase.Step.packet(0x10, will))
                let isAllowed = allowedInWill.contains(identifier)
                let right: Set<UInt8> = isAllowed ? [0] : [0x81, 0x82]
                #expect(answer.map(right.contains) == true, "property \(identifier) of the will")
            }
        }
    }

    // MARK: - Lengths and flags

    private struct Sample {
        let first: UInt8
        let body: String
        /// The lengths that are packets too.
        let lengths: Set<Int>
    }

    private static let pair = "26 _'n' _'v'"
    private static let samples = [
        Sample(first: 0x32, body: "_'p' 0001 07 \(pair) 'x'", lengths: [13, 14]),
        Sample(first: 0x40, body: "0001 80 07 \(pair)", lengths: [2, 3, 11]),
        Sample(first: 0x50, body: "0001 80 07 \(pair)", lengths: [2, 3, 11]),
        Sample(first: 0x62, body: "0001 92 07 \(pair)", lengths: [2, 3, 11]),
        Sample(first: 0x70, body: "0001 92 07 \(pair)", lengths: [2, 3, 11]),
        Sample(first: 0x82, body: "0001 09 0B 01 \(pair) _'s' 00", lengths: [16]),
        Sample(first: 0xA2, body: "0001 07 \(pair) _'s'", lengths: [13]),
        Sample(first: 0xC0, body: "", lengths: [0]),
        Sample(first: 0xF0, body: "18 04 15 _'m'", lengths: []),
    ]
    private static let olderSamples = [
        Sample(first: 0x32, body: "_'p' 0001 'x'", lengths: [5, 6]),
        Sample(first: 0x40, body: "0001", lengths: [2]),
        Sample(first: 0x50, body: "0001", lengths: [2]),
        Sample(first: 0x62, body: "0001", lengths: [2]),
        Sample(first: 0x70, body: "0001", lengths: [2]),
        Sample(first: 0x82, body: "0001 _'s' 00", lengths: [6]),
        Sample(first: 0xA2, body: "0001 _'s'", lengths: [5]),
        Sample(first: 0xC0, body: "", lengths: [0]),
    ]

    @Test("4.13.1: every truncation of every packet", arguments: [UInt8(5), 4])
    func everyTruncationEndsTheConnection(version: UInt8) throws {
        try withBystander {
            for sample in version == 5 ? Self.samples : Self.olderSamples {
                let body = WireCase.Step.bytes(sample.body).compactMap { $0 }
                for count in 0...body.count {
                    let packet = [sample.first, UInt8(count)] + body[..<count]
                    let outcome = try outcome(of: packet, version: version)
                    let isRight =
                        sample.lengths.contains(count)
                        ? outcome == .alive : outcome.isRefusal(version: version)
                    #expect(isRight, "\(sample.first) of \(count) bytes: \(outcome)")
                }
            }
        }
    }

    @Test("MQTT-3.1.4-1: every truncation of CONNECT")
    func everyTruncationOfConnectIsRefused() throws {
        let body = "_'MQTT' 05 EE 003C 05 11 00000001 _'cut' 05 18 00000001 _'w' _'p' _'u' _'s'"
        let bytes = WireCase.Step.bytes(body).compactMap { $0 }
        try withBystander {
            for count in 0..<bytes.count {
                let reason = try reasonOfConnAck([0x10, UInt8(count)] + bytes[..<count])
                // 0x85 where the client identifier is cut short (3.1.3.1); no answer where it is
                // the topic of the will, the user name or the password, in the last twelve bytes.
                let isSilent = reason == nil && count >= bytes.count - 12
                let isTold = reason == 0x81 || reason == 0x85
                #expect(isTold || isSilent, "\(count) bytes")
            }
            #expect(try reasonOfConnAck([0x10, UInt8(bytes.count)] + bytes) == 0)
        }
    }

    @Test("MQTT-2.1.3-1: every first byte that is not a client's", arguments: [UInt8(5), 4])
    func everyFirstByte(version: UInt8) throws {
        let samples = version == 5 ? Self.samples : Self.olderSamples
        try withBystander {
            for first in UInt8.min...UInt8.max {
                let sample = samples.first { $0.first & 0xF0 == first & 0xF0 }
                // DISCONNECT ends the connection as it should; the payload of PUBLISH varies.
                guard first != 0xE0, first & 0xF6 != 0x30 else { continue }
                let packet = WireCase.Step.packet(first, sample?.body ?? "")
                let outcome = try outcome(of: packet, version: version)
                let isPublish = first & 0xF0 == 0x30 && first & 6 != 6
                let isAllowed =
                    first & 0xF0 != 0xF0 && (isPublish || sample.map { $0.first == first } == true)
                let isRight = isAllowed ? outcome == .alive : outcome.isRefusal(version: version)
                #expect(isRight, "first byte \(first): \(outcome)")
            }
        }
    }
}
