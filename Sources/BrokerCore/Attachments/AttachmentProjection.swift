import Alerts
package import Base

/// Which alerts cite which encrypted files: a fold over the log, by which a file is kept while an
/// alert with its content needs it.
package struct AttachmentProjection: Sendable {
    private var citations: [Digest: [UInt64]]
    // Files that the last alert citing them has lost to a redaction, until somebody erases them.
    private var orphans: Set<Digest> = []

    /// Makes the projection of a log in which these alerts cite these files.
    init(citations: [Digest: [UInt64]] = [:]) {
        self.citations = citations
    }

    /// The files that alerts need, each with the alerts, in the order of the digests.
    package var all: [(digest: Digest, indexes: [UInt64])] {
        citations.map { ($0.key, $0.value) }.sorted { $0.digest < $1.digest }
    }

    /// How many files alerts need.
    package var count: Int { citations.count }

    /// Whether an alert needs a file.
    package func isCited(_ digest: Digest) -> Bool { citations[digest] != nil }

    /// An alert became an entry.
    mutating func cite(_ references: [AttachmentReference], by index: UInt64) {
        for digest in Set(references.map(\.digest)) {
            citations[digest, default: []].append(index)
            orphans.remove(digest)
        }
    }

    /// The content of an alert is erased by order, and with it what opens its files.
    ///
    /// - Complexity: O(n) in the files; orders are rare.
    mutating func redact(_ index: UInt64) {
        let concerned = citations.filter { $0.value.contains(index) }
        for (digest, indexes) in concerned {
            let others = indexes.filter { $0 != index }
            if others.isEmpty {
                citations[digest] = nil
                orphans.insert(digest)
            } else {
                citations[digest] = others
            }
        }
    }

    /// Takes out the files that redactions have left without an alert, for erasing them.
    mutating func takeOrphans() -> [Digest] {
        defer { orphans = [] }
        return orphans.sorted()
    }
}
