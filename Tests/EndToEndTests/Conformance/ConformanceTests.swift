import Foundation
import Testing

/// The broker against the statements of the standard, byte by byte.
@Suite struct ConformanceTests {
    @Test func everyStatementHolds() throws {
        // One broker for all cases: each has a connection and topics of its own.
        let network = try ConformanceNetwork()
        let port = try network.plainPort()
        for wireCase in WireCase.all {
            do {
                try check(wireCase, port: port)
            } catch {
                Issue.record("\(wireCase.title): \(error)")
            }
        }
    }

    private func check(_ wireCase: WireCase, port: UInt16) throws {
        let client = try WireClient(port: port)
        if wireCase.isConnected {
            let identifier = UUID().uuidString.prefix(8)
            let connect: WireCase.Step =
                wireCase.version == 5
                ? .send(0x10, "_'MQTT' 05 02 003C 00 _'\(identifier)'")
                : .send(0x10, "_'MQTT' 04 02 003C _'\(identifier)'")
            try client.run(connect, wireCase.title)
            try client.run(.expect("20 .. 00 00"), wireCase.title)
        }
        for step in wireCase.steps { try client.run(step, wireCase.title) }
    }
}

extension WireClient {
    /// Does one step, and records what departs from it under the title of the case.
    func run(_ step: WireCase.Step, _ title: String) throws {
        switch step {
        case .send(let bytes):
            try send(bytes)
        case .receive(let pattern):
            let packet = try #require(
                try packet(),
                "\(title): the broker has closed the connection"
            )
            let isMatch =
                packet.count >= pattern.count
                && zip(packet, pattern).allSatisfy { $1 == nil || $0 == $1 }
            #expect(isMatch, "\(title): \(Self.hex(packet)) came")
        case .closed:
            let packet = try packet()
            #expect(packet == nil, "\(title): \(Self.hex(packet ?? [])) came")
        }
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.prefix(60).map { String(format: "%02X", $0) }.joined(separator: " ")
    }
}
