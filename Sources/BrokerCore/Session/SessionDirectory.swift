package import Alerts
package import Base
import MQTTCodec

/// Which connection holds which session, and the sessions that wait for one.
///
/// The one place where a session passes from a connection to the next, possibly on another loop:
/// a session is in exactly one of three places, namely with its connection, on its way to the
/// connection that takes it over, or here.
package struct SessionDirectory: Sendable {
    /// A connection, by its loop and its number there.
    package struct Holder: Hashable, Sendable {
        /// The loop.
        package let shard: Int
        /// The connection on that loop.
        package let connection: UInt64

        /// Makes a holder.
        package init(shard: Int, connection: UInt64) {
            self.shard = shard
            self.connection = connection
        }
    }

    /// What a claim comes to.
    package enum Claim: Sendable {
        /// There was no session: the claimant makes one.
        case none
        /// The session waited for a connection and now belongs to the claimant.
        case resumed(Session)
        /// Another connection holds it: tell that one to release, the claimant waits.
        ///
        /// `displaced` is an earlier claimant that waited and lost its turn.
        case heldBy(Holder, displaced: Holder?)
        /// The station has as many sessions as it may have.
        case tooMany
        /// The agency has as many connections as it may have.
        case tooManyConnections
    }

    /// What a release comes to.
    package enum Release: Sendable {
        /// The session waits here, or has ended if it was not durable.
        case parked(ended: Bool)
        /// A claimant waits for it: hand it over.
        case handOver(to: Holder)
        /// The connection no longer held it.
        case notHeld
    }

    private enum Place: Sendable {
        /// With its connection. Can transition to `underWay`, `parked`, or none.
        case held(Holder, claimant: Holder?)
        /// Handed over, and not yet on the claimant's loop. Can transition to `held` alone, by
        /// ``arrived(_:at:)``: until then nobody knows what has become of the session, also if the
        /// claimant has gone.
        case underWay(to: Holder, claimant: Holder?)
        /// Here. Can transition to `held`, or none.
        case parked(Session, expiresAt: MonotonicTime?)

        /// Whether it stands for a connection.
        var isHeld: Bool { if case .parked = self { false } else { true } }
    }

    private var places: [SessionKey: Place] = [:]
    private var countByStation: [String: Int] = [:]
    private let sessionsPerStationMax: Int
    private let connectionsPerAgencyMax: Int

    /// The number of connections of each agency that has any: those that hold a session.
    package private(set) var connectionCounts: [AgencyID: Int] = [:]

    /// Makes an empty directory.
    ///
    /// - Parameters:
    ///   - sessionsPerStationMax: how many sessions one station may have.
    ///   - connectionsPerAgencyMax: how many connections one agency may have at one time.
    package init(sessionsPerStationMax: Int, connectionsPerAgencyMax: Int = .max) {
        self.sessionsPerStationMax = sessionsPerStationMax
        self.connectionsPerAgencyMax = connectionsPerAgencyMax
    }

    /// The number of sessions, with and without connection.
    package var count: Int { places.count }

    /// Whether a session that waits for its client has a subscription to a topic.
    package func hasParkedReader(of topicName: String) -> Bool {
        places.values.contains { place in
            guard case .parked(let session, _) = place else { return false }
            return session.subscriptions.contains { $0.filter.matches(topicName) }
        }
    }

    /// Puts a session that the log remembers here, at start.
    package mutating func restore(_ session: Session, now: MonotonicTime) {
        set(session.key, .parked(session, expiresAt: Self.expiry(of: session, now: now)))
    }

    /// Claims a session for a connection that has sent CONNECT.
    package mutating func claim(_ key: SessionKey, by claimant: Holder) -> Claim {
        switch places[key] {
        // One that takes a session over needs no room: the one before it goes.
        case nil, .parked:
            guard connectionCounts[key.station.agency, default: 0] < connectionsPerAgencyMax
            else { return .tooManyConnections }
        case .held, .underWay: break
        }
        switch places[key] {
        case nil:
            guard countByStation[key.station.description, default: 0] < sessionsPerStationMax
            else { return .tooMany }
            set(key, .held(claimant, claimant: nil))
            return .none
        case .parked(var session, _):
            set(key, .held(claimant, claimant: nil))
            // Only its will has outlived it.
            guard session.isDurable else { return .none }
            // MQTT-3.1.2-8: whatever becomes of the session, its client is back in time.
            session.will = nil
            return .resumed(session)
        case .held(let holder, let earlier):
            set(key, .held(holder, claimant: claimant))
            return .heldBy(holder, displaced: earlier)
        case .underWay(let holder, let earlier):
            set(key, .underWay(to: holder, claimant: claimant))
            return .heldBy(holder, displaced: earlier)
        }
    }

    /// What was handed over has come to the loop of its claimant, who holds it from now on or, if
    /// it has gone in the meantime, has it released again.
    package mutating func arrived(_ key: SessionKey, at holder: Holder) {
        guard case .underWay(holder, let claimant) = places[key] else { return }
        set(key, .held(holder, claimant: claimant))
    }

    /// Gives a session back when its connection has ended.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - holder: the connection that held it.
    ///   - now: the clock, from which the session's expiry counts.
    /// - Returns: where the session goes.
    package mutating func release(
        _ session: Session,
        by holder: Holder,
        now: MonotonicTime
    ) -> Release {
        guard case .held(holder, let claimant) = places[session.key] else { return .notHeld }
        if let claimant {
            set(session.key, .underWay(to: claimant, claimant: nil))
            return .handOver(to: claimant)
        }
        guard session.isDurable else {
            set(session.key, Self.place(forWillOf: session))
            return .parked(ended: true)
        }
        set(session.key, .parked(session, expiresAt: Self.expiry(of: session, now: now)))
        return .parked(ended: false)
    }

    /// Withdraws a claim, or a hold whose session was never made, when its connection has ended.
    ///
    /// A claim whose session is under way stands until that has arrived.
    ///
    /// - Returns: the claimant whose turn it is now; it gets no session.
    package mutating func withdraw(_ key: SessionKey, by holder: Holder) -> Holder? {
        switch places[key] {
        case .held(holder, let claimant):
            guard let claimant else {
                set(key, nil)
                return nil
            }
            set(key, .underWay(to: claimant, claimant: nil))
            return claimant
        case .held(let other, claimant: holder):
            set(key, .held(other, claimant: nil))
            return nil
        case .underWay(let other, claimant: holder):
            set(key, .underWay(to: other, claimant: nil))
            return nil
        case nil, .held, .underWay, .parked:
            return nil
        }
    }

    /// Takes out the sessions whose time has passed.
    package mutating func takeExpired(now: MonotonicTime) -> [Session] {
        var expired: [Session] = []
        for (_, place) in places {
            if case .parked(let session, let expiresAt?) = place, expiresAt <= now {
                expired.append(session)
            }
        }
        for session in expired { set(session.key, nil) }
        return expired
    }

    /// Takes the wills whose delay has passed without their client.
    package mutating func takeDueWills(now: MonotonicTime) -> [OpaqueMessage] {
        var due: [OpaqueMessage] = []
        for (key, place) in places {
            guard case .parked(var session, let expiresAt) = place, let will = session.will,
                will.dueAt <= now
            else { continue }
            due.append(will.message)
            session.will = nil
            places[key] = .parked(session, expiresAt: expiresAt)
        }
        return due
    }

    /// Leaves a delivery with a session that waits for its client.
    ///
    /// - Parameters:
    ///   - delivery: the delivery.
    ///   - key: the session.
    ///   - countMax: how many deliveries a session may hold.
    /// - Returns: false if the session is not here, or holds as many as it may.
    package mutating func hold(
        _ delivery: HeldDelivery,
        for key: SessionKey,
        countMax: Int
    ) -> Bool {
        guard case .parked(var session, let expiresAt)? = places[key],
            session.heldCount < countMax
        else { return false }
        session.hold(delivery)
        places[key] = .parked(session, expiresAt: expiresAt)
        return true
    }

    /// The sessions that wait for a connection.
    package var parked: [Session] {
        places.values.compactMap { place in
            if case .parked(let session, _) = place { session } else { nil }
        }
    }

    private mutating func set(_ key: SessionKey, _ place: Place?) {
        let station = key.station.description
        switch (places[key] == nil, place == nil) {
        case (true, false): countByStation[station, default: 0] += 1
        case (false, true):
            let count = countByStation[station, default: 1] - 1
            countByStation[station] = count > 0 ? count : nil
        case (true, true), (false, false): break
        }
        count(key.station.agency, from: places[key], to: place)
        places[key] = place
    }

    private mutating func count(_ agency: AgencyID, from old: Place?, to new: Place?) {
        let change = (new?.isHeld == true ? 1 : 0) - (old?.isHeld == true ? 1 : 0)
        guard change != 0 else { return }
        let count = connectionCounts[agency, default: 0] + change
        connectionCounts[agency] = count > 0 ? count : nil
    }

    // A session that has ended leaves nothing but a will that waits for its delay.
    private static func place(forWillOf session: Session) -> Place? {
        guard let will = session.will else { return nil }
        var rest = Session(key: session.key, expirySeconds: 0)
        rest.will = will
        return .parked(rest, expiresAt: will.dueAt)
    }

    private static func expiry(of session: Session, now: MonotonicTime) -> MonotonicTime? {
        session.expirySeconds == Session.neverExpires
            ? nil : now.adding(seconds: UInt64(session.expirySeconds))
    }
}
