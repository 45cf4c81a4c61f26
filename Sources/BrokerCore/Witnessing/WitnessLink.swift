import Base
import MerkleLog

/// What is known of one witness, and when it may be asked again.
struct WitnessLink: Sendable {
    let key: CosignerKey
    /// The size of the checkpoint that the witness cosigned last; 0 until it says otherwise.
    private(set) var knownSize: UInt64 = 0
    /// When it may be asked.
    private(set) var nextAt = MonotonicTime(nanoseconds: 0)

    private var event: CosigningEvent?
    private var failureCount: UInt64 = 0
    private var failuresInARow: UInt64 = 0
    private var conflictsInARow = 0
    // Of the last checkpoint that it cosigned: its size, and since when it was the latest.
    private var cosigned: (treeSize: UInt64, takenAt: MonotonicTime)?

    init(key: CosignerKey) {
        self.key = key
    }

    /// It has cosigned a checkpoint; nil for when it was the latest, if that is not known.
    mutating func cosign(_ treeSize: UInt64, takenAt: MonotonicTime?) -> CosigningEvent? {
        knownSize = treeSize
        failuresInARow = 0
        conflictsInARow = 0
        if let takenAt { cosigned = (treeSize, takenAt) }
        return news(.cosigns)
    }

    /// It has said which size it knows; it is asked again at once, but not for ever.
    mutating func learn(
        _ size: UInt64,
        logSize: UInt64,
        _ now: MonotonicTime
    ) -> CosigningEvent? {
        knownSize = size
        guard size <= logSize else { return fail(.ahead(size: size), now) }
        conflictsInARow += 1
        guard conflictsInARow > CosigningPolicy.conflictsMax else { return nil }
        return fail(.refused(status: 409, reason: "it knows \(size) entries"), now)
    }

    /// It has given no cosignature.
    mutating func fail(_ event: CosigningEvent, _ now: MonotonicTime) -> CosigningEvent? {
        let (first, last) = CosigningPolicy.backOffMilliseconds
        nextAt = now.adding(milliseconds: min(last, first << min(failuresInARow, 16)))
        failureCount += 1
        failuresInARow += 1
        conflictsInARow = 0
        return news(event)
    }

    func status(lagSeconds: Int, now: MonotonicTime) -> CosigningBoard.Status {
        let isRecent = cosigned.map { cosigned in
            now.milliseconds(since: cosigned.takenAt) <= UInt64(lagSeconds) * 1000
        }
        return CosigningBoard.Status(
            name: key.name,
            isRecent: isRecent ?? false,
            treeSize: cosigned?.treeSize,
            failureCount: failureCount,
            event: event
        )
    }

    // The same trouble again is no news, whatever its words.
    private mutating func news(_ event: CosigningEvent) -> CosigningEvent? {
        defer { self.event = event }
        return self.event?.kind == event.kind ? nil : event
    }
}
