/// The latest entries, kept in memory for sessions that are a little behind.
///
/// Bounded by bytes; what falls out of it is read from the log.
package struct EntryTail: Sendable {
    private var entries: [CommittedEntry] = []
    private var firstPlace = 0
    private var byteCount = 0
    private let byteCountMax: Int

    /// Makes an empty tail.
    package init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    /// The index of the oldest entry held, or nil if there is none.
    package var firstIndex: UInt64? {
        firstPlace < entries.count ? entries[firstPlace].index : nil
    }

    /// Adds the entry that follows the last one.
    package mutating func append(_ entry: CommittedEntry) {
        entries.append(entry)
        byteCount += entry.byteCount
        while byteCount > byteCountMax, firstPlace < entries.count {
            byteCount -= entries[firstPlace].byteCount
            firstPlace += 1
        }
        // Compaction is rare enough that each entry is moved about once.
        if firstPlace > 64, firstPlace > entries.count / 2 {
            entries.removeFirst(firstPlace)
            firstPlace = 0
        }
    }

    /// Forgets all entries up to one, so that who still needs them reads them from the log.
    package mutating func forget(through index: UInt64) {
        while let firstIndex, firstIndex <= index {
            byteCount -= entries[firstPlace].byteCount
            firstPlace += 1
        }
        entries.removeFirst(firstPlace)
        firstPlace = 0
    }

    /// The entry at `index`, or nil if it is not held.
    package subscript(index: UInt64) -> CommittedEntry? {
        guard let firstIndex, index >= firstIndex else { return nil }
        let place = firstPlace + Int(index - firstIndex)
        return place < entries.count ? entries[place] : nil
    }
}
