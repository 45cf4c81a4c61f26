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

    private var sightings: [UUID: Sighting] = [:]
    private var buckets: [UInt64: [UUID]] = [:]
    private var oldestBucket: UInt64 = .max
    private let ageMaxMilliseconds: UInt64

    /// Makes an empty window.
    ///
    /// - Parameter ageMaxMilliseconds: the age up to which admission accepts an alert.
    package init(ageMaxMilliseconds: UInt64) {
        self.ageMaxMilliseconds = ageMaxMilliseconds
    }

    /// The number of identifiers held.
    package var count: Int { sightings.count }

    /// Where `alert` was seen, if it was.
    package func sighting(of alert: UUID) -> Sighting? { sightings[alert] }

    /// Remembers an alert that was just sequenced.
    package mutating func insert(
        _ alert: UUID,
        issuedAt: WallTime,
        index: UInt64,
        statementDigest: Digest
    ) {
        sightings[alert] = Sighting(index: index, statementDigest: statementDigest)
        let bucket = issuedAt.milliseconds / Self.bucketMilliseconds
        buckets[bucket, default: []].append(alert)
        oldestBucket = min(oldestBucket, bucket)
    }

    /// Forgets what admission would refuse by its age.
    package mutating func prune(now: WallTime) {
        let horizon = now.subtracting(milliseconds: ageMaxMilliseconds).milliseconds
        let firstKept = horizon / Self.bucketMilliseconds
        guard oldestBucket < firstKept else { return }
        for (bucket, alerts) in buckets where bucket < firstKept {
            for alert in alerts { sightings[alert] = nil }
            buckets[bucket] = nil
        }
        oldestBucket = buckets.keys.min() ?? .max
    }
}
