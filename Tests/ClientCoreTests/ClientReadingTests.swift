import Base
import ClientCore
import MQTTCodec
import Testing

/// Who gets what comes, what is acknowledged, and where a subscription goes on.
@Suite struct ClientReadingTests {
    private var scene = ReadingScene()

    // MARK: - Where to go on

    @Test mutating func aSubscriptionFromThePresentGoesOnWhereItBeganWhenNothingHadCome() throws {
        try scene.online()
        let first = try scene.subscribe("alerts/#", token: 1)
        #expect(first.properties.userProperty("aviso-from") == nil)
        scene.grant(first, from: 57)
        scene.lose()
        try scene.online()
        let again = try #require(scene.sent.subscribes.first)
        #expect(again.properties.userProperty("aviso-from") == "57")
        // What the answer says is no news where something has come meanwhile.
        scene.deliver("alerts/a/b", index: 60, of: again)
        scene.grant(again, from: 57)
        scene.lose()
        try scene.online()
        let third = try #require(scene.sent.subscribes.first)
        #expect(third.properties.userProperty("aviso-from") == "61")
    }

    @Test mutating func aTimeIsAskedForOnceAndTheIndexFromThenOn() throws {
        try scene.online()
        let time = "2026-01-01T00:00:00Z"
        let first = try scene.subscribe("alerts/#", from: time, token: 1)
        #expect(first.properties.userProperty("aviso-from") == time)
        scene.grant(first, from: 9)
        scene.lose()
        try scene.online()
        let again = try #require(scene.sent.subscribes.first)
        #expect(again.properties.userProperty("aviso-from") == "9")
    }

