import Foundation
import MQTTCodec
import TestKit
import Testing

/// An agency that connects too much is told so, and costs no other agency anything.
@Suite struct ConnectionLimitTests {
    private static let folder = "agencies/MX-FGR"

    @Test func anAgencyHasSoManyConnectionsAndNoMore() throws {
        let network = try TestNetwork(limits: ["connectionsPerAgencyMax": 2])
        try network.start()
        let bystanders = try Bystanders(network)
        let held = try ["one", "two"].map { name in
            let client = try RawClient(network, Self.folder)
            #expect(try client.connect(name).reasonCode == .success)
            return client
        }
        let third = try RawClient(network, Self.folder)
        let refused = try third.connect("three")
        #expect(refused.reasonCode == .quotaExceeded)
        #expect(
            refused.properties.reasonString
                == "MX:FGR has 2 connections, which is as many as it may have: end one, and try "
                + "again"
        )
        #expect(refused.properties.userProperty("aviso-retry-ms") == "1000")
        #expect(try third.next() == nil)
        try bystanders.expectUndisturbed()
        let metrics = try network.metrics()
        #expect(metrics["aviso_limit_reached_total{limit=\"connectionsPerAgencyMax\"}"] == 1)
        #expect(metrics["aviso_agency_limited_total{agency=\"MX:FGR\"}"] == 1)
        #expect(metrics["aviso_agency_limited_total{agency=\"CO:PONAL\"}"] == 0)
        #expect(metrics["aviso_agency_connections{agency=\"MX:FGR\"}"] == 2)

        // A client that comes back takes its own session over: that needs no further place.
        let again = try RawClient(network, Self.folder)
        #expect(try again.connect("two").reasonCode == .success)
        guard case .disconnect(let packet) = try held[1].next() else {
            throw RawClientFailure(expected: "DISCONNECT")
        }
        #expect(packet.reasonCode == .sessionTakenOver)
        try again.send(.disconnect(DisconnectPacket(reasonCode: .normalDisconnection)))
        #expect(try again.next() == nil)
        let other = try RawClient(network, Self.folder)
        #expect(try other.connect("three").reasonCode == .success)
    }

    @Test func anAgencyBeginsSoManyConnectionsASecond() throws {
        let network = try TestNetwork(limits: ["connectsPerSecond": 1, "burstSeconds": 2])
        try network.start()
        let bystanders = try Bystanders(network)
        // On a machine that is busy, a second may pass between two of them, but not always.
        var refused: ConnAckPacket?
        for number in 0..<100 where refused == nil {
            let client = try RawClient(network, Self.folder)
            let connAck = try client.connect("client-\(number)")
            guard connAck.reasonCode != .success else { continue }
            refused = connAck
            #expect(try client.next() == nil)
        }
        let connAck = try #require(refused, "a hundred connections at once were not too many")
        #expect(connAck.reasonCode == .connectionRateExceeded)
        let wait = try #require(
            connAck.properties.userProperty("aviso-retry-ms").flatMap { UInt64($0) }
        )
        #expect((1...1000).contains(wait))
        #expect(
            connAck.properties.reasonString
                == "MX:FGR begins more than 1 connections a second: keep connections open, and "
                + "try again in \(wait) ms"
        )
        try bystanders.expectUndisturbed()
        try network.expectReached("connectsPerSecond")

        // The tool tells the same, with the exit code of what may succeed later, or is let in.
        let status = try network.aviso(Self.folder, "status")
        #expect(status.status == 3 || status.status == 0, "\(status.error)")
        if status.status == 3 { #expect(status.error.contains("connections a second")) }
        // And after a while everyone is let in again, in the end.
        let end = ContinuousClock.now + .seconds(30)
        var isIn = false
        while !isIn, ContinuousClock.now < end {
            let client = try RawClient(network, Self.folder)
            isIn = try client.connect().reasonCode == .success
        }
        #expect(isIn)
    }

    @Test func theBrokerHasSoManyConnectionsInAll() throws {
        let network = try TestNetwork(limits: ["connectionsMax": 3])
        try network.start()
        let bystanders = try Bystanders(network)
        let third = try RawClient(network, Self.folder)
        #expect(try third.connect().reasonCode == .success)
        let fourth = try PlainSocket(port: try #require(UInt16(network.port)))
        defer { fourth.close() }
        #expect(fourth.isEnded(within: 20), "before any byte of the handshake")
        try bystanders.expectUndisturbed()
        try network.expectReached("connectionsMax", 1)
    }

    @Test func aStationHasSoManySessions() throws {
        let network = try TestNetwork(limits: ["sessionsPerStationMax": 1])
        try network.start()
        let first = try RawClient(network, Self.folder)
        #expect(try first.connect("one").reasonCode == .success)
        let second = try RawClient(network, Self.folder)
        let refused = try second.connect("two")
        #expect(refused.reasonCode == .quotaExceeded)
        #expect(
            refused.properties.reasonString?.hasPrefix("the station has 1 sessions") == true
        )
        // Only its owner can mend that, so that no time is named.
        #expect(refused.properties.userProperty("aviso-retry-ms") == nil)
        try network.expectReached("sessionsPerStationMax", 1)
    }

    @Test func aHandshakeAndTheWaitForConnectHaveTheirTime() throws {
        let network = try TestNetwork(limits: ["handshakeSeconds": 1, "connectSeconds": 1])
        try network.start()
        let bystanders = try Bystanders(network)
        let silent = try PlainSocket(port: try #require(UInt16(network.port)))
        defer { silent.close() }
        #expect(silent.isEnded(within: 20), "a handshake that never begins is given up")
        let idle = try RawClient(network, Self.folder)
        #expect(try idle.next() == nil, "no CONNECT, no answer")
        try bystanders.expectUndisturbed()
        try network.expectReached("handshakeSeconds", 1)
        try network.expectReached("connectSeconds", 1)
        #expect(
            try network.refusals().map(\.text) == [
                "the TLS handshake was not complete after 1 s",
                "no CONNECT came within 1 s of the handshake",
            ]
        )
    }
}
