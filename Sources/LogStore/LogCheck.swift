package import Base
package import MerkleLog

/// What a check of a log's folder has found.
package struct LogCheckReport: Hashable, Sendable {
    /// The most findings that are listed.
    package static let damageCountMax = 1000

    /// The entries that were read.
    package var entryCount: UInt64 = 0
    /// The signed checkpoints whose tree the entries give.
    package var checkpointCount: UInt64 = 0
    /// The hashes of the tree files that were compared.
    package var treeHashCount: UInt64 = 0
    /// The size that the published checkpoint signs; nil if there is none to be read.
    package var publishedSize: UInt64?
    /// What is damaged, in the order of the log.
    package var damages: [LogDamage] = []
    /// How many findings there are, those beyond the list included.
    package var damageCount = 0

    mutating func add(_ damage: LogDamage) {
        damageCount += 1
        if damages.count < Self.damageCountMax { damages.append(damage) }
    }
}

/// Verifies a log's folder from the bytes of its entries: nothing that is stored is believed.
///
/// Each entry is hashed again; records, contents, checkpoints, tree files and places are held
/// against what comes out.
package struct LogCheck<Hasher: Hashing> {
    private struct Pending {
        let entry: ScannedEntry
        let leaf: Digest
    }

    private let hasher: Hasher
    private let tree: TreeFileCheck<Hasher>?
    private let places: PlaceCheck?
    private let cosignedFile: String
    private var frontier = MerkleFrontier()
    private var pending: [Pending] = []
    // What witnesses have cosigned, until the entries reach its size.
    private var cosigned: Checkpoint?
    // Once a batch is lost, no later root can be computed.
    private var isTreeKnown = true
    private var report = LogCheckReport()

    /// Checks a folder.
    ///
    /// - Parameters:
    ///   - directory: the folder; it is read only.
    ///   - hasher: SHA-256.
    ///   - verifyNote: gives the checkpoint of a note that the log's key has signed, else nil; it
    ///     is asked after the entries of the batch were visited.
    ///   - visit: sees each entry with its content, and says what is wrong with that.
    /// - Returns: what was found.
    /// - Throws: ``LogError`` if there is no log, or it cannot be read at all.
    package static func run(
        directory: String,
        hasher: Hasher,
        verifyNote: (_ note: [UInt8]) -> Checkpoint?,
        visit: (_ entry: ScannedEntry) -> LogDamage?
    ) throws(LogError) -> LogCheckReport {
        var scan = try LogScan(directory: directory) { note in
            SignedNote(note).flatMap { Checkpoint(text: $0.text)?.treeSize }
        }
        let folder = LogFolder(path: directory, operations: .system)
        var check = LogCheck(
            hasher: hasher,
            tree: TreeFileCheck(folder, hasher),
            places: PlaceCheck(folder),
            cosignedFile: CosignedFile.path(directory: directory)
        )
        check.cosigned = try CosignedFile.read(directory: directory)
            .flatMap { SignedNote($0) }.flatMap { Checkpoint(text: $0.text) }
        while let record = try scan.next() {
            switch record {
            case .entry(let entry): try check.take(entry, visit)
            case .damage(let damage): check.take(damage)
            case .checkpoint(let note, let treeSize, _, let file, let offset):
                let place = LogDamage(file: file, offset: offset, reason: "", lost: 0..<0)
                try check.take(verifyNote(note), treeSize: treeSize, at: place)
            }
        }
        try check.finish(scan, verifyNote)
        return check.report
    }

    private init(
        hasher: Hasher,
        tree: TreeFileCheck<Hasher>?,
        places: PlaceCheck?,
        cosignedFile: String
    ) {
        self.hasher = hasher
        self.tree = tree
        self.places = places
        self.cosignedFile = cosignedFile
    }

    private mutating func take(
        _ entry: ScannedEntry,
        _ visit: (_ entry: ScannedEntry) -> LogDamage?
    ) throws(LogError) {
        report.entryCount += 1
        if let damage = visit(entry) { report.add(damage) }
        if let damage = try places?.compare(entry) { report.add(damage) }
        pending.append(Pending(entry: entry, leaf: hasher.leafHash(entry.bytes[...])))
    }

    private mutating func take(_ damage: LogDamage) {
        report.add(damage)
        // An entry that is not there has no leaf; a content has none anyway.
        if damage.lost.upperBound > frontier.treeSize + UInt64(pending.count) {
            isTreeKnown = false
        }
    }

    // A batch is whole if its entries give the root that was signed behind them. If they do not,
    // the stored leaves, where these do, tell which entry it is.
    private mutating func take(
        _ checkpoint: Checkpoint?,
        treeSize: UInt64,
        at place: LogDamage
    ) throws(LogError) {
        let batch = pending
        pending = []
        let first = batch.first?.entry.index ?? frontier.treeSize
        guard let checkpoint, checkpoint.treeSize == treeSize else {
            add(place, "the checkpoint is not signed by the log's key", first..<treeSize)
            try advance(batch, with: batch.map(\.leaf))
            return
        }
        guard isTreeKnown else { return }
        let leaves = batch.map(\.leaf)
        if root(after: leaves) == checkpoint.rootHash {
            report.checkpointCount += 1
            try advance(batch, with: leaves)
            return
        }
        if let stored = try tree?.leaves(first: frontier.treeSize, count: batch.count),
            root(after: stored) == checkpoint.rootHash
        {
            for (item, leaf) in zip(batch, stored) where item.leaf != leaf {
                let index = item.entry.index
                report.add(
                    LogDamage(
                        file: item.entry.file,
                        offset: item.entry.offset,
                        reason: "the entry is not the one that was signed: its hash is "
                            + "\(item.leaf), and the tree has \(leaf)",
                        lost: index..<(index + 1)
                    )
                )
            }
            try advance(batch, with: stored)
            return
        }
        let start = batch.first?.entry
        report.add(
            LogDamage(
                file: start?.file ?? place.file,
                offset: start?.offset ?? place.offset,
                reason: "the entries of the batch do not give the root that was signed",
                lost: first..<max(first, treeSize)
            )
        )
        isTreeKnown = false
    }

    private func root(after leaves: [Digest]) -> Digest {
        var next = frontier
        for leaf in leaves { next.append(leaf, using: hasher) }
        return next.rootHash(using: hasher)
    }

    private mutating func advance(
        _ batch: [Pending],
        with leaves: [Digest]
    ) throws(LogError) {
        for leaf in leaves { frontier.append(leaf, using: hasher) }
        guard isTreeKnown else { return }
        try compareCosigned()
        guard let tree else { return }
        for damage in try tree.compare(leaves) { report.add(damage) }
    }

    // A cosigned checkpoint is that of a batch.
    private mutating func compareCosigned() throws(LogError) {
        guard let checkpoint = cosigned, checkpoint.treeSize == frontier.treeSize else { return }
        cosigned = nil
        guard frontier.rootHash(using: hasher) != checkpoint.rootHash else { return }
        let place = LogDamage(file: cosignedFile, offset: 0, reason: "", lost: 0..<0)
        add(place, "witnesses have cosigned another root for so many entries", 0..<0)
    }

    private mutating func finish(
        _ scan: LogScan,
        _ verifyNote: (_ note: [UInt8]) -> Checkpoint?
    ) throws(LogError) {
        report.treeHashCount = tree?.comparedCount ?? 0
        let file = LogDamage(file: scan.checkpointFile, offset: 0, reason: "", lost: 0..<0)
        guard let note = scan.note else {
            add(file, "it holds no checkpoint that can be read", 0..<0)
            return
        }
        guard let published = verifyNote(note) else {
            add(file, "its checkpoint is not signed by the log's key", 0..<0)
            return
        }
        report.publishedSize = published.treeSize
        guard scan.position >= published.treeSize else {
            add(
                file,
                "the checkpoint says \(published.treeSize) entries, and the segments end at "
                    + "\(scan.position)",
                scan.position..<published.treeSize
            )
            return
        }
        if isTreeKnown, frontier.treeSize == published.treeSize,
            frontier.rootHash(using: hasher) != published.rootHash
        {
            add(file, "the entries do not give its root", 0..<published.treeSize)
        }
    }

    private mutating func add(_ place: LogDamage, _ reason: String, _ lost: Range<UInt64>) {
        report.add(
            LogDamage(file: place.file, offset: place.offset, reason: reason, lost: lost)
        )
    }
}
