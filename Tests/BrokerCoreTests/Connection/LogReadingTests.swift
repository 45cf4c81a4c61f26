import Alerts
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// What is read of the log for a session, and whether it still wants it when it has been read.
@Suite struct LogReadingTests {
    private func subscribe(
        _ harness: inout Harness,
        _ filter: String,
        from index: UInt64? = nil
    ) throws {
        let request = SubscribePacket.Request(
            filter: try TopicFilter(filter),
            options: SubscriptionOptions(qos: .atLeastOnce)
        )
        var subscribe = SubscribePacket(packetIdentifier: 1, subscriptions: [request])
        if let index {
            subscribe.properties.userProperties = [
                UserProperty(name: "aviso-from", value: String(index))
            ]
        }
        _ = harness.receive(.subscribe(subscribe))
    }

    private func reading(_ harness: borrowing Harness) throws -> LogReading {
        let reading = harness.machine.logReading(committed: harness.committed)
        return try #require(reading)
    }

    @Test func readsFromTheSessionsPlaceToWhatItsLoopKnows() throws {
        var harness = try Harness.connected()
        try subscribe(&harness, "alerts/#", from: 40)
        let reading = try reading(harness)
        #expect(reading.start == 40 && reading.end == harness.committed)
        #expect(reading.interest.channels == Set(Channel.allCases.map(\.number)))
        #expect(harness.machine.isCurrent(reading) == true)
        // What the log has grown by in the meantime comes after this reading, not in it.
        harness.committed = 120
        #expect(harness.machine.isCurrent(reading) == true)
        harness.machine.advance(to: reading.end, committed: harness.committed)
        #expect(harness.machine.session?.backlogStart == 100)
        #expect(harness.machine.isCurrent(reading) == false)
    }

    @Test func aLiveSessionReadsNothing() throws {
        var harness = try Harness.connected()
        try subscribe(&harness, "alerts/#")
        #expect(harness.machine.logReading(committed: harness.committed) == nil)
    }

    @Test func aSubscriptionFromFurtherBackMakesAReadingWorthless() throws {
        var harness = try Harness.connected()
        try subscribe(&harness, "alerts/intelligence/#", from: 40)
        let reading = try reading(harness)
        try subscribe(&harness, "alerts/chemical-diversion/#", from: 10)
        #expect(harness.machine.isCurrent(reading) == false, "entries 10 to 39 were not read")
    }

    @Test(arguments: [RedactionStatement.topicName, DeadlineBody.topicName])
    func aSubscriptionToWhatWasNotLookedForMakesAReadingWorthless(topicName: String) throws {
        // PE:DEVIDA reads trends only, and is told of deadlines and orders in every channel.
        var harness = try Harness.connected(urn: "urn:aviso:agency:PE:DEVIDA:station-1")
        try subscribe(&harness, "alerts/trafficking-trends/#", from: 40)
        let reading = try reading(harness)
        try subscribe(&harness, topicName, from: 50)
        #expect(harness.machine.session?.backlogStart == 40)
        #expect(harness.machine.isCurrent(reading) == false)
        let next = try self.reading(harness)
        #expect(next.interest.channels == Set(Channel.allCases.map(\.number)))
    }

    @Test func anotherSubscriptionToWhatIsLookedForLeavesAReadingAsItIs() throws {
        var harness = try Harness.connected()
        try subscribe(&harness, "alerts/intelligence/#", from: 40)
        let reading = try reading(harness)
        try subscribe(&harness, "alerts/chemical-diversion/#", from: 60)
        #expect(harness.machine.isCurrent(reading) == true)
    }
}
