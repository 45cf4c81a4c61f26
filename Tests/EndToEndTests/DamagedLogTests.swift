import Foundation
import Testing

/// A folder that was damaged while avisod was stopped: what its start makes of it.
@Suite struct DamagedLogTests {
    @Test func aFlippedBitStopsTheStartWithFileByteAndEntry() throws {
        let network = try TestNetwork.stoppedWithAlerts()
        let forger = LogForger(network: network)
        var offset = 0
        let whole = try Data(contentsOf: URL(fileURLWithPath: forger.segment))
        try forger.edit { bytes in
            let place = try #require(forger.places(bytes).last { $0.kind == 1 && $0.index == 8 })
            offset = place.offset
            bytes[place.payload.lowerBound + 20] ^= 0x10
        }
        let refused = try network.tryToStart()
        #expect(refused.status == 1)
        #expect(refused.error.contains("\(forger.segment) is damaged at byte \(offset)"))
        #expect(refused.error.contains("restore the file from a copy"))
        // Nothing was changed, and the file put back is all that it takes.
        try whole.write(to: URL(fileURLWithPath: forger.segment))
        try network.start()
        #expect(try network.audit().status == 0)
    }

    @Test func aMissingSegmentStopsTheStartAndNamesItsEntries() throws {
        let network = try TestNetwork(limits: ["contentByteCountMax": 4096])
        try network.openTestChannel()
        try network.shrinkSegments()
        try network.start()
        let urn = try network.publishAlert()
        for _ in 0..<40 where try segments(network).count < 3 { try network.fill(200) }
        #expect(network.stop() == 0)
        let names = try segments(network)
        try #require(names.count >= 3)
        let away = network.path("away.seg")
        for place in [0, 1, names.count - 1] {
            let file = network.path("broker/log/segments/\(names[place])")
            try FileManager.default.moveItem(atPath: file, toPath: away)
            let refused = try network.tryToStart()
            #expect(refused.status == 1)
            #expect(refused.error.contains("cannot be read or proved"), "\(refused.error)")
            #expect(try network.check().status == 1)
            try FileManager.default.moveItem(atPath: away, toPath: file)
        }
        try network.start()
        #expect(try network.replay().contains { $0["alert"] as? String == urn })
    }

    @Test func aTornTailIsCutAndReported() throws {
        let network = try TestNetwork.stoppedWithAlerts()
        let forger = LogForger(network: network)
        var count = 0
        try forger.edit { bytes in
            // The records of a batch that was being written, without their commit.
            let last = try #require(forger.places(bytes).last { $0.kind == 1 })
            count = bytes.count
            bytes += bytes[last.offset..<last.payload.upperBound].dropLast(7)
            count = bytes.count - count
        }
        try network.start()
        #expect(network.startLines.contains("\"log-tail-cut\""))
        #expect(network.startLines.contains("\"bytes\":\(count)"), "\(network.startLines)")
        #expect(try network.replay().count { $0["type"] as? String == "alert" } == 3)
        try network.publishAlert()
        #expect(try network.audit().status == 0)
        #expect(network.stop() == 0)
        #expect(try network.check().status == 0)
    }

    @Test func aFlippedBitInATileIsFoundAndMadeGood() throws {
        let network = try TestNetwork.stoppedWithAlerts()
        let tile = URL(fileURLWithPath: network.path("broker/log/tree/0"))
        var bytes = try Data(contentsOf: tile)
        let whole = bytes
        bytes[100] ^= 1
        try bytes.write(to: tile)
        let check = try network.check()
        #expect(check.status == 1)
        #expect((check.damages.first?["file"] as? String)?.hasSuffix("tree/0") == true)
        // Nothing in it is believed: it is made again from the entries.
        try network.start()
        #expect(try network.audit().status == 0)
        #expect(network.stop() == 0)
        #expect(try Data(contentsOf: tile).prefix(whole.count) == whole)
        #expect(try network.check().status == 0)
    }

    private func segments(_ network: TestNetwork) throws -> [String] {
        try FileManager.default
            .contentsOfDirectory(atPath: network.path("broker/log/segments")).sorted()
    }
}