    @Test mutating func aSessionThatIsThereIsNotSubscribedToAgain() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online()
        scene.grant(try scene.subscribe("alerts/#", token: 1), from: 57)
        scene.lose()
        try scene.online(sessionPresent: true)
        #expect(scene.sent.subscribes.isEmpty)
    }

    // MARK: - Who gets what

    @Test mutating func aReplayIsNotMixedWithWhatIsLive() throws {
        try scene.online()
        let live = try scene.subscribe("alerts/#", token: 1)
        scene.grant(live, from: 50)
        let replay = try scene.subscribe("alerts/chemical-diversion/#", from: "0", token: 2)
        // A live alert that was on its way before the broker had the second SUBSCRIBE.
        scene.deliver("alerts/chemical-diversion/x", index: 50, of: live)
        #expect(scene.delivered == [[1]])
        scene.grant(replay, from: 0)
        scene.deliver("alerts/chemical-diversion/x", index: 3, of: replay)
        #expect(scene.delivered == [[2]])
        scene.deliver("alerts/chemical-diversion/x", index: 51, of: live, replay)
        #expect(scene.delivered == [[1, 2]])
    }

    @Test mutating func aSecondReaderOfAFilterGetsItsOwnStartAndTheFirstMissesNothing() throws {
        try scene.online()
        let first = try scene.subscribe("alerts/#", token: 1)
        scene.grant(first, from: 50)
        scene.deliver("alerts/a/b", index: 50, of: first)
        let second = try scene.subscribe("alerts/#", from: "90", token: 2)
        // The first stands at 51: from 90 on it would miss something.
        #expect(second.properties.userProperty("aviso-from") == "51")
        scene.deliver("alerts/a/b", index: 51, of: first)
        #expect(scene.delivered == [[1]])
        scene.grant(second, from: 51)
        scene.deliver("alerts/a/b", index: 51, of: second)
        #expect(scene.delivered == [[1, 2]])
        // A time cannot be compared with an index.
        scene.trySubscribe("alerts/#", from: "2026-01-01T00:00:00Z", token: 3)
        #expect(scene.actions == [.failed(token: 3, .startUnclear("alerts/#"))])
    }

    @Test mutating func theBrokerIsToldWhenAllReadersHaveTakenADelivery() throws {
        try scene.online()
        let wide = try scene.subscribe("alerts/#", token: 1)
        let narrow = try scene.subscribe("alerts/a/#", token: 2)
        let delivered = scene.deliver("alerts/a/b", index: 1, of: wide, narrow)
        let ticket = try #require(delivered)
        scene.acknowledge(ticket, by: 1)
        scene.acknowledge(ticket, by: 1)
        #expect(scene.sent.pubAcks.isEmpty)
        scene.acknowledge(ticket, by: 2)
        #expect(scene.sent.pubAcks.map(\.reasonCode) == [.success])
        scene.acknowledge(ticket, by: 2)
        #expect(scene.sent.pubAcks.isEmpty, "the identifier may be another delivery's by now")
    }

    // MARK: - Readers that end

    @Test mutating func aReaderThatEndsTakesNoRoomFromOthers() throws {
        try scene.online()
        let request = try scene.subscribe("alerts/#", token: 1)
        scene.grant(request, from: 0)
        _ = scene.deliver("alerts/a/b", index: 0, of: request)
        scene.stopReading(1)
        // Nobody has taken it, and the log is not to say that somebody has.
        #expect(scene.sent.pubAcks.map(\.reasonCode) == [.implementationSpecificError])
        let unsubscribe = try #require(scene.sent.unsubscribes.first)
        #expect(unsubscribe.filters.map(\.description) == ["alerts/#"])
        _ = scene.deliver("alerts/a/b", index: 1, of: request)
        #expect(scene.delivered.isEmpty)
        #expect(scene.sent.pubAcks.map(\.reasonCode) == [.implementationSpecificError])
        let answer = UnsubAckPacket(
            packetIdentifier: unsubscribe.packetIdentifier,
            reasonCodes: [.success]
        )
        scene.receive(.unsubAck(answer))
        #expect(scene.actions.isEmpty)
        scene.lose()
        try scene.online()
        #expect(scene.sent.subscribes.isEmpty)
    }

    @Test mutating func aFilterIsLeftWhenItsLastReaderEnds() throws {
        try scene.online()
        scene.grant(try scene.subscribe("$aviso/checkpoint", token: 1))
        scene.grant(try scene.subscribe("$aviso/checkpoint", token: 2))
        scene.stopReading(1)
        #expect(scene.sent.unsubscribes.isEmpty)
        scene.stopReading(2)
        #expect(scene.sent.unsubscribes.count == 1)
    }

    @Test mutating func aSessionThatIsKeptLosesNothingWhenItsReaderEnds() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online()
        let request = try scene.subscribe("alerts/#", token: 1)
        scene.grant(request, from: 0)
        _ = scene.deliver("alerts/a/b", index: 0, of: request)
        scene.stopReading(1)
        #expect(scene.actions.isEmpty, "neither acknowledged nor unsubscribed")
        _ = scene.deliver("alerts/a/b", index: 1, of: request)
        #expect(scene.actions.isEmpty)
        // The next reader gets both, and what is read once leaves the session.
        scene.trySubscribe("alerts/#", token: 2)
        #expect(scene.delivered == [[2], [2]])
        scene.stopReading(2)
        let replay = try scene.subscribe("alerts/#", from: "0", token: 4)
        #expect(scene.delivered.isEmpty)
        scene.grant(replay, from: 0)
        #expect(scene.sent.pubAcks.count == 2, "both come again in their turn")
        let once = try scene.subscribe("$aviso/checkpoint", isKept: false, token: 3)
        scene.grant(once)
        scene.stopReading(3)
        #expect(scene.sent.unsubscribes.count == 1)
    }

    @Test mutating func whatWasToEndEndsWhenTheSessionIsBack() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online()
        scene.grant(try scene.subscribe("$aviso/log/#", from: "0", isKept: false, token: 1))
        scene.lose()
        scene.stopReading(1)
        try scene.online(sessionPresent: true)
        #expect(scene.sent.unsubscribes.map(\.filters.count) == [1])
        #expect(scene.sent.subscribes.isEmpty)
    }

    // MARK: - What a session brings of itself

    @Test mutating func whatWaitedInASessionIsForTheFirstReaderThatWantsIt() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online(sessionPresent: true)
        _ = scene.deliver("alerts/a/b", index: 4)
        #expect(scene.actions.isEmpty)
        let request = try scene.subscribe("alerts/#", token: 1)
        #expect(scene.delivered == [[1]])
        scene.grant(request, from: 4)
        _ = scene.deliver("alerts/a/b", index: 5)
        #expect(scene.delivered == [[1]], "from before the broker had this SUBSCRIBE")
    }

    @Test mutating func whoChoosesAStartGetsWhatWaitedFromThere() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online(sessionPresent: true)
        _ = scene.deliver("alerts/a/b", index: 40)
        let request = try scene.subscribe("alerts/#", from: "0", token: 1)
        #expect(scene.delivered.isEmpty)
        scene.grant(request, from: 0)
        // It comes again in its turn.
        #expect(scene.sent.pubAcks.map(\.reasonCode) == [.implementationSpecificError])
        _ = scene.deliver("alerts/a/b", index: 0, of: request)
        #expect(scene.delivered == [[1]])
    }

    @Test mutating func whatASessionSentBeforeIsForWhoBeginsWhereItStands() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online(sessionPresent: true)
        for index in UInt64(40)..<43 { _ = scene.deliver("alerts/a/b", index: index) }
        let request = try scene.subscribe("alerts/#", from: "41", token: 1)
        #expect(scene.delivered.isEmpty)
        // The broker goes on behind what it has sent: the session had this subscription.
        scene.grant(request, from: 43)
        #expect(scene.delivered == [[1], [1]])
        #expect(scene.sent.pubAcks.count == 1, "40 lies before the start that was chosen")
        _ = scene.deliver("alerts/a/b", index: 43, of: request)
        #expect(scene.delivered == [[1]])
    }

    @Test mutating func aSessionFullOfWhatNobodyReadsEndsWithTheTopic() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online(sessionPresent: true)
        for index in UInt64(0)..<4 { _ = scene.deliver("alerts/old/kind", index: index) }
        scene.elapse(seconds: 60)
        #expect(!scene.machine.hasEnded, "nobody waits for anything")
        scene.grant(try scene.subscribe("alerts/new/#", token: 1), from: 0)
        scene.elapse(seconds: 9)
        #expect(!scene.machine.hasEnded, "a reader may be on its way")
        scene.elapse(seconds: 1)
        #expect(scene.actions.contains(.ended(.unread(topicName: "alerts/old/kind"))))
        #expect(scene.sent.pubAcks.isEmpty)
    }

    @Test mutating func aReaderThatComesInTimeEmptiesTheSession() throws {
        scene = ReadingScene(expirySeconds: 60)
        try scene.online(sessionPresent: true)
        scene.grant(try scene.subscribe("alerts/new/#", token: 1), from: 0)
        for index in UInt64(0)..<4 { _ = scene.deliver("alerts/old/kind", index: index) }
        scene.elapse(seconds: 9)
        scene.trySubscribe("alerts/old/#", token: 2)
        #expect(scene.delivered == [[2], [2], [2], [2]])
        scene.elapse(seconds: 60)
        #expect(!scene.machine.hasEnded)
    }

    @Test("MQTT-3.3.4-9: more deliveries than the receive maximum are the broker's mistake")
    mutating func moreThanTheReceiveMaximum() throws {
        try scene.online()
        let request = try scene.subscribe("alerts/#", token: 1)
        for index in UInt64(0)..<5 { _ = scene.deliver("alerts/a/b", index: index, of: request) }
        #expect(scene.machine.hasEnded)
    }

    @Test mutating func aRefusedReaderEndsAloneAndTheOneBeforeItGoesOn() throws {
        try scene.online()
        let first = try scene.subscribe("alerts/#", token: 1)
        scene.grant(first, from: 0)
        let second = try scene.subscribe("alerts/#", token: 2)
        let refusal = SubAckPacket(
            packetIdentifier: second.packetIdentifier,
            reasonCodes: [.quotaExceeded]
        )
        scene.receive(.subAck(refusal))
        #expect(scene.actions == [.subscribed(token: 2, .quotaExceeded, text: nil)])
        _ = scene.deliver("alerts/a/b", index: 0, of: first)
        #expect(scene.delivered == [[1]])
    }
}
