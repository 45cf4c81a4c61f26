import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

@Suite struct SessionDirectoryTests {
    typealias Holder = SessionDirectory.Holder
    private let first = Holder(shard: 0, connection: 1)
    private let second = Holder(shard: 1, connection: 2)
    private let third = Holder(shard: 0, connection: 3)
    private let start = MonotonicTime(nanoseconds: 0)

    @Test func durableSessionWaitsAndIsResumed() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        let session = try makeSession(expirySeconds: 60)
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isParked(directory.release(session, by: first, now: start), ended: false))
        #expect(isResumed(directory.claim(session.key, by: second)))
    }

    @Test func sessionWithoutExpiryEndsWithItsConnection() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        let session = try makeSession(expirySeconds: 0)
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isParked(directory.release(session, by: first, now: start), ended: true))
        #expect(directory.count == 0)
        #expect(isNone(directory.claim(session.key, by: second)))
    }

    @Test("MQTT-3.1.2-8: the will of a session that has ended waits, and no longer than its client")
    func aWillOutlivesItsSession() throws {
        var session = try makeSession(expirySeconds: 0)
        let publish = PublishPacket(
            topicName: "w",
            qos: .atMostOnce,
            packetIdentifier: nil,
            payload: []
        )
        let now = WallTime(seconds: 1)
        let message = OpaqueMessage(publish, topicName: "w", sender: session.key, now: now)
        session.will = PendingWill(message: message, dueAt: start.adding(seconds: 5))
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isParked(directory.release(session, by: first, now: start), ended: true))
        let due = (
            early: directory.takeDueWills(now: start.adding(seconds: 4)).count,
            late: directory.takeDueWills(now: start.adding(seconds: 5)).count
        )
        #expect(due == (0, 1))
        let rest = directory.takeExpired(now: start.adding(seconds: 5))
        #expect(rest.count == 1 && rest[0].will == nil && directory.count == 0)
        // The client comes back in time.
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isParked(directory.release(session, by: first, now: start), ended: true))
        #expect(isNone(directory.claim(session.key, by: second)))
        let taken = directory.takeDueWills(now: start.adding(seconds: 9))
        #expect(taken.isEmpty)
    }

    @Test func takeOverWaitsForTheHolderAndTheLatestClaimWins() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        let session = try makeSession()
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isHeld(directory.claim(session.key, by: second), by: first, displaced: nil))
        #expect(isHeld(directory.claim(session.key, by: third), by: first, displaced: second))
        #expect(isHandedOver(directory.release(session, by: first, now: start), to: third))
        guard case .notHeld = directory.release(session, by: first, now: start) else {
            Issue.record("a connection released what it had given away")
            return
        }
    }

    @Test func claimantThatLeavesIsForgotten() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        let session = try makeSession()
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isHeld(directory.claim(session.key, by: second), by: first, displaced: nil))
        let result16 = directory.withdraw(session.key, by: second)
        #expect(result16 == nil)
        #expect(isParked(directory.release(session, by: first, now: start), ended: false))
    }

    @Test func holderThatNeverMadeItsSessionPassesTheTurn() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        let session = try makeSession()
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isHeld(directory.claim(session.key, by: second), by: first, displaced: nil))
        let result17 = directory.withdraw(session.key, by: first)
        #expect(result17 == second)
        directory.arrived(session.key, at: second)
        let result18 = directory.withdraw(session.key, by: second)
        #expect(result18 == nil)
        #expect(directory.count == 0)
    }

    @Test func aSessionOnItsWayOutlivesTheClaimantThatItIsFor() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        let session = try makeSession()
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isHeld(directory.claim(session.key, by: second), by: first, displaced: nil))
        #expect(isHandedOver(directory.release(session, by: first, now: start), to: second))
        // The claimant closes while the session lies in the mailbox of its loop.
        let next = directory.withdraw(session.key, by: second)
        #expect(next == nil && directory.count == 1)
        directory.arrived(session.key, at: second)
        #expect(isParked(directory.release(session, by: second, now: start), ended: false))
        #expect(isResumed(directory.claim(session.key, by: third)))
    }

    @Test func aSessionOnItsWayGoesOnToWhoClaimsItMeanwhile() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        let session = try makeSession()
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isHeld(directory.claim(session.key, by: second), by: first, displaced: nil))
        #expect(isHandedOver(directory.release(session, by: first, now: start), to: second))
        #expect(isHeld(directory.claim(session.key, by: third), by: second, displaced: nil))
        let next = directory.withdraw(session.key, by: second)
        #expect(next == nil, "there is nothing to hand on before the session has arrived")
        directory.arrived(session.key, at: second)
        #expect(isHandedOver(directory.release(session, by: second, now: start), to: third))
        directory.arrived(session.key, at: third)
        #expect(isParked(directory.release(session, by: third, now: start), ended: false))
    }

    @Test func aClaimOnASessionOnItsWayCanBeWithdrawn() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4, connectionsPerAgencyMax: 1)
        let session = try makeSession()
        #expect(isNone(directory.claim(session.key, by: first)))
        #expect(isHeld(directory.claim(session.key, by: second), by: first, displaced: nil))
        #expect(isHandedOver(directory.release(session, by: first, now: start), to: second))
        #expect(isHeld(directory.claim(session.key, by: third), by: second, displaced: nil))
        let next = directory.withdraw(session.key, by: third)
        #expect(next == nil)
        directory.arrived(session.key, at: second)
        #expect(directory.connectionCounts.values.elementsEqual([1]))
        #expect(isParked(directory.release(session, by: second, now: start), ended: false))
        #expect(directory.connectionCounts.isEmpty)
    }

    @Test func connectionsAreCountedForTheAgencyOverItsStations() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4, connectionsPerAgencyMax: 2)
        func key(_ urn: String, _ client: String) throws -> SessionKey {
            SessionKey(station: try makeStation(urn), clientIdentifier: client)
        }
        let one = try key("urn:aviso:agency:MX:FGR:station-1", "a")
        let two = try key("urn:aviso:agency:MX:FGR:station-2", "a")
        let three = try key("urn:aviso:agency:MX:FGR:station-3", "a")
        let other = try key("urn:aviso:agency:PE:DEVIDA:station-1", "a")
        #expect(isNone(directory.claim(one, by: first)))
        #expect(isNone(directory.claim(two, by: second)))
        guard case .tooManyConnections = directory.claim(three, by: third) else {
            Issue.record("a third connection of the agency was let in")
            return
        }
        // Another agency has its own, and who takes its own session over needs no further one.
        #expect(isNone(directory.claim(other, by: third)))
        #expect(isHeld(directory.claim(one, by: third), by: first, displaced: nil))
        #expect(directory.connectionCounts.values.sorted() == [1, 2])
        // A session that waits is no connection, and its return is one.
        let session = Session(key: two, expirySeconds: 60)
        #expect(isParked(directory.release(session, by: second, now: start), ended: false))
        #expect(isNone(directory.claim(three, by: second)))
        guard case .tooManyConnections = directory.claim(two, by: second) else {
            Issue.record("a session came back beyond the limit")
            return
        }
        let claimant = directory.withdraw(three, by: second)
        #expect(claimant == nil)
        #expect(isResumed(directory.claim(two, by: second)))
    }

    @Test func expiredSessionsAreTakenOutAndOthersStay() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 4)
        directory.restore(try makeSession("short", expirySeconds: 10), now: start)
        directory.restore(try makeSession("long", expirySeconds: 100), now: start)
        directory.restore(try makeSession("ever", expirySeconds: .max), now: start)
        let result19 = directory.takeExpired(now: start.adding(seconds: 9))
        #expect(result19.isEmpty)
        let expired = directory.takeExpired(now: start.adding(seconds: 10))
        #expect(expired.map(\.key.clientIdentifier) == ["short"])
        let result20 = directory.takeExpired(now: start.adding(seconds: 1_000_000))
        #expect(result20.count == 1)
        #expect(directory.count == 1)
    }

    @Test func aStationHasOnlySoManySessions() throws {
        var directory = SessionDirectory(sessionsPerStationMax: 2)
        for name in ["a", "b"] {
            #expect(isNone(directory.claim(try makeSession(name).key, by: first)))
        }
        guard case .tooMany = directory.claim(try makeSession("c").key, by: second) else {
            Issue.record("a third session was granted")
            return
        }
        let result21 = directory.withdraw(try makeSession("a").key, by: first)
        #expect(result21 == nil)
        #expect(isNone(directory.claim(try makeSession("c").key, by: second)))
    }

    private func isNone(_ claim: SessionDirectory.Claim) -> Bool {
        if case .none = claim { true } else { false }
    }

    private func isResumed(_ claim: SessionDirectory.Claim) -> Bool {
        if case .resumed = claim { true } else { false }
    }

    private func isHeld(
        _ claim: SessionDirectory.Claim,
        by holder: Holder,
        displaced: Holder?
    ) -> Bool {
        if case .heldBy(holder, displaced) = claim { true } else { false }
    }

    private func isParked(_ release: SessionDirectory.Release, ended: Bool) -> Bool {
        if case .parked(ended) = release { true } else { false }
    }

    private func isHandedOver(_ release: SessionDirectory.Release, to holder: Holder) -> Bool {
        if case .handOver(holder) = release { true } else { false }
    }
}
