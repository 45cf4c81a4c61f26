package import Base

/// The identifiers of the alerts that could still be replayed.
///
/// Admission refuses an alert that was issued longer ago than a limit, so older identifiers need
/// not be kept: the window is bounded by time and not by the length of the log.
package struct DuplicateWindow: Sendable {
    /// Where an identifier stands, and with which bytes.
    package struct Sighting: Hashable, Sendable {
        /// The alert's index.
        package let index: UInt64
        /// SHA-256 of the statement.
        package let statementDigest: Digest
    }

    // An alert issued in the past is forgotten a little later than it could be replayed, never
    // earlier: whole minutes are dropped, when all of the minute is out of reach.
    private static let bucketMilliseconds: UInt64 = 60_000

    /// One alert, as it was remembered.
    struct Memory: Sendable {
        let alert: UUID
        let issuedAt: WallTime
        let sighting: Sighting
    }

    private struct Place {
        let bucket: UInt64
        let position: Int
    }

    // The alerts by the minute in which they were issued. A copy of these is cheap, since no minute
    // but the current one is written to: a snapshot takes one.
    private var buckets: [UInt64: [Memory]] = [:]
    private var places: [UUID: Place] = [:]
    private var oldestBucket: UInt64 = .max
    private let ageMaxMilliseconds: UInt64

    /// Makes an empty window.
    ///
    /// - Parameter ageMaxMilliseconds: the age up to which admission accepts an alert.
    package init(ageMaxMilliseconds: UInt64) {
        self.ageMaxMilliseconds = ageMaxMilliseconds
    }

    /// The number of identifiers held.
    package var count: Int { places.count }

    /// Where `alert` was seen, if it was.
    package func sighting(of alert: UUID) -> Sighting? {
        guard let place = places[alert] else { return nil }
        return buckets[place.bucket]?[place.position].sighting
    }

    /// Everything remembered, without the means to look it up.
    var memories: [UInt64: [Memory]] { buckets }

    /// Makes room for alerts that are about to be remembered.
    mutating func reserve(_ count: Int) {
        places.reserveCapacity(count)
    }

    /// Remembers an alert that was just sequenced.
    package mutating func insert(
        _ alert: UUID,
        issuedAt: WallTime,
        index: UInt64,
        statementDigest: Digest
    ) {
        let bucket = issuedAt.milliseconds / Self.bucketMilliseconds
        let sighting = Sighting(index: index, statementDigest: statementDigest)
        buckets[bucket, default: []].append(
            Memory(alert: alert, issuedAt: issuedAt, sighting: sighting)
        )
        places[alert] = Place(bucket: bucket, position: (buckets[bucket]?.count ?? 1) - 1)
        oldestBucket = min(oldestBucket, bucket)
    }

    /// Forgets what admission would refuse by its age.
    package mutating func prune(now: WallTime) {
        let horizon = now.subtracting(milliseconds: ageMaxMilliseconds).milliseconds
        let firstKept = horizon / Self.bucketMilliseconds
        guard oldestBucket < firstKept else { return }
        for (bucket, memories) in buckets where bucket < firstKept {
            for memory in memories { places[memory.alert] = nil }
            buckets[bucket] = nil
        }
        oldestBucket = buckets.keys.min() ?? .max
    }
}
