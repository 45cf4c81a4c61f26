package import Base

/// The identifiers of the alerts that could still be replayed.
///
/// Admission refuses an alert that was issued longer ago than a limit, so older identifiers need
/// not be kept: the window is bounded by time and not by the length of the log. The latest alerts
/// are known exactly; of those before them about ten bytes each are kept, which say where in the
/// log to look.
package struct DuplicateWindow: Sendable {
    /// Where an identifier stands, and with which bytes.
    package struct Sighting: Hashable, Sendable {
        /// The alert's index.
        package let index: UInt64
        /// SHA-256 of the statement.
        package let statementDigest: Digest
    }

    /// One alert, as it was remembered.
    struct Memory: Sendable {
        let alert: UUID
        let issuedAt: WallTime
        let sighting: Sighting
    }

    /// Alerts that are known exactly: more than two batches of the sequencer bring, so that the
    /// entries of all others can be read.
    static let freshCountMax = 8192
    // A page is dropped as a whole, so that it spans but a small part of the window.
    private static let pagesPerWindow: UInt64 = 24
    private static let pageMillisecondsMin: UInt64 = 60_000
    private static let pruneMilliseconds: UInt64 = 60_000

    /// Spreads identifiers so that nobody can choose those that meet in one place.
    let seed: UInt64
    private(set) var pages: [DuplicatePage] = []
    private var fresh: [UUID: Sighting] = [:]
    // The same ones in their order; a ring once it is full.
    private var ring: [Memory] = []
    private var oldest = 0
    private var prunedAt = WallTime(milliseconds: 0)
    private let ageMaxMilliseconds: UInt64

    /// Makes an empty window.
    ///
    /// - Parameters:
    ///   - ageMaxMilliseconds: the age up to which admission accepts an alert.
    ///   - seed: any number that authors of alerts do not know.
    package init(ageMaxMilliseconds: UInt64, seed: UInt64 = 0) {
        self.ageMaxMilliseconds = ageMaxMilliseconds
        self.seed = seed
    }

    /// The number of identifiers held.
    package var count: Int { pages.reduce(0) { $0 + $1.count } }

    /// The latest alerts, in order.
    var memories: [Memory] { Array(ring[oldest...] + ring[..<oldest]) }

    /// Where `alert` was seen, if it is one of the latest.
    package func sighting(of alert: UUID) -> Sighting? { fresh[alert] }

    /// The indexes of the entries before the latest alerts that may hold `alert`; seldom any but
    /// the right one.
    package func candidates(for alert: UUID) -> [UInt64] {
        var candidates: [UInt64] = []
        let hash = hash(of: alert)
        for page in pages { page.collect(hash, into: &candidates) }
        guard !candidates.isEmpty, !ring.isEmpty else { return candidates }
        let firstFresh = ring[oldest].sighting.index
        return candidates.filter { $0 < firstFresh }
    }

    /// Remembers an alert that was just sequenced.
    package mutating func insert(
        _ alert: UUID,
        issuedAt: WallTime,
        index: UInt64,
        statementDigest: Digest
    ) {
        let sighting = Sighting(index: index, statementDigest: statementDigest)
        remember(Memory(alert: alert, issuedAt: issuedAt, sighting: sighting))
        if pages.last.map({ isOpen($0, issuedAt, index) }) != true {
            pages.append(DuplicatePage(issuedAt: issuedAt, index: index))
        }
        pages[pages.count - 1].insert(hash(of: alert), issuedAt: issuedAt, index: index)
    }

    private func isOpen(_ page: DuplicatePage, _ issuedAt: WallTime, _ index: UInt64) -> Bool {
        let span = max(Self.pageMillisecondsMin, ageMaxMilliseconds / Self.pagesPerWindow)
        return page.hasRoom(for: index) && issuedAt < page.opened.adding(milliseconds: span)
    }

    private mutating func remember(_ memory: Memory) {
        fresh[memory.alert] = memory.sighting
        guard ring.count == Self.freshCountMax else { return ring.append(memory) }
        fresh[ring[oldest].alert] = nil
        ring[oldest] = memory
        oldest = (oldest + 1) % Self.freshCountMax
    }

    /// Forgets what admission would refuse by its age: a little later, never earlier.
    package mutating func prune(now: WallTime) {
        guard now >= prunedAt.adding(milliseconds: Self.pruneMilliseconds) else { return }
        prunedAt = now
        let horizon = now.subtracting(milliseconds: ageMaxMilliseconds)
        let kept = memories.filter { $0.issuedAt >= horizon }
        pages.removeAll { $0.newest < horizon }
        guard kept.count < ring.count else { return }
        ring = kept
        oldest = 0
        fresh = [:]
        for memory in kept { fresh[memory.alert] = memory.sighting }
    }

    private func hash(of alert: UUID) -> UInt64 {
        var first = SplitMix64(seed: alert.low ^ seed)
        var second = SplitMix64(seed: first.next() ^ alert.high)
        return second.next()
    }
}

extension DuplicateWindow {
    /// Goes on with what another window held.
    ///
    /// - Parameters:
    ///   - ageMaxMilliseconds: the age up to which admission accepts an alert.
    ///   - seed: the other window's.
    ///   - pages: the other window's.
    ///   - memories: its latest alerts, in order.
    init(
        ageMaxMilliseconds: UInt64,
        seed: UInt64,
        pages: [DuplicatePage],
        memories: [Memory]
    ) {
        self.init(ageMaxMilliseconds: ageMaxMilliseconds, seed: seed)
        self.pages = pages
        for memory in memories.suffix(Self.freshCountMax) { remember(memory) }
    }
}
