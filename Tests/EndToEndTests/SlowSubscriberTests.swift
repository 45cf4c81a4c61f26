import Foundation
import Glibc
import MQTTCodec
import Testing

/// A subscriber that stops reading costs bounded memory, holds nobody up, and misses nothing.
@Suite struct SlowSubscriberTests {
    private static let alertCount = 240
    private static let alertByteCount = 256 << 10
    private static let sleeperCount = 6
    /// What avisod may grow by.
    ///
    /// Addressed to the sleepers is six times 60 MiB; kept are the tails of two loops with 16 MiB
    /// each, and for each sleeper a little more than 1 MiB.
    private static let growthKilobytesMax = 120 << 10

    @Test func sleepersCostBoundedMemoryAndGetAllInOrder() throws {
        let network = try TestNetwork(limits: [
            "contentByteCountMax": 512 << 10, "packetByteCountMax": 600 << 10,
            "outboundByteCountMax": 1 << 20,
        ])
        try network.edit("broker/avisod.json5") { text in
            text = text.replacing("\n  directory:", with: "\n  threads: 2,\n  directory:")
        }
        try network.start()
        let forger = Forger(network: network)
        // A small receive buffer, so that the sleepers fill up in avisod and not in the system.
        let sleepers = try (0..<Self.sleeperCount).map { number in
            let client = try RawClient(network, "agencies/MX-FGR", receiveByteCount: 32 << 10)
            try client.connect("sleeper-\(number)")
            #expect(try client.subscribe("alerts/#").reasonCodes == [.grantedQoS1])
            return client
        }
        let reader = try RawClient(network, "agencies/US-DEA")
        try reader.connect()
        #expect(try reader.subscribe("alerts/#").reasonCodes == [.grantedQoS1])
        let publisher = try RawClient(network, "agencies/CO-PONAL")
        try publisher.connect()

        let before = try network.residentKilobytes()
        var most = before
        var published: [Int] = []
        let form = [UInt8](repeating: 0x20, count: Self.alertByteCount)
        for number in 1...Self.alertCount {
            let alert = try forger.seal {
                $0.to = ["MX:FGR", "US:DEA"]
                $0.form = form
            }
            let pubAck = try publisher.publish(
                alert,
                on: Forger.topic(),
                packetIdentifier: UInt16(number)
            )
            #expect(pubAck.reasonCode == .success)
            published.append(pubAck.properties.userProperties.index)
            #expect(try reader.delivery().payload == alert, "the reader waits for nobody")
            if number % 20 == 0 { most = max(most, try network.residentKilobytes()) }
        }
        #expect(most - before < Self.growthKilobytesMax, "avisod grew by \(most - before) KiB")

        // They wake up: from the log they get what memory did not keep, in order, without gap.
        for sleeper in sleepers.prefix(2) {
            let indexes = try published.map { _ in
                try sleeper.delivery().properties.userProperties.index
            }
            #expect(indexes == published)
        }
        let after = try network.residentKilobytes()
        #expect(after - before < Self.growthKilobytesMax, "avisod grew by \(after - before) KiB")
    }

    @Test func aSecondSignalCutsAStopShortThatWaitsForASleeper() throws {
        let network = try TestNetwork(limits: [
            "contentByteCountMax": 512 << 10, "packetByteCountMax": 600 << 10,
        ])
        try network.edit("broker/avisod.json5") { text in
            text = text.replacing("\n  directory:", with: "\n  drainSeconds: 300,\n  directory:")
        }
        try network.start()
        let forger = Forger(network: network)
        let sleeper = try RawClient(network, "agencies/MX-FGR", receiveByteCount: 32 << 10)
        try sleeper.connect("sleeper")
        #expect(try sleeper.subscribe("alerts/#").reasonCodes == [.grantedQoS1])
        let publisher = try RawClient(network, "agencies/CO-PONAL")
        try publisher.connect()
        for number in 1...40 {
            let alert = try forger.seal {
                $0.form = [UInt8](repeating: 0x20, count: Self.alertByteCount)
            }
            let pubAck = try publisher.publish(
                alert,
                on: Forger.topic(),
                packetIdentifier: UInt16(number)
            )
            #expect(pubAck.reasonCode == .success)
        }
        let process = try #require(network.broker?.processIdentifier)
        kill(process, SIGTERM)
        try waitUntil("it stops") { network.laterLines.contains("\"stopping\"") }
        // Within the 30 s that are waited for, and not the 300 s that the sleeper would have.
        #expect(network.stop(SIGTERM) == 0)
        try waitUntil("it has said so") { network.laterLines.contains("\"stopped\"") }
        #expect(network.laterLines.contains("\"stop-hurried\""), "\(network.laterLines)")
        try network.start()
        #expect(try network.replay().count { $0["type"] as? String == "alert" } == 40)
        withExtendedLifetime(sleeper) {}
    }
}

extension [UserProperty] {
    /// The entry's index, or -1 where there is none.
    fileprivate var index: Int {
        first { $0.name == "aviso-index" }.flatMap { Int($0.value) } ?? -1
    }
}
